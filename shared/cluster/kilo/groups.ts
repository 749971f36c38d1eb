import { addressOf, isPublic } from '../values/endpoint.ts';
import { compareBytes } from '../values/order.ts';
import type { Granularity } from './node.ts';
import type { ReadyNode } from './readiness.ts';

/** Nodes that stand in the mesh as one. */
export interface NodeGroup {
  /** `location:NAME`, or `node:NAME` for one that stands alone. */
  readonly key: string;
  /** In the order of their names; at least one. */
  readonly nodes: readonly ReadyNode[];
  /** The one of them that the others of the mesh dial. */
  readonly leader: ReadyNode;
}

/**
 * The groups of a mesh, in the order of their keys, which is that of their addresses. A node without an address of its own network
 * stands alone whatever its location is.
 *
 * @see kilo pkg/mesh/topology.go NewTopology
 */
export function groupNodes(nodes: readonly ReadyNode[], granularity: Granularity): NodeGroup[] {
  const members = new Map<string, ReadyNode[]>();
  for (const node of nodes) {
    const isAlone = granularity === 'full' || node.internalIp === null;
    const key = isAlone ? `node:${node.name}` : `location:${node.location}`;
    const known = members.get(key);
    if (known === undefined) members.set(key, [node]);
    else known.push(node);
  }
  return [...members]
    .flatMap(([key, unsorted]) => {
      const sorted = unsorted.sort((a, b) => compareBytes(a.name, b.name));
      const leader = leaderOf(sorted);
      return leader === undefined ? [] : [{ key, nodes: sorted, leader }];
    })
    .sort((a, b) => compareBytes(a.key, b.key));
}

/**
 * The leader of a group: the first that wants to lead and has a public endpoint, else the first that wants to, else the first with a
 * public endpoint, else the first.
 *
 * @see kilo pkg/mesh/topology.go findLeader
 */
function leaderOf(nodes: readonly ReadyNode[]): ReadyNode | undefined {
  return (
    nodes.find((node) => node.wantsToLead && isDialledFromEverywhere(node)) ??
    nodes.find((node) => node.wantsToLead) ??
    nodes.find(isDialledFromEverywhere) ??
    nodes[0]
  );
}

/** Whether the endpoint of a node is a public address; a name is not taken for one. */
export function isDialledFromEverywhere({ endpoint }: ReadyNode): boolean {
  const address = addressOf(endpoint);
  return address !== null && isPublic(address);
}
