import { formatAddress } from '../../../network/address.ts';
import { formatPrefix, overlaps } from '../../../network/prefix.ts';
import type { Prefix } from '../../../network/prefix.ts';
import { compareAddresses } from '../../../network/address.ts';
import { flannelOf } from '../../networks/flannel.ts';
import type { ClusterNetwork } from '../../networks/network.ts';
import type { ClusterNode } from '../../objects/node.ts';
import { isPublic } from '../../values/endpoint.ts';
import { clusterWarning } from '../catalogue.ts';
import type { Report } from '../catalogue.ts';

/** Says what Kubernetes and flannel have of nodes that somebody could trip over. */
export function checkNodes(nodes: readonly ClusterNode[], network: ClusterNetwork, report: Report): void {
  checkPodCidrs(nodes, report);
  checkJoining(network, report);
  for (const node of nodes) {
    const subject = `node/${node.name}`;
    const [, ...others] = node.podCidrs;
    if (network === 'kilo')
      for (const cidr of others) report(clusterWarning('pod-cidr-left-out', subject, formatPrefix(cidr)));
    const flannel = network === 'flannel' ? flannelOf(node) : null;
    if (flannel?.publicIp && !isPublic(flannel.publicIp)) {
      const address = formatAddress(flannel.publicIp);
      report(clusterWarning('flannel-ip-private', subject, address, node.externalIp));
    }
  }
}

/** Who makes the devices of networks that have no peers but their own nodes. */
const owners = {
  flannel: 'flanneld replaces all peers when it starts',
  calico: 'Felix owns the device',
  cilium: 'Cilium’s agent owns the device',
} as const;

/** Says of networks that take no peers from outside what to do instead. */
function checkJoining(network: ClusterNetwork, report: Report): void {
  if (network === 'kilo' || network === 'none') return;
  report(clusterWarning('mesh-closed', 'cluster', network, owners[network]));
}

/** Without any Pod CIDR the cluster’s network gives addresses in another way, which is no node’s own trouble. */
function checkPodCidrs(nodes: readonly ClusterNode[], report: Report): void {
  const without = nodes.filter(({ podCidrs }) => podCidrs.length === 0);
  if (nodes.length > 0 && without.length === nodes.length) {
    report(clusterWarning('pod-cidr-missing', nodes.length === 1 ? subjectOf(nodes[0]) : 'node/every node'));
    return;
  }
  for (const node of without) report(clusterWarning('pod-cidr-missing', subjectOf(node)));
  const owned = nodes
    .flatMap((node) => node.podCidrs.map((cidr) => ({ node, cidr })))
    .sort((a, b) => comparePrefixes(a.cidr, b.cidr));
  // In this order what lies in a prefix stands behind it, and all between them lies in it too.
  let widest: (typeof owned)[number] | null = null;
  for (const one of owned) {
    if (widest !== null && overlaps(widest.cidr, one.cidr)) {
      if (widest.node !== one.node)
        report(
          clusterWarning('pod-cidr-shared', subjectOf(one.node), formatPrefix(one.cidr), widest.node.name),
        );
    } else {
      widest = one;
    }
  }
}

function subjectOf(node: ClusterNode | undefined): string {
  return `node/${node?.name ?? ''}`;
}

/** By address, and of one address the shortest first. */
function comparePrefixes(a: Prefix, b: Prefix): number {
  return compareAddresses(a, b) || a.length - b.length;
}
