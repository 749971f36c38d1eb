import { networkOf } from '../../network/prefix.ts';
import type { Prefix } from '../../network/prefix.ts';
import { parseCidr } from '../values/cidr.ts';
import type { Report } from '../warnings/catalogue.ts';
import { namedObjects } from './named.ts';

/**
 * The ranges of every ServiceCIDR object that is ready: a cluster can have several, and one that is not ready gives no addresses.
 *
 * @see kubernetes KEP-1880; networking.k8s.io/v1 ServiceCIDR
 */
export function readServiceCidrs(items: readonly unknown[], report: Report): Prefix[] {
  return namedObjects(items, 'servicecidr', report).flatMap(({ fields }) => {
    const conditions = fields.object('status').objects('conditions');
    const isReady = conditions.some(
      (condition) => condition.text('type') === 'Ready' && condition.text('status') === 'True',
    );
    if (!isReady) return [];
    return fields
      .object('spec')
      .texts('cidrs')
      .flatMap((text) => {
        const cidr = parseCidr(text);
        return cidr === null ? [] : [networkOf(cidr)];
      });
  });
}
