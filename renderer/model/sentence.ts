import type { PeerStatus, TunnelState, TunnelStatus } from '../../shared/tunnel/status.ts';
import { formatAgo, formatDuration } from '../format/duration.ts';
import { formatNumber } from '../format/count.ts';
import type { Entry } from './entry.ts';
import type { TunnelTraffic } from './traffic.ts';

/** The word for a state. */
export function stateWord(state: TunnelState): string {
  switch (state) {
    case 'down':
      return 'Down';
    case 'connecting':
      return 'Connecting';
    case 'connected':
      return 'Connected';
    case 'handshaking':
      return 'Handshaking';
    case 'idle':
      return 'Idle';
    case 'stale':
      return 'Stale';
    case 'disconnecting':
      return 'Disconnecting';
    case 'failed':
      return 'Failed';
  }
}

/** What is so, in a sentence that claims no more than is known. */
export function stateSentence(
  { state, tunnel, profile, fault }: Entry,
  traffic: TunnelTraffic | undefined,
  now: number,
): string {
  switch (state) {
    case 'down':
      return fault === null
        ? downSentence(profile?.errors ?? 0)
        : 'It waits for an answer to the question below.';
    case 'connecting':
      return 'Making the interface and its routes.';
    case 'disconnecting':
      return 'Taking the interface and its routes away.';
    case 'failed':
      return failedSentence(tunnel, fault !== null);
    case 'connected':
      return tunnel === null ? '' : connectedSentence(tunnel, now);
    case 'handshaking':
      return tunnel === null ? '' : handshakingSentence(tunnel, traffic, now);
    case 'idle':
      return tunnel === null ? '' : idleSentence(tunnel, now);
    case 'stale':
      return tunnel === null ? '' : staleSentence(tunnel, traffic, now);
  }
}

/** The last handshake of a tunnel, and with whom. */
export interface LatestHandshake {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly peer: PeerStatus;
}

/** The last time any peer of a tunnel shook hands; null where none ever did. */
export function latestHandshake(tunnel: TunnelStatus): LatestHandshake | null {
  let latest: LatestHandshake | null = null;
  for (const peer of tunnel.peers) {
    const at = Date.parse(peer.latestHandshake ?? '');
    if (!Number.isNaN(at) && (latest === null || at > latest.at)) latest = { at, peer };
  }
  return latest;
}

function downSentence(errors: number): string {
  if (errors === 0) return 'Nothing goes through it.';
  return `${errors === 1 ? 'An error' : `${errors} errors`} in its configuration keep${errors === 1 ? 's' : ''} it from coming up.`;
}

function failedSentence(tunnel: TunnelStatus | null, wasAsked: boolean): string {
  if (tunnel !== null) return 'It could not be kept up; the helper goes on trying.';
  return wasAsked ? 'It did not come up. Nothing was left behind.' : 'It did not come up.';
}

function connectedSentence(tunnel: TunnelStatus, now: number): string {
  const latest = latestHandshake(tunnel);
  const ago = latest === null ? 'lately' : formatAgo(now - latest.at);
  const { length } = tunnel.peers;
  if (length === 1) return `The peer answered ${ago}.`;
  const connected = tunnel.peers.filter((peer) => peer.state === 'connected').length;
  const who =
    connected === length
      ? `All ${formatNumber(length)} peers`
      : `${formatNumber(connected)} of ${formatNumber(length)} peers`;
  return `${who} answered, the last ${ago}.`;
}

function handshakingSentence(tunnel: TunnelStatus, traffic: TunnelTraffic | undefined, now: number): string {
  const latest = latestHandshake(tunnel);
  const tried = triedFor(traffic, now);
  const nothing = tried === null ? 'Nothing has come back yet' : `Nothing has come back yet (${tried})`;
  return latest === null
    ? `${nothing}.`
    : `${nothing}; the last handshake was ${formatAgo(now - latest.at)}.`;
}

function idleSentence(tunnel: TunnelStatus, now: number): string {
  if (tunnel.peers.length === 0) return 'It has no peers, so there is nobody to talk to.';
  const latest = latestHandshake(tunnel);
  return latest === null
    ? 'Nothing to send yet. WireGuard keeps silent until there is.'
    : `Nothing to send; the last handshake was ${formatAgo(now - latest.at)}.`;
}

function staleSentence(tunnel: TunnelStatus, traffic: TunnelTraffic | undefined, now: number): string {
  const latest = latestHandshake(tunnel);
  const tried = triedFor(traffic, now);
  const sent = tried === null ? 'What is sent gets no answer' : `Sent for ${tried} without an answer`;
  return latest === null ? `${sent}.` : `${sent}; the last handshake was ${formatAgo(now - latest.at)}.`;
}

function triedFor(traffic: TunnelTraffic | undefined, now: number): string | null {
  const since = traffic?.tryingSince ?? null;
  return typeof since === 'number' ? formatDuration(now - since) : null;
}
