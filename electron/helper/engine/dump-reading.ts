import { Records } from './records.ts';
import type { DeviceReading, EngineChange, PeerReading } from './reading.ts';

/**
 * Turns the output of `wg show INTERFACE dump` into differences: the first line is the interface, each other line a peer.
 *
 * @see wireguard-tools src/show.c dump_print
 */
export class DumpDecoder {
  #device: string | null = null;
  readonly #peers = new Records((line) => line.slice(0, line.indexOf('\t')));

  decode(output: string): EngineChange {
    const [deviceLine = '', ...peerLines] = output.split('\n').filter((line) => line !== '');
    const { changed, removed } = this.#peers.take(peerLines);
    return { device: this.#decodeDevice(deviceLine), peers: changed.map(decodePeer), removedPeers: removed };
  }

  #decodeDevice(line: string): DeviceReading | null {
    if (line === this.#device) return null;
    this.#device = line;
    const [, , listenPort, fwMark] = line.split('\t');
    return { listenPort: optionalNumber(listenPort), fwMark: optionalNumber(fwMark) };
  }
}

function decodePeer(line: string): PeerReading {
  const [publicKey = '', , endpoint, allowedIps, latestHandshake, rx, tx, keepalive] = line.split('\t');
  return {
    publicKey,
    endpoint: present(endpoint),
    allowedIps: present(allowedIps)?.split(',') ?? [],
    latestHandshake: Number(latestHandshake ?? 0) * 1000,
    rxBytes: Number(rx ?? 0),
    txBytes: Number(tx ?? 0),
    persistentKeepalive: optionalNumber(keepalive),
  };
}

function present(field: string | undefined): string | null {
  return field === undefined || field === '(none)' ? null : field;
}

/** Null for `off`, for what is absent and for 0. The mark is in hexadecimal. */
function optionalNumber(field: string | undefined): number | null {
  const number = field === undefined || field === 'off' ? 0 : Number(field);
  return number === 0 ? null : number;
}
