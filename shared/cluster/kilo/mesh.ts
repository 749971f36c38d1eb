import type { Address } from '../../network/address.ts';
import { formatPrefix, hostPrefix } from '../../network/prefix.ts';
import { formatInterfaceAddress } from '../../network/prefix.ts';
import type { InterfaceAddress, Prefix } from '../../network/prefix.ts';
import type { Fault } from '../../fault.ts';
import type { KiloPeer } from '../objects/kilo-peer.ts';
import type { KeyText } from '../../tunnel/status.ts';
import type { MeshEndpoint } from '../values/endpoint.ts';
import { discoveredEndpoints } from './discovered-endpoints.ts';
import { groupNodes } from './groups.ts';
import type { NodeGroup } from './groups.ts';
import { sortLocationIps } from './location-ips.ts';
import type { DroppedLocationIp } from './location-ips.ts';
import type { Granularity, KiloNode } from './node.ts';
import { isReady } from './readiness.ts';
import { groupAddress, meshSubnet, roomIn } from './subnet.ts';

/** A group with its place in the mesh. */
export interface MeshGroup extends NodeGroup {
  readonly address: Address;
  /** Where its leader is dialled: behind NAT, where others have heard it. */
  readonly endpoint: MeshEndpoint;
  /** Its nodes' Pods and own addresses, then its address. */
  readonly allowedIps: readonly InterfaceAddress[];
  /** Networks near it. */
  readonly locationIps: readonly InterfaceAddress[];
}

/** The network that Kilo makes of nodes and Peers. */
export interface KiloMesh {
  readonly granularity: Granularity;
  readonly subnet: Prefix;
  /** In the order of their addresses; at least one. */
  readonly groups: readonly MeshGroup[];
  /** Peers with a key and an address, by name; without what an earlier one has already. */
  readonly peers: readonly MeshPeer[];
  readonly droppedLocationIps: readonly DroppedLocationIp[];
  /** Keys that were heard at several endpoints. */
  readonly disputedKeys: readonly KeyText[];
}

/** A Peer with its place in the mesh. */
export interface MeshPeer extends KiloPeer {
  readonly publicKey: KeyText;
}

/** What Kilo makes of a cluster: a mesh, or nothing, and why. */
export type KiloReading =
  { readonly kind: 'mesh'; readonly mesh: KiloMesh } | { readonly kind: 'none'; readonly fault: Fault };

/**
 * Builds the mesh.
 *
 * @param nodes in the order of their names
 * @param peers in the order of their names
 * @param now Unix seconds
 * @see kilo pkg/mesh/topology.go NewTopology; cmd/kgctl/showconf.go runShowConfPeer
 */
export function kiloMesh(
  nodes: readonly KiloNode[],
  peers: readonly KiloPeer[],
  granularity: Granularity,
  now: number,
): KiloReading {
  const ready = nodes.filter((node) => isReady(node, now));
  if (ready.length === 0) return { kind: 'none', fault: noReadyNodes(nodes.length) };
  const subnet = meshSubnet(nodes);
  const bare = groupNodes(ready, granularity);
  if (bare.length > roomIn(subnet)) return { kind: 'none', fault: subnetFull(subnet, bare.length) };
  const addresses = bare.map((_, index) => groupAddress(subnet, index));
  const inMesh = withoutRepeats(peers.filter(isInMesh));
  const { kept, dropped } = sortLocationIps(bare, addresses, inMesh);
  const { endpoints, disputed } = discoveredEndpoints(bare);
  const groups = bare.map((group, index): MeshGroup => {
    const { leader } = group;
    const address = groupAddress(subnet, index);
    const heard = leader.sendsKeepalives ? endpoints.get(leader.key) : undefined;
    return {
      ...group,
      address,
      endpoint: heard ?? leader.endpoint,
      allowedIps: [...group.nodes.flatMap(addressesOfNode), hostCidr(address)],
      locationIps: kept[index] ?? [],
    };
  });
  const meshed = inMesh.map((peer): MeshPeer => {
    const heard = peer.persistentKeepalive > 0 ? endpoints.get(peer.publicKey) : undefined;
    return { ...peer, endpoint: heard ?? peer.endpoint };
  });
  return {
    kind: 'mesh',
    mesh: { granularity, subnet, groups, peers: meshed, droppedLocationIps: dropped, disputedKeys: disputed },
  };
}

/** What goes to a node of the mesh: its Pods, and its own address. */
export function addressesOfNode({ podCidr, internalIp }: NodeGroup['nodes'][number]): InterfaceAddress[] {
  const { family, words, length } = podCidr;
  const pods = { address: { family, words }, length };
  return internalIp === null ? [pods] : [pods, hostCidr(internalIp.address)];
}

/** An address alone. */
export function hostCidr(address: Address): InterfaceAddress {
  return { address, length: hostPrefix(address).length };
}

/** @see kilo pkg/mesh/backend.go Peer.Ready */
function isInMesh(peer: KiloPeer): peer is MeshPeer {
  return peer.publicKey !== null && peer.allowedIps.length > 0;
}

/** @see kilo pkg/mesh/topology.go deduplicatePeerIPs */
function withoutRepeats(peers: readonly MeshPeer[]): MeshPeer[] {
  const taken = new Set<string>();
  return peers.map((peer) => ({
    ...peer,
    allowedIps: peer.allowedIps.filter((cidr) => {
      const text = formatInterfaceAddress(cidr);
      const isNew = !taken.has(text);
      taken.add(text);
      return isNew;
    }),
  }));
}

function noReadyNodes(count: number): Fault {
  return {
    code: 'kilo-nodes-missing',
    message:
      count === 0
        ? 'The cluster has no nodes.'
        : `None of the ${count} nodes is in Kilo’s mesh at the moment.`,
    hint: '"adit cluster inspect" says of each node why. A saved list grows old in a minute: "--now" tells when it was made.',
  };
}

function subnetFull(subnet: Prefix, count: number): Fault {
  return {
    code: 'kilo-subnet-full',
    message: `Kilo’s network ${formatPrefix(subnet)} has addresses for ${roomIn(subnet)} locations, and there are ${count}.`,
    hint: 'Start kg with a larger --subnet, or put nodes that share a network into one location.',
  };
}
