import type { ClusterNetwork } from './networks/network.ts';
import type { ClusterNode } from './objects/node.ts';
import { parseIp } from './values/cidr.ts';

/** The largest packets of a cluster's network. Nobody writes them down where they could be read: they follow from what is known of it. */
export interface ClusterMtu {
  /** Bytes that a packet has inside the network that encrypts; null where there is none. */
  readonly bytes: number | null;
  /** Bytes that a packet has between nodes. */
  readonly path: number;
  /** Always: what counts is set on each node. */
  readonly guessed: true;
}

/** Bytes between nodes where nothing else is known. */
const usualPath = 1500;

/**
 * Bytes between nodes of a cloud, by what its provider's ids begin with. Azure's interfaces say 1500 and its network carries 1400.
 *
 * @see projectcalico/docs networking/configuring/mtu; cloud.google.com/vpc/docs/mtu
 */
const paths: readonly (readonly [begins: string, path: number])[] = [
  ['azure://', 1400],
  ['gce://', 1460],
  ['openstack://', 1450],
  ['aws://', 9001],
];

/** What WireGuard adds to a packet: 60 bytes over IPv4, 80 over IPv6, for which most leave room in any case. */
const overhead = { v4: 60, v6: 80 } as const;

/** What WireGuard adds at least. */
export const leastOverhead = overhead.v4;

/** What VXLAN adds below Cilium's encryption. @see cilium pkg/mtu/mtu.go */
const vxlan = 50;

/** The MTU of a cluster. */
export function clusterMtu(network: ClusterNetwork, nodes: readonly ClusterNode[]): ClusterMtu {
  const known = nodes.map(pathOf);
  // The narrowest counts: packets of the others pass there too.
  const path = known.length === 0 ? usualPath : known.reduce((least, one) => Math.min(least, one));
  return { bytes: bytesIn(network, path, nodes), path, guessed: true };
}

function pathOf({ providerId, labels }: ClusterNode): number {
  if (labels.get('kubernetes.azure.com/cluster') !== undefined) return 1400;
  return paths.find(([begins]) => providerId?.startsWith(begins) === true)?.[1] ?? usualPath;
}

function bytesIn(network: ClusterNetwork, path: number, nodes: readonly ClusterNode[]): number | null {
  switch (network) {
    // Both take the MTU of the node's interface, which on Azure is more than its network carries.
    case 'kilo':
    case 'flannel':
      return (path === 1400 ? usualPath : path) - overhead.v6;
    case 'calico':
      return path - (hasIPv6(nodes) ? overhead.v6 : overhead.v4);
    case 'cilium':
      return path - overhead.v6 - vxlan;
    case 'none':
      return null;
  }
}

/** Whether Calico encrypts IPv6 too. */
function hasIPv6(nodes: readonly ClusterNode[]): boolean {
  return nodes.some(
    ({ annotations }) =>
      annotations.get('projectcalico.org/WireguardPublicKeyV6') !== undefined ||
      parseIp(annotations.get('projectcalico.org/IPv6WireguardInterfaceAddr') ?? '')?.family === 6,
  );
}
