import type { ProfilePeer } from '../../shared/contract/ui/verbs.ts';
import { peerStates } from '../../shared/tunnel/status.ts';
import type { PeerState, PeerStatus } from '../../shared/tunnel/status.ts';
import type { Entry } from './entry.ts';

/** A peer as its profile describes it, as it lives, or both. */
export interface Peer {
  readonly publicKey: string;
  readonly described: ProfilePeer | null;
  readonly live: PeerStatus | null;
}

/** The peers of an entry: those of its profile in their order, then those that only the tunnel knows. */
export function peersOf({ profile, tunnel }: Pick<Entry, 'profile' | 'tunnel'>): readonly Peer[] {
  const live = new Map((tunnel?.peers ?? []).map((peer) => [peer.publicKey, peer]));
  const described = new Map((profile?.peers ?? []).map((peer) => [peer.publicKey, peer]));
  const keys = new Set([...described.keys(), ...live.keys()]);
  return [...keys].map((publicKey) => ({
    publicKey,
    described: described.get(publicKey) ?? null,
    live: live.get(publicKey) ?? null,
  }));
}

/** What a peer is called: its name, where it has one. */
export function peerName({ described, live }: Peer): string | null {
  return live?.name ?? described?.name ?? null;
}

/** How many peers are in each state, the best first; states that no peer is in are left out. */
export function countStates(peers: readonly PeerStatus[]): readonly { state: PeerState; count: number }[] {
  const counts = new Map<PeerState, number>();
  for (const { state } of peers) counts.set(state, (counts.get(state) ?? 0) + 1);
  return peerStates.flatMap((state) => {
    const count = counts.get(state);
    return count === undefined ? [] : [{ state, count }];
  });
}

/** The peers in a state (null is any) whose name, key, endpoint or allowed IPs hold every word of the text. */
export function searchPeers(peers: readonly Peer[], text: string, state: PeerState | null): readonly Peer[] {
  const words = text.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0 && state === null) return peers;
  return peers.filter((peer) => {
    if (state !== null && peer.live?.state !== state) return false;
    if (words.length === 0) return true;
    const hay = searchText(peer);
    return words.every((word) => hay.includes(word));
  });
}

function searchText(peer: Peer): string {
  const { publicKey, described, live } = peer;
  return [
    publicKey,
    peerName(peer),
    live?.endpoint,
    described?.endpoint,
    ...(live?.allowedIps ?? described?.allowedIps ?? []),
  ]
    .join('\n')
    .toLocaleLowerCase();
}
