import type { KeyText, PeerStatus, TunnelHead, TunnelStatus } from './status.ts';

/** What changed in one tunnel since the last word about it. Parts that did not change are absent. */
export interface TunnelChange {
  readonly interface: string;
  /** Everything but the peers, whole; null says that the tunnel is gone. */
  readonly head?: TunnelHead | null | undefined;
  /** Peers that are new or differ, whole. */
  readonly peers?: readonly PeerStatus[] | undefined;
  readonly removedPeers?: readonly KeyText[] | undefined;
}

/**
 * The tunnels after a change. Tunnels and peers that did not change stay the same objects, so that a view can
 * compare by identity. A change of a tunnel that is not known, without its head, changes nothing.
 */
export function foldChange(tunnels: readonly TunnelStatus[], change: TunnelChange): readonly TunnelStatus[] {
  const index = tunnels.findIndex((tunnel) => tunnel.interface === change.interface);
  if (change.head === null) return index < 0 ? tunnels : tunnels.filter((_, at) => at !== index);
  const before = tunnels[index];
  const head = change.head ?? before;
  if (head === undefined) return tunnels;
  const after = { ...head, peers: foldPeers(before?.peers ?? [], change) };
  return index < 0 ? [...tunnels, after] : tunnels.map((tunnel, at) => (at === index ? after : tunnel));
}

function foldPeers(peers: readonly PeerStatus[], change: TunnelChange): readonly PeerStatus[] {
  if (change.peers === undefined && change.removedPeers === undefined) return peers;
  const changed = new Map((change.peers ?? []).map((peer) => [peer.publicKey, peer]));
  const removed = new Set(change.removedPeers);
  const kept = peers
    .filter((peer) => !removed.has(peer.publicKey))
    .map((peer) => {
      const update = changed.get(peer.publicKey);
      changed.delete(peer.publicKey);
      return update ?? peer;
    });
  return [...kept, ...changed.values()];
}
