import { formatAddress } from '../network/address.ts';
import { formatInterfaceAddress, formatPrefix } from '../network/prefix.ts';
import type { KiloMesh, MeshGroup } from './kilo/mesh.ts';
import { formatMeshEndpoint } from './values/endpoint.ts';

/** A mesh as it is drawn: who stands where, and what each carries. Its links follow from that: {@link linksOf}. */
export interface MeshGraph {
  /** The network of the mesh's own addresses. */
  readonly subnet: string;
  readonly groups: readonly GraphGroup[];
  readonly peers: readonly GraphPeer[];
}

/** A location, or a node that stands alone. */
export interface GraphGroup {
  /** `location:NAME` or `node:NAME` */
  readonly key: string;
  readonly leader: string;
  readonly nodes: readonly GraphNode[];
  /** Networks near it that are reached through it. */
  readonly locationIps: readonly string[];
}

/** A node of a group. */
export interface GraphNode {
  readonly name: string;
  readonly podCidr: string;
  readonly internalIp: string | null;
  /** The group's address in the mesh; null but for its leader. */
  readonly address: string | null;
  /** Where the group is dialled; null but for its leader. */
  readonly endpoint: string | null;
}

/** A Peer of the mesh. */
export interface GraphPeer {
  readonly name: string;
  readonly endpoint: string | null;
  readonly allowedIps: readonly string[];
}

/** Two ends that send to each other: within a group, between the leaders of groups, or between a leader and a Peer. */
export interface GraphLink {
  readonly kind: 'group' | 'mesh' | 'peer';
  readonly from: string;
  readonly to: string;
}

/** The graph of a mesh. */
export function graphOf({ subnet, groups, peers }: KiloMesh): MeshGraph {
  return {
    subnet: formatPrefix(subnet),
    groups: groups.map((group) => ({
      key: group.key,
      leader: group.leader.name,
      nodes: group.nodes.map((node) => graphNode(group, node)),
      locationIps: group.locationIps.map(formatInterfaceAddress),
    })),
    peers: peers.map(({ name, endpoint, allowedIps }) => ({
      name,
      endpoint: endpoint === null ? null : formatMeshEndpoint(endpoint),
      allowedIps: allowedIps.map(formatInterfaceAddress),
    })),
  };
}

/** The links of a graph, one at a time: a full mesh has half a square of them. @see kilo pkg/mesh/graph.go */
export function* linksOf({ groups, peers }: MeshGraph): Generator<GraphLink> {
  for (const { leader, nodes } of groups) {
    for (const { name } of nodes) if (name !== leader) yield { kind: 'group', from: leader, to: name };
  }
  for (const [index, { leader }] of groups.entries()) {
    for (const other of groups.slice(index + 1)) yield { kind: 'mesh', from: leader, to: other.leader };
  }
  for (const { leader } of groups)
    for (const { name } of peers) yield { kind: 'peer', from: leader, to: name };
}

function graphNode(group: MeshGroup, node: MeshGroup['nodes'][number]): GraphNode {
  const leads = node === group.leader;
  return {
    name: node.name,
    podCidr: formatPrefix(node.podCidr),
    internalIp: node.internalIp === null ? null : formatAddress(node.internalIp.address),
    address: leads ? formatAddress(group.address) : null,
    endpoint: leads ? formatMeshEndpoint(group.endpoint) : null,
  };
}
