import type { Cluster } from '../../shared/cluster/cluster.ts';
import { clusterDomains } from '../../shared/cluster/names.ts';
import type { ClusterNames } from '../../shared/cluster/names.ts';
import { FaultError } from '../../shared/fault.ts';
import { parseAddress } from '../../shared/network/address.ts';
import { contains } from '../../shared/network/prefix.ts';
import type { Prefix } from '../../shared/network/prefix.ts';

/** The names that a profile of a cluster looks up there; null where it does not reach the name server. */
export function reachableNames(cluster: Cluster, serviceCidrs: readonly Prefix[]): ClusterNames | null {
  const podCidrs = cluster.nodes.flatMap((node) => node.podCidrs);
  const names = clusterDomains(cluster, podCidrs, serviceCidrs);
  const isReached = (server: string): boolean => {
    const address = parseAddress(server);
    return address !== null && [...serviceCidrs, ...podCidrs].some((prefix) => contains(prefix, address));
  };
  return names.servers.length > 0 && names.servers.every(isReached) ? names : null;
}

/** The same for a person who wants them. @throws FaultError `cluster-names-unreachable` */
export function requireNames(cluster: Cluster, serviceCidrs: readonly Prefix[]): ClusterNames {
  const names = reachableNames(cluster, serviceCidrs);
  if (names !== null) return names;
  throw new FaultError({
    code: 'cluster-names-unreachable',
    message: 'The cluster’s name server is not known, or is not within the ranges of the profile.',
    hint: 'It is a Service: --service-cidr auto goes with --names. Files have to hold the Services too.',
  });
}
