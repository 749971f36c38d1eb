import type { DeviceReading, EngineChange, PeerReading } from './reading.ts';

const peerStart = Buffer.from('public_key=');
const hexKeyLength = 64;

/** Where in an answer the lines of one peer stand. */
interface Block {
  readonly answer: Buffer;
  readonly start: number;
  readonly end: number;
}

/**
 * Turns the answers of a user-space engine into differences. An engine prints its peers in any order; each block of lines is
 * compared with the same peer's last one as bytes, and only those that differ are decoded.
 */
export class UapiDecoder {
  #device: Buffer | null = null;
  #blocks = new Map<string, Block>();

  /** @param answer of `get=1`, without the error line; it is kept until the next one */
  decode(answer: Buffer): EngineChange {
    const blocks = new Map<string, Block>();
    const peers: PeerReading[] = [];
    const first = answer.indexOf(peerStart);
    let start = first;
    while (start >= 0) {
      const next = answer.indexOf(peerStart, start + peerStart.length);
      const end = next < 0 ? answer.length : next;
      const key = answer.toString(
        'latin1',
        start + peerStart.length,
        start + peerStart.length + hexKeyLength,
      );
      const block = { answer, start, end };
      if (!sameBlock(this.#blocks.get(key), block))
        peers.push(decodePeer(answer.toString('latin1', start, end)));
      blocks.set(key, block);
      start = next;
    }
    const removedPeers = [...this.#blocks.keys()].filter((key) => !blocks.has(key)).map(base64OfHex);
    this.#blocks = blocks;
    return {
      device: this.#decodeDevice(answer.subarray(0, first < 0 ? answer.length : first)),
      peers,
      removedPeers,
    };
  }

  #decodeDevice(lines: Buffer): DeviceReading | null {
    if (this.#device !== null && this.#device.equals(lines)) return null;
    this.#device = lines;
    const values = valuesOf(lines.toString('latin1'));
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

function sameBlock(before: Block | undefined, now: Block): boolean {
  if (before === undefined || before.end - before.start !== now.end - now.start) return false;
  return before.answer.compare(now.answer, now.start, now.end, before.start, before.end) === 0;
}

function decodePeer(text: string): PeerReading {
  const values = valuesOf(text);
  const seconds = Number(values.get('last_handshake_time_sec') ?? 0);
  const nanoseconds = Number(values.get('last_handshake_time_nsec') ?? 0);
  return {
    publicKey: base64OfHex(values.get('public_key') ?? ''),
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
