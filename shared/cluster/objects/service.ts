import type { Address } from '../../network/address.ts';
import { parseIp } from '../values/cidr.ts';
import type { Report } from '../warnings/catalogue.ts';
import type { Texts } from './fields.ts';
import { namedObjects } from './named.ts';

/** A Service, as far as its addresses go. */
export interface ClusterService {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Texts;
  /** Its addresses inside the cluster, the first family first; none for a headless one. */
  readonly clusterIps: readonly Address[];
}

/** The Services of a list. */
export function readServices(items: readonly unknown[], report: Report): ClusterService[] {
  return namedObjects(items, 'service', report).map(({ name, namespace, metadata, fields }) => {
    const spec = fields.object('spec');
    const first = spec.text('clusterIP');
    const texts = new Set([...(first === null ? [] : [first]), ...spec.texts('clusterIPs')]);
    return {
      name,
      namespace,
      labels: metadata.texted('labels'),
      clusterIps: [...texts].flatMap((text) => parseIp(text) ?? []),
    };
  });
}
