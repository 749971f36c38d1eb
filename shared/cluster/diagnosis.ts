import type { ClusterFacts } from '../diagnosis/cluster-facts.ts';
import type { Cluster } from './cluster.ts';
import { unreadinessOf } from './kilo/readiness.ts';

/** What a diagnosis wants to know of a cluster; null for one without Kilo, which keeps no keys of ours. */
export function clusterFactsOf({ kilo }: Cluster): ClusterFacts | null {
  if (kilo === null) return null;
  return {
    nodes: kilo.nodes.map((node) => {
      const reason = unreadinessOf(node, kilo.now);
      const silence =
        reason?.kind === 'not-seen' ? reason.seconds : reason?.kind === 'never-seen' ? Infinity : null;
      return { name: node.name, publicKey: node.key, silence };
    }),
    peers: kilo.peers.peers.map(({ name, publicKey, presharedKey }) => ({
      name,
      publicKey,
      hasPresharedKey: presharedKey !== null,
    })),
    refused: kilo.peers.refused.map(({ name }) => name),
  };
}
