import { formatAddress } from '../../network/address.ts';
import type { Cluster } from '../cluster.ts';
import { flannelOf } from '../networks/flannel.ts';
import type { ClusterNode } from '../objects/node.ts';
import { parseIp } from '../values/cidr.ts';
import { isPublic } from '../values/endpoint.ts';
import type { MeshEndpoint } from '../values/endpoint.ts';

/** Where a node is dialled, without a port. */
export interface NodeHost {
  /** A name, or an address without brackets. */
  readonly host: string;
  /** Whether it is an address that only its own network reaches. */
  readonly isPrivate: boolean;
}

/** Makes out where each node of a cluster is dialled: what somebody said to Kilo or flannel, else its own addresses, public ones first. */
export function nodeHosts({ nodes, network, kilo }: Cluster): (node: ClusterNode) => NodeHost | null {
  const endpoints = new Map((kilo?.nodes ?? []).map(({ name, endpoint }) => [name, endpoint]));
  const known = new Map(nodes.map((node) => [node.name, node]));
  return ({ name }) => {
    const node = known.get(name);
    if (node === undefined) return null;
    const publicIp = network === 'flannel' ? (flannelOf(node)?.publicIp ?? null) : null;
    const candidates = [
      hostOf(endpoints.get(name) ?? null),
      publicIp === null ? null : hostOfText(formatAddress(publicIp)),
      hostOfText(node.externalIp),
      hostOfText(node.internalIp),
    ].filter((host) => host !== null);
    return candidates.find(({ isPrivate }) => !isPrivate) ?? candidates[0] ?? null;
  };
}

function hostOf(endpoint: MeshEndpoint | null): NodeHost | null {
  if (endpoint === null) return null;
  if (endpoint.kind === 'address') return hostOfText(formatAddress(endpoint.address));
  return { host: endpoint.text.slice(0, endpoint.text.lastIndexOf(':')), isPrivate: false };
}

function hostOfText(text: string | null): NodeHost | null {
  const address = parseIp(text ?? '');
  return address === null ? null : { host: formatAddress(address), isPrivate: !isPublic(address) };
}
