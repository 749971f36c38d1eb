import { formatAddress } from '../../network/address.ts';
import type { Address } from '../../network/address.ts';
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

/** Makes out where each node of a cluster is dialled: the first that {@link nodeHostsSaid} has. */
export function nodeHosts(cluster: Cluster): (node: ClusterNode) => NodeHost | null {
  const hostsOf = nodeHostsSaid(cluster);
  return (node) => hostsOf(node)[0] ?? null;
}

/**
 * Makes out what is said of where each node is dialled: what somebody said to Kilo or flannel, then its own addresses; of all those the
 * public ones first.
 */
export function nodeHostsSaid({ network, kilo }: Cluster): (node: ClusterNode) => readonly NodeHost[] {
  const endpoints = new Map((kilo?.nodes ?? []).map(({ name, endpoint }) => [name, endpoint]));
  return (node) => {
    const publicIp = network === 'flannel' ? (flannelOf(node)?.publicIp ?? null) : null;
    const hosts = [
      hostOf(endpoints.get(node.name) ?? null),
      publicIp === null ? null : hostOfAddress(publicIp),
      hostOfText(node.externalIp),
      hostOfText(node.internalIp),
    ].filter((host) => host !== null);
    return [...hosts.filter(({ isPrivate }) => !isPrivate), ...hosts.filter(({ isPrivate }) => isPrivate)];
  };
}

function hostOf(endpoint: MeshEndpoint | null): NodeHost | null {
  if (endpoint === null) return null;
  if (endpoint.kind === 'address') return hostOfAddress(endpoint.address);
  return { host: endpoint.text.slice(0, endpoint.text.lastIndexOf(':')), isPrivate: false };
}

function hostOfText(text: string | null): NodeHost | null {
  const address = parseIp(text ?? '');
  return address === null ? null : hostOfAddress(address);
}

function hostOfAddress(address: Address): NodeHost {
  return { host: formatAddress(address), isPrivate: !isPublic(address) };
}
