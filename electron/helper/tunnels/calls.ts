import { setTimeout as sleep } from 'node:timers/promises';
import type { PeerReading } from '../engine/reading.ts';
import type { LiveTunnel } from './live-tunnel.ts';

/**
 * Milliseconds after a change of the way to the peers at which they are called again, until they answer: the first call may go
 * out before the new way is ready.
 */
const callsAfter = [200, 500, 850, 1_250, 1_700, 2_300, 3_500, 5_000] as const;

/**
 * Milliseconds after which a peer that was sent data and has sent nothing is called anew, though it has answered. Where calls cross,
 * wireguard-go's workers may mix up two handshakes: then a session stands of which it hears nothing, and it notices after 15 s only.
 */
const patience = 300;

/** With more peers than this in use, none is made to begin a new session: a burst of handshakes helps nobody. */
const mostRenewals = 32;

/** A handshake initiation on the wire; messages of data have multiples of 16 bytes. @see WireGuard whitepaper, section 5.4.2 */
const initiationBytes = 148;

/** What was known of a peer when it began to be called, and what was done since. */
export interface CallState {
  /** `rxBytes` then. */
  readonly heardBytes: number;
  /** Milliseconds since 1970 at which a new session was begun with it last; null where the one of before is still in use. */
  readonly renewedAt: number | null;
}

/**
 * Whether a peer that is called has answered. What comes by the session of before shows nothing once a new one was begun, since nothing
 * is sent by the old one any more. Nor does an initiation of the peer's own: it is calling too, and of two calls that cross neither
 * makes a session.
 */
export function hasAnswered(
  { rxBytes, latestHandshake }: Pick<PeerReading, 'rxBytes' | 'latestHandshake'>,
  { heardBytes, renewedAt }: CallState,
): boolean {
  if (renewedAt !== null) return latestHandshake >= renewedAt;
  const heard = rxBytes - heardBytes;
  return heard > 0 && heard !== initiationBytes;
}

/** How the peers of a tunnel are called. */
export interface CallOptions {
  /** Asks the engine how things are. */
  readonly look: () => Promise<void>;
  /** Milliseconds, on the clock that the helper goes by. */
  readonly now: () => number;
  /** When a new session was begun with them already, as {@link renew} gives it. */
  readonly renewedAt: number | null;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/** For 5 s, calls those peers of a tunnel that are in use and have not answered, or do not answer any more. Never rejects. */
export async function callUntilAnswered(live: LiveTunnel, options: CallOptions): Promise<void> {
  const { look, now, signal } = options;
  let { renewedAt } = options;
  const begin = performance.now();
  await look();
  // What was heard before counts for nothing.
  const heard = new Map(live.readings.map(({ publicKey, rxBytes }) => [publicKey, rxBytes]));
  for (const delay of callsAfter) {
    await sleep(Math.max(0, begin + delay - performance.now()), null, { signal }).catch(() => null);
    if (signal.aborted) return;
    await look();
    const owing = live.unanswered.filter(({ since }) => now() - since >= patience);
    const owingKeys = new Set(owing.map(({ reading }) => reading.publicKey));
    const silent = live.readingsInUse.filter((reading) => {
      const heardBytes = heard.get(reading.publicKey) ?? reading.rxBytes;
      return owingKeys.has(reading.publicKey) || !hasAnswered(reading, { heardBytes, renewedAt });
    });
    renewedAt = (await renew(live, silent)) ?? renewedAt;
  }
}

/** Makes an engine send to some peers at once. */
export function greet(live: LiveTunnel, peers: readonly PeerReading[]): Promise<void> {
  return live.engine?.greet(peers).catch(() => undefined) ?? Promise.resolve();
}

/**
 * Makes an engine begin a new session with some peers at once: what it has sent to them may have gone nowhere, and by itself it tries
 * again after 5 s only.
 *
 * @returns when, in milliseconds since 1970; null where it goes on with the sessions it has
 */
export async function renew(live: LiveTunnel, peers: readonly PeerReading[]): Promise<number | null> {
  if (peers.length === 0) return null;
  const isRenewed =
    peers.length <= mostRenewals &&
    (await live.engine?.renew(live.prepared.tunnel.privateKey).catch(() => false)) === true;
  const renewedAt = isRenewed ? Date.now() : null;
  await greet(live, peers);
  return renewedAt;
}
