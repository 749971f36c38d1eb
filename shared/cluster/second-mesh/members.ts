import { formatAddress } from '../../network/address.ts';
import type { Address } from '../../network/address.ts';
import type { Prefix } from '../../network/prefix.ts';
import type { Cluster } from '../cluster.ts';
import type { ClusterNode } from '../objects/node.ts';
import { formatMeshEndpoint, isPublic, parseMeshEndpoint, sameMeshEndpoint } from '../values/endpoint.ts';
import type { MeshEndpoint } from '../values/endpoint.ts';
import { clusterWarning } from '../warnings/catalogue.ts';
import type { ClusterWarning } from '../warnings/catalogue.ts';
import { nodeHostsSaid } from './node-host.ts';
import type { NodeHost } from './node-host.ts';
import type { NodeLine } from './node-lines.ts';
import type { SecondMesh } from './plan.ts';

/** A node that is in a second mesh, as long as its line is kept: in the cluster at the moment, or not. */
export interface MeshMember extends NodeLine {
  /** Its own in the tunnel. */
  readonly addresses: readonly Address[];
  /** Where its line said that it is dialled; `endpoint` is what the cluster has made of that since. */
  readonly printed: MeshEndpoint;
  /** Whether it is dialled where the cluster says, and not where somebody has told its script. */
  readonly isFollowed: boolean;
  /** Those that the cluster said it has, for a look that does not tell. */
  readonly podCidrs: readonly Prefix[];
}

/** Members, and what there is to say of lines that are none. */
export interface JoinedMembers {
  readonly members: readonly MeshMember[];
  readonly warnings: readonly ClusterWarning[];
}

/**
 * The members of a mesh when lines were collected from its nodes. Of a node that had a line already, the new one counts. Who has the key of
 * a node that is there is left out; a node that came back under another name takes the place of itself.
 *
 * @param before what was kept already
 */
export function joinMembers(
  cluster: Cluster,
  mesh: SecondMesh,
  lines: readonly NodeLine[],
  before: readonly MeshMember[],
): JoinedMembers {
  const planned = new Map(mesh.nodes.map((node) => [node.name, node]));
  const present = new Map(cluster.nodes.map((node) => [node.name, node]));
  const hostsOf = nodeHostsSaid(cluster);
  const known = new Map(before.map((member) => [member.name, member]));
  const fresh = lines.flatMap((line): MeshMember[] => {
    const [plan, node] = [planned.get(line.name), present.get(line.name)];
    if (plan === undefined || node === undefined) return [];
    const { addresses } = plan;
    const own = known.get(line.name);
    // A line that was taken in before says nothing new, and the cluster may have moved the node since.
    if (own?.publicKey === line.publicKey && sameMeshEndpoint(own.printed, line.endpoint))
      return [followedMember({ ...own, addresses }, node, hostsOf(node))];
    const isFollowed = isSaid(hostIn(line.endpoint), node, hostsOf(node));
    return [{ ...line, addresses, printed: line.endpoint, isFollowed, podCidrs: node.podCidrs }];
  });
  const names = new Set(fresh.map(({ name }) => name));
  const others = before
    .filter(({ name }) => !names.has(name))
    .map((member) => {
      const node = present.get(member.name);
      return node === undefined ? member : followedMember(member, node, hostsOf(node));
    });
  const staying = new Map(
    others.filter(({ name }) => present.has(name)).map(({ name, publicKey }) => [publicKey, name]),
  );
  const own = fresh.filter(({ publicKey }) => !staying.has(publicKey));
  const keys = new Set(own.map(({ publicKey }) => publicKey));
  return {
    members: [...others.filter(({ publicKey }) => !keys.has(publicKey)), ...own],
    warnings: fresh.flatMap(({ name, publicKey }) => {
      const other = staying.get(publicKey);
      return other === undefined ? [] : clusterWarning('node-key-shared', `node/${name}`, other);
    }),
  };
}

/**
 * A member as the cluster has it now. An endpoint that is the cluster's stays as long as the cluster says it at all, and no public
 * one gives way to one that only its own network reaches.
 *
 * @param hosts what the cluster says now of where the node is dialled, the best first
 */
export function followedMember(
  member: MeshMember,
  node: ClusterNode,
  hosts: readonly NodeHost[],
): MeshMember {
  const { endpoint, isFollowed } = member;
  const wasPublic = endpoint.kind === 'name' || isPublic(endpoint.address);
  const next = hosts.find(({ isPrivate }) => !isPrivate || !wasPublic);
  const isKept = !isFollowed || next === undefined || isSaid(hostIn(endpoint), node, hosts);
  return {
    ...member,
    endpoint: isKept ? endpoint : (endpointAt(next, portIn(endpoint)) ?? endpoint),
    // A node that has Pod CIDRs never loses them: none were told of.
    podCidrs: node.podCidrs.length === 0 ? member.podCidrs : node.podCidrs,
  };
}

function isSaid(host: string, { addresses }: ClusterNode, hosts: readonly NodeHost[]): boolean {
  return (
    hosts.some((said) => said.host === host) || addresses.some((address) => formatAddress(address) === host)
  );
}

function endpointAt({ host }: NodeHost, port: string): MeshEndpoint | null {
  return parseMeshEndpoint(host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`);
}

function hostIn(endpoint: MeshEndpoint): string {
  return endpoint.kind === 'address'
    ? formatAddress(endpoint.address)
    : endpoint.text.slice(0, endpoint.text.lastIndexOf(':'));
}

function portIn(endpoint: MeshEndpoint): string {
  const text = formatMeshEndpoint(endpoint);
  return text.slice(text.lastIndexOf(':') + 1);
}
