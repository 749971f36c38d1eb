import type { Family } from '../address.ts';
import { desiredNetwork } from './desired.ts';
import { familiesTaken } from './full-tunnel.ts';
import { routedPrefixes } from './planned-tunnel.ts';
import type { PlannedTunnel } from './planned-tunnel.ts';
import type { Resource } from './resources.ts';

/** What a machine has once, and only one of its users can have: the first gets it. */
export type Sole = 'full tunnel' | 'kill switch' | 'all names';

/** A tunnel of another user of this machine. */
export interface Neighbour {
  /** The number of the user. */
  readonly owner: number;
  readonly tunnel: PlannedTunnel;
  /** Whether its interface is there: one that is gone keeps nothing from anybody. */
  readonly stands: boolean;
}

/**
 * Everything that has to exist in a host's network for some tunnels beside those of other users. What all share (rules, settings, the
 * firewall table) is made for all, by whoever comes first, and stays until the last goes; links, addresses and routes are
 * each user's own.
 */
export function desiredBeside(
  own: readonly PlannedTunnel[],
  neighbours: readonly Neighbour[],
  resolver: number,
  lateLocal: readonly Family[] = [],
): Resource[] {
  const ownLinks = new Set(own.map((tunnel) => tunnel.interface));
  // In one order for all who look, or each would make the shared parts anew after the other.
  const all = [...own, ...neighbours.map(({ tunnel }) => tunnel)].sort((a, b) =>
    a.interface < b.interface ? -1 : 1,
  );
  return desiredNetwork(neighbours.length === 0 ? own : all, resolver, lateLocal).filter(
    (resource) => isShared(resource) || ('interface' in resource && ownLinks.has(resource.interface)),
  );
}

const sharedKinds: ReadonlySet<Resource['kind']> = new Set([
  'sysctl',
  'firewall',
  'rule',
  'past-rule',
  'resolver-rule',
]);

/** Whether a resource is there once for the tunnels of all users. */
export function isShared({ kind }: Resource): boolean {
  return sharedKinds.has(kind);
}

/** What some tunnels want that another user has already; null where they want nothing of the kind. */
export function takenBy(
  own: readonly PlannedTunnel[],
  neighbours: readonly Neighbour[],
): { readonly sole: Sole; readonly neighbour: Neighbour } | null {
  const standing = neighbours.filter(({ stands }) => stands);
  const claims: readonly (readonly [Sole, (tunnel: PlannedTunnel) => boolean])[] = [
    ['full tunnel', isFull],
    ['kill switch', ({ killSwitch }) => killSwitch !== null],
    ['all names', ({ allNames }) => allNames],
  ];
  for (const [sole, claimsIt] of claims) {
    const neighbour = standing.find(({ tunnel }) => claimsIt(tunnel));
    if (neighbour !== undefined && own.some(claimsIt)) return { sole, neighbour };
  }
  return null;
}

/** Whether a tunnel is there for everything, by whatever prefixes. */
function isFull(tunnel: PlannedTunnel): boolean {
  return tunnel.table === 'auto' && familiesTaken(routedPrefixes(tunnel)).size > 0;
}
