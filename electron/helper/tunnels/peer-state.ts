import type { PeerState } from '../../../shared/tunnel/status.ts';

/** WireGuard refuses a session's keys after this time; a handshake that is older proves nothing. Milliseconds. */
const rejectAfter = 180_000;

/** How long WireGuard tries to shake hands before it gives up. Milliseconds. */
const attemptTime = 90_000;

/**
 * An attempt is over when nothing was sent for this long: initiations follow each other every 5 s and a little
 * (REKEY_TIMEOUT, and jitter). Milliseconds.
 */
const quietTime = 15_000;

/** A keepalive is a message of data without any. */
const keepaliveBytes = 32;

/** What of a peer was counted at one moment. */
export interface PeerCounters {
  /** Identifies the latest handshake; 0 where there was none. */
  readonly latestHandshake: number;
  readonly rxBytes: number;
  readonly txBytes: number;
}

/** What is remembered of a peer between two looks at it. Times are milliseconds on a clock that never jumps. */
export interface PeerMemory {
  readonly counters: PeerCounters;
  /** When the latest handshake was seen to change. */
  readonly handshakeAt: number | null;
  /** Since when something was sent and nothing came back. */
  readonly unansweredSince: number | null;
  /** Since when something was sent that a peer who is there answers, and nothing came back. */
  readonly demandingSince: number | null;
  readonly lastSentAt: number | null;
  /** How long nothing may be sent before an attempt counts as over. */
  readonly quietAfter: number;
}

/**
 * A peer seen for the first time.
 *
 * @param handshakeAge milliseconds since its latest handshake, as far as the wall clock can tell
 * @param keepalive seconds between keepalives; null is off
 */
export function meetPeer(
  counters: PeerCounters,
  now: number,
  handshakeAge: number,
  keepalive: number | null,
): PeerMemory {
  const isTrying = counters.latestHandshake === 0 && counters.txBytes > 0;
  return {
    counters,
    handshakeAt: counters.latestHandshake === 0 ? null : now - Math.max(0, handshakeAge),
    unansweredSince: isTrying ? now : null,
    demandingSince: isTrying ? now : null,
    lastSentAt: isTrying ? now : null,
    quietAfter: quietTime + (keepalive ?? 0) * 1000,
  };
}

/** A peer that is counted again, or of which more is counted. */
export function observePeer(memory: PeerMemory, counters: PeerCounters, now: number): PeerMemory {
  const before = memory.counters;
  const shookHands = counters.latestHandshake !== before.latestHandshake && counters.latestHandshake !== 0;
  const heard = shookHands || counters.rxBytes > before.rxBytes;
  const sent = counters.txBytes > before.txBytes;
  // After a silence, which a sleep of the machine is too, what is sent begins an attempt of its own.
  const isNewAttempt = isQuiet(memory, now);
  const attemptBegan = isNewAttempt ? null : memory.unansweredSince;
  const demandBegan = isNewAttempt ? null : memory.demandingSince;
  const demands = sent && !isKeepalives(counters.txBytes - before.txBytes);
  return {
    counters,
    handshakeAt: shookHands ? now : memory.handshakeAt,
    unansweredSince: heard ? null : (attemptBegan ?? (sent ? now : null)),
    demandingSince: heard ? null : (demandBegan ?? (demands ? now : null)),
    lastSentAt: sent ? now : memory.lastSentAt,
    quietAfter: memory.quietAfter,
  };
}

/** The state of a peer at a moment, from what is remembered of it. */
export function peerState(memory: PeerMemory, now: number): PeerState {
  if (hasSession(memory, now)) return 'connected';
  if (memory.unansweredSince === null || isQuiet(memory, now)) return 'idle';
  return now - memory.unansweredSince < attemptTime ? 'handshaking' : 'stale';
}

/** When the state of a peer becomes another by nothing but time, as early as it may be; Infinity where it never does. */
export function nextTurn(
  { handshakeAt, unansweredSince, lastSentAt, quietAfter }: PeerMemory,
  now: number,
): number {
  const turns = [
    handshakeAt === null ? Infinity : handshakeAt + rejectAfter,
    unansweredSince === null ? Infinity : unansweredSince + attemptTime,
    // One more: quiet is who was silent for longer.
    unansweredSince === null || lastSentAt === null ? Infinity : lastSentAt + quietAfter + 1,
  ];
  return Math.min(...turns.filter((turn) => turn > now));
}

/** Whether a peer has shaken hands so lately that the session still holds. */
export function hasSession(memory: PeerMemory, now: number): boolean {
  return memory.handshakeAt !== null && now - memory.handshakeAt < rejectAfter;
}

/**
 * Since when a peer has not answered what it would answer if it were there: a handshake at once, and data by a keepalive after 10 s
 * (KEEPALIVE_TIMEOUT). Null where it has, or nothing was asked of it.
 */
export function demandingSince(memory: PeerMemory, now: number): number | null {
  return isQuiet(memory, now) ? null : memory.demandingSince;
}

/** Whether so many bytes are a keepalive or two, which nobody answers; no packet of any use is as small as two of them. */
function isKeepalives(bytes: number): boolean {
  return bytes === keepaliveBytes || bytes === 2 * keepaliveBytes;
}

function isQuiet({ lastSentAt, quietAfter }: PeerMemory, now: number): boolean {
  return lastSentAt === null || now - lastSentAt > quietAfter;
}
