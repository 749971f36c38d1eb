import { finding } from '../catalogue.ts';
import type { Finding } from '../catalogue.ts';
import type { ClusterFacts } from '../cluster-facts.ts';
import type { PeerFacts, TunnelFacts } from '../facts.ts';
import { peerLabel } from '../names.ts';
import { hasSession } from './handshake.ts';

/** What the cluster behind a tunnel says of it, where somebody has read one. */
export function judgeCluster(tunnel: TunnelFacts): Finding[] {
  const { name, status, cluster, peers } = tunnel;
  if (cluster === null) return [];
  if ('unread' in cluster) return [finding('cluster-unread', name, cluster.unread)];
  const ownKey = status?.publicKey ?? null;
  if (ownKey === null) return [];
  const known = new Set([...cluster.nodes, ...cluster.peers].map(({ publicKey }) => publicKey));
  const all = [ownKey, ...(status?.peers ?? []).map(({ publicKey }) => publicKey)];
  if (!all.some((key) => known.has(key))) return [finding('cluster-other', name, name)];
  return [
    ...judgeOwnKey(name, ownKey, cluster, peers),
    ...peers.flatMap((peer) => judgeNode(name, peer, cluster)),
  ];
}

function judgeOwnKey(
  name: string,
  ownKey: string,
  { peers: objects, nodes, refused }: ClusterFacts,
  peers: readonly PeerFacts[],
): Finding[] {
  const own = objects.find(({ publicKey }) => publicKey === ownKey);
  if (own === undefined) return [finding('cluster-key-unknown', name, ownKey, refused)];
  const nodeKeys = new Set(nodes.map(({ publicKey }) => publicKey));
  // Kilo gives a Peer's preshared key to nodes, and to no other Peer.
  const differing = peers.filter(
    ({ status, hasPresharedKey }) =>
      nodeKeys.has(status.publicKey) && hasPresharedKey !== null && hasPresharedKey !== own.hasPresharedKey,
  );
  const [first] = differing;
  return first === undefined
    ? []
    : [finding('cluster-preshared-key', name, peerLabel(first.status), own.name, own.hasPresharedKey)];
}

function judgeNode(name: string, peer: PeerFacts, { nodes, peers }: ClusterFacts): Finding[] {
  const { publicKey, name: label } = peer.status;
  const node = nodes.find((other) => other.publicKey === publicKey);
  if (node !== undefined) {
    return node.silence === null ? [] : [finding('cluster-node-silent', name, node.name, node.silence)];
  }
  if (peers.some((other) => other.publicKey === publicKey) || hasSession(peer)) return [];
  const successor = nodes.find((other) => other.name === label) ?? null;
  return [finding('cluster-node-key', name, peerLabel(peer.status), publicKey, successor)];
}
