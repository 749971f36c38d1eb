import { mainTable } from './ip-json.ts';
import type { Observation } from './observe.ts';

/**
 * A text that stays the same as long as this machine's own way to the outside does: the addresses of its links, and the
 * routes of its main table, but for those of our interfaces.
 *
 * @param ours the names of our interfaces
 */
export function uplinkOf({ links, routes }: Observation, ours: readonly string[]): string {
  const addresses = links
    .filter(({ name, up }) => up && !ours.includes(name))
    .map(({ name, addresses }) => `${name} ${[...addresses].sort().join(' ')}`);
  const ways = routes
    .filter(({ table, device }) => table === mainTable && (device === null || !ours.includes(device)))
    .map(({ destination, gateway, device, metric }) => `${destination} ${gateway ?? '-'} ${device ?? '-'} ${metric}`);
  return [...addresses, ...ways].sort().join('\n');
}
