import { Records } from './records.ts';
import type { DeviceReading, EngineChange, PeerReading } from './reading.ts';

/** What a peer's lines begin with, before its key. */
const peerStart = 'public_key=';
const hexKeyLength = 64;

/** Turns the answers of a user-space engine into differences. */
export class UapiDecoder {
  #device: string | null = null;
  readonly #peers = new Records((record) => record.slice(0, hexKeyLength));

  /** @param answer of `get=1`, without the error line */
  decode(answer: Buffer): EngineChange {
    const [device = '', ...peers] = answer.toString('latin1').split(peerStart);
    const { changed, removed } = this.#peers.take(peers);
    return {
      device: this.#decodeDevice(device),
      peers: changed.map(decodePeer),
      removedPeers: removed.map(base64OfHex),
    };
  }

  #decodeDevice(lines: string): DeviceReading | null {
    if (lines === this.#device) return null;
    this.#device = lines;
    const values = valuesOf(lines);
    return {
      listenPort: optionalNumber(values.get('listen_port')),
      fwMark: optionalNumber(values.get('fwmark')),
    };
  }
}

/** The base64 form of a key in hexadecimal. */
export function base64OfHex(hex: string): string {
  return Buffer.from(hex, 'hex').toString('base64');
}

/** The hexadecimal form of a key in base64. */
export function hexOfBase64(base64: string): string {
  return Buffer.from(base64, 'base64').toString('hex');
}

/** @param text the lines of a peer, from its key on */
function decodePeer(text: string): PeerReading {
  const values = valuesOf(text);
  const seconds = Number(values.get('last_handshake_time_sec') ?? 0);
  const nanoseconds = Number(values.get('last_handshake_time_nsec') ?? 0);
  return {
    publicKey: base64OfHex(text.slice(0, hexKeyLength)),
    endpoint: values.get('endpoint') ?? null,
    allowedIps: allowedIpsOf(text),
    latestHandshake: seconds * 1000 + Math.floor(nanoseconds / 1e6),
    rxBytes: Number(values.get('rx_bytes') ?? 0),
    txBytes: Number(values.get('tx_bytes') ?? 0),
    persistentKeepalive: optionalNumber(values.get('persistent_keepalive_interval')),
  };
}

/** The `key=value` lines of a text; of repeated keys, the last. */
function valuesOf(text: string): Map<string, string> {
  const values = new Map<string, string>();
  for (const line of text.split('\n')) {
    const equals = line.indexOf('=');
    if (equals > 0) values.set(line.slice(0, equals), line.slice(equals + 1));
  }
  return values;
}

function allowedIpsOf(text: string): string[] {
  const key = 'allowed_ip=';
  return text
    .split('\n')
    .filter((line) => line.startsWith(key))
    .map((line) => line.slice(key.length));
}

/** Null for what is absent or 0, which is how the protocol says "none". */
function optionalNumber(text: string | undefined): number | null {
  const number = Number(text ?? 0);
  return number === 0 ? null : number;
}
