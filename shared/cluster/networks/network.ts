import type { ClusterNode } from '../objects/node.ts';
import { kiloPrefix } from '../kilo/annotations.ts';
import { calicoOf } from './calico.ts';
import { flannelOf } from './flannel.ts';

/**
 * The WireGuard network between the nodes of a cluster.
 *
 * - `kilo`: one that a laptop can be a Peer of
 * - `flannel`: flannel's backend `wireguard`, as in k3s
 * - `calico`, `cilium`: their encryption
 * - `none`: none that we know
 */
export type ClusterNetwork = 'kilo' | 'flannel' | 'calico' | 'cilium' | 'none';

/** What a network says of one of its nodes. */
export interface NetworkNode {
  readonly publicKey: string | null;
  /** `HOST:PORT` */
  readonly endpoint: string | null;
  /** Its address in the WireGuard network. */
  readonly wireguardIp: string | null;
}

/**
 * Which network is there. Kilo goes before the others: it stands on top of any of them, and is the one that takes Peers.
 *
 * @param ciliumKeys of Cilium, by the names of nodes
 */
export function networkOfNodes(
  nodes: readonly ClusterNode[],
  ciliumKeys: ReadonlyMap<string, string>,
): ClusterNetwork {
  const isKilo = nodes.some(({ annotations }) =>
    annotations.names().some((name) => name.startsWith(kiloPrefix)),
  );
  if (isKilo) return 'kilo';
  if (nodes.some((node) => flannelOf(node) !== null)) return 'flannel';
  if (nodes.some((node) => calicoOf(node) !== null)) return 'calico';
  return ciliumKeys.size > 0 ? 'cilium' : 'none';
}
