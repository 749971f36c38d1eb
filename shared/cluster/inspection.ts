import { formatAddress } from '../network/address.ts';
import { formatInterfaceAddress, formatPrefix } from '../network/prefix.ts';
import type { Cluster, KiloFacts } from './cluster.ts';
import type { Granularity } from './kilo/node.ts';
import { unreadinessOf, unreadinessWords } from './kilo/readiness.ts';
import type { ClusterMtu } from './mtu.ts';
import { calicoOf } from './networks/calico.ts';
import { ciliumOf } from './networks/cilium.ts';
import { flannelOf } from './networks/flannel.ts';
import type { ClusterNetwork, NetworkNode } from './networks/network.ts';
import { allowedIpTexts } from './objects/kilo-peer.ts';
import type { ClusterNode } from './objects/node.ts';
import type { ServiceCidrSource } from './service-cidrs.ts';
import { formatMeshEndpoint } from './values/endpoint.ts';
import type { ClusterWarning } from './warnings/catalogue.ts';

/**
 * The shape of Kilo's mesh as it stands.
 *
 * - `location`: every group is a location with several nodes
 * - `full`: every node stands alone
 * - `mixed`: some do
 */
export type Topology = 'location' | 'full' | 'mixed';

/** What `adit cluster inspect --json` prints. There is no secret in it. */
export interface Inspection {
  readonly network: ClusterNetwork;
  /** Null where the network is not Kilo's. */
  readonly granularity: Granularity | null;
  readonly granularityGuessed: boolean;
  /** Null where there is no mesh of Kilo's. */
  readonly topology: Topology | null;
  readonly serviceCidrs: readonly {
    readonly cidr: string;
    readonly source: ServiceCidrSource;
    readonly guessed: boolean;
  }[];
  /** What the network there uses; `bytes` is null where nothing is known that encrypts. */
  readonly mtu: ClusterMtu;
  readonly dns: { readonly server: string | null; readonly domain: string; readonly domainGuessed: boolean };
  readonly nodes: readonly InspectedNode[];
  readonly peers: readonly InspectedPeer[];
  readonly warnings: readonly ClusterWarning[];
}

/** A node, as its network knows it. */
export interface InspectedNode {
  readonly name: string;
  /** With Kilo, whether it is in the mesh; else whether Kubernetes has it ready. */
  readonly ready: boolean;
  /** Why it is not, in a few words. */
  readonly reason: string | null;
  /** Null where it has none, or where the network has none. */
  readonly location: string | null;
  /** Whether the others dial it for its group. */
  readonly leader: boolean;
  readonly publicKey: string | null;
  readonly endpoint: string | null;
  readonly podCidrs: readonly string[];
  readonly internalIp: string | null;
  /** With Kilo, `ADDRESS/LENGTH` as `kg` wrote it down; only leaders have one. */
  readonly wireguardIp: string | null;
}

/** A Peer object of Kilo. */
export interface InspectedPeer {
  readonly name: string;
  readonly publicKey: string | null;
  readonly allowedIps: readonly string[];
  readonly endpoint: string | null;
}

/** What there is to show of a cluster. */
export function inspectionOf(cluster: Cluster): Inspection {
  const { network, kilo, serviceCidrs, mtu, dns, warnings } = cluster;
  return {
    network,
    granularity: kilo?.granularity ?? null,
    granularityGuessed: kilo?.granularityGuessed ?? false,
    topology: kilo === null ? null : topologyOf(kilo),
    serviceCidrs: serviceCidrs.map(({ cidr, source, guessed }) => ({
      cidr: formatPrefix(cidr),
      source,
      guessed,
    })),
    mtu,
    dns,
    nodes: kilo === null ? cluster.nodes.map((node) => otherNode(node, cluster)) : kiloNodes(cluster, kilo),
    peers: (kilo?.peers.peers ?? []).map((peer) => ({
      name: peer.name,
      publicKey: peer.publicKey,
      allowedIps: allowedIpTexts(peer),
      endpoint: peer.endpoint === null ? null : formatMeshEndpoint(peer.endpoint),
    })),
    warnings,
  };
}

function topologyOf({ reading }: KiloFacts): Topology | null {
  if (reading.kind === 'none') return null;
  const alone = reading.mesh.groups.filter(({ nodes }) => nodes.length === 1).length;
  if (alone === reading.mesh.groups.length) return 'full';
  return alone === 0 ? 'location' : 'mixed';
}

function kiloNodes({ nodes }: Cluster, { nodes: kiloNodes, now, reading }: KiloFacts): InspectedNode[] {
  const groups = reading.kind === 'mesh' ? reading.mesh.groups : [];
  const endpoints = new Map(groups.map(({ leader, endpoint }) => [leader.name, endpoint]));
  return kiloNodes.map((node, index): InspectedNode => {
    const unreadiness = unreadinessOf(node, now);
    const endpoint = endpoints.get(node.name) ?? node.endpoint;
    return {
      name: node.name,
      ready: unreadiness === null,
      reason: unreadiness === null ? null : unreadinessWords(unreadiness),
      location: node.location === '' ? null : node.location,
      leader: endpoints.has(node.name),
      publicKey: node.key,
      endpoint: endpoint === null ? null : formatMeshEndpoint(endpoint),
      podCidrs: (nodes[index]?.podCidrs ?? []).map(formatPrefix),
      internalIp: node.internalIp === null ? null : formatAddress(node.internalIp.address),
      wireguardIp: node.wireguardIp === null ? null : formatInterfaceAddress(node.wireguardIp),
    };
  });
}

function otherNode(node: ClusterNode, cluster: Cluster): InspectedNode {
  const known = networkNode(node, cluster);
  return {
    name: node.name,
    ready: node.isReady === true,
    reason: node.isReady === true ? null : node.isReady === null ? 'no condition Ready' : 'not ready',
    location: null,
    leader: false,
    publicKey: known?.publicKey ?? null,
    endpoint: known?.endpoint ?? null,
    podCidrs: node.podCidrs.map(formatPrefix),
    internalIp: node.internalIp,
    wireguardIp: known?.wireguardIp ?? null,
  };
}

function networkNode(node: ClusterNode, { network, ciliumKeys }: Cluster): NetworkNode | null {
  switch (network) {
    case 'flannel':
      return flannelOf(node);
    case 'calico':
      return calicoOf(node);
    case 'cilium':
      return ciliumOf(node, ciliumKeys);
    case 'kilo':
    case 'none':
      return null;
  }
}
