import type { TunnelStatus } from '../../shared/tunnel/status.ts';
import { readMeter, shortestSpan } from './meter.ts';
import type { Counters, Meter } from './meter.ts';

/** Seconds that the curves of a tunnel go back. */
export const historySeconds = 60;

/** The counters of a whole tunnel at a moment. */
export interface Sample extends Counters {
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** What is remembered of a tunnel between two words about it. */
export interface TunnelTraffic {
  /** By public key. */
  readonly peers: ReadonlyMap<string, Meter>;
  readonly total: Meter;
  /** From the oldest to the newest, {@link historySeconds} and a little. */
  readonly samples: readonly Sample[];
  /**
   * Since when its peers have been tried without an answer, in milliseconds since 1970; `unknown` where that began before
   * anybody looked from here; null where nothing is being tried.
   */
  readonly tryingSince: number | 'unknown' | null;
}

/** Everything remembered, by interface. */
export type Traffic = ReadonlyMap<string, TunnelTraffic>;

/**
 * The traffic after a word about the tunnels. What did not change stays the same object.
 *
 * @param wasWatching whether every change up to now was seen, so that what is new began just now
 */
export function followTraffic(
  before: Traffic,
  tunnels: readonly TunnelStatus[],
  now: number,
  wasWatching: boolean,
): Traffic {
  return new Map(
    tunnels.map((tunnel) => [
      tunnel.interface,
      follow(before.get(tunnel.interface), tunnel, now, wasWatching),
    ]),
  );
}

function follow(
  before: TunnelTraffic | undefined,
  tunnel: TunnelStatus,
  now: number,
  wasWatching: boolean,
): TunnelTraffic {
  const sum = totalOf(tunnel);
  const peers = followPeers(before?.peers, tunnel, now);
  const tryingSince = followTrying(before, tunnel, now, wasWatching);
  const total = readMeter(before?.total, sum, now);
  const last = before?.samples.at(-1);
  const samples =
    last !== undefined && now - last.at < shortestSpan
      ? before?.samples
      : recent(before?.samples, { at: now, ...sum });
  return { peers, total, samples: samples ?? [], tryingSince };
}

/** What all peers of a tunnel have received and sent together. */
export function totalOf(tunnel: TunnelStatus): Counters {
  let rxBytes = 0;
  let txBytes = 0;
  for (const peer of tunnel.peers) {
    rxBytes += peer.rxBytes;
    txBytes += peer.txBytes;
  }
  return { rxBytes, txBytes };
}

function followPeers(
  before: ReadonlyMap<string, Meter> | undefined,
  tunnel: TunnelStatus,
  now: number,
): ReadonlyMap<string, Meter> {
  let isSame = before?.size === tunnel.peers.length;
  const after = new Map<string, Meter>();
  for (const peer of tunnel.peers) {
    const known = before?.get(peer.publicKey);
    const meter = readMeter(known, peer, now);
    isSame &&= meter === known;
    after.set(peer.publicKey, meter);
  }
  return isSame && before !== undefined ? before : after;
}

function followTrying(
  before: TunnelTraffic | undefined,
  tunnel: TunnelStatus,
  now: number,
  wasWatching: boolean,
): TunnelTraffic['tryingSince'] {
  if (tunnel.state !== 'handshaking' && tunnel.state !== 'stale') return null;
  return before?.tryingSince ?? (wasWatching ? now : 'unknown');
}

function recent(samples: readonly Sample[] | undefined, sample: Sample): readonly Sample[] {
  const oldest = sample.at - (historySeconds + 5) * 1000;
  return [...(samples ?? []).filter(({ at }) => at >= oldest && at <= sample.at), sample];
}
