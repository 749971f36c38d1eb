import { formatPrefix, networkOf, overlaps } from '../../../network/prefix.ts';
import type { KiloMesh } from '../../kilo/mesh.ts';
import type { ClusterNode } from '../../objects/node.ts';
import type { ServiceCidr } from '../../service-cidrs.ts';
import { clusterWarning } from '../catalogue.ts';
import type { Report } from '../catalogue.ts';

/** Says what of the Service CIDRs somebody could trip over. */
export function checkRanges(
  cidrs: readonly ServiceCidr[],
  nodes: readonly ClusterNode[],
  mesh: KiloMesh | null,
  report: Report,
): void {
  if (cidrs.length === 0 && nodes.length > 0) report(clusterWarning('service-cidr-unknown', 'cluster'));
  for (const { cidr, guessed } of cidrs) {
    const text = formatPrefix(cidr);
    if (guessed) report(clusterWarning('service-cidr-guessed', 'cluster', text));
    for (const { name, podCidrs } of nodes) {
      const other = podCidrs.find((pods) => overlaps(pods, cidr));
      if (other !== undefined)
        report(clusterWarning('service-cidr-overlaps', `node/${name}`, text, formatPrefix(other)));
    }
    for (const { name, allowedIps } of mesh?.peers ?? []) {
      const other = allowedIps.map(networkOf).find((prefix) => overlaps(prefix, cidr));
      if (other !== undefined)
        report(clusterWarning('service-cidr-overlaps', `peer/${name}`, text, formatPrefix(other)));
    }
  }
}
