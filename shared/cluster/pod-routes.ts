import { addressBits, compareAddresses } from '../network/address.ts';
import type { Address, Family } from '../network/address.ts';
import { hostPrefix, networkOf, wordMask } from '../network/prefix.ts';
import type { Prefix } from '../network/prefix.ts';
import { PrefixSet } from '../network/prefix-set.ts';

/** The most prefixes that a node is given, unless those of others are in between. */
export const mostPodRoutes = 16;

/** The shortest prefix that addresses are joined in. */
const shortest: Readonly<Record<Family, number>> = { 4: 16, 6: 48 };

/**
 * Routes to the Pods of nodes that have no range of their own, as with the networks of Azure and Amazon, from the addresses that Pods have
 * now. Each node gets at most {@link mostPodRoutes} prefixes of a family, which hold all its Pods and no address that is known to be somebody
 * else's. What is joined is joined where least is added: these addresses are often those of a network in which other machines stand.
 *
 * @param pods by the names of nodes
 * @param others addresses that no route may hold: those of the nodes themselves
 */
export function podRoutes(
  pods: ReadonlyMap<string, readonly Address[]>,
  others: readonly Address[],
): ReadonlyMap<string, readonly Prefix[]> {
  const all = sortedOnce([...others, ...[...pods.values()].flat()]);
  const everybody = { 4: ofFamily(all, 4), 6: ofFamily(all, 6) };
  const taken = new Set(others.map(keyOf));
  const owners = new Map<string, number>();
  for (const addresses of pods.values())
    for (const key of new Set(addresses.map(keyOf))) owners.set(key, (owners.get(key) ?? 0) + 1);
  return new Map(
    [...pods].map(([node, addresses]) => {
      // Two nodes cannot both have an address: of these neither gets it.
      const own = sortedOnce(
        addresses.filter((address) => !taken.has(keyOf(address)) && owners.get(keyOf(address)) === 1),
      );
      return [
        node,
        ([4, 6] as const).flatMap((family) => routesFor(ofFamily(own, family), everybody[family])),
      ];
    }),
  );
}

/** The routes of one family. @param own the node's addresses, ascending @param all everybody's, ascending */
function routesFor(own: readonly Address[], all: readonly Address[]): Prefix[] {
  let routes = PrefixSet.of(own.map(hostPrefix)).prefixes();
  const [first] = own;
  if (first === undefined) return routes;
  for (let length = addressBits[first.family] - 1; length >= shortest[first.family]; length -= 1) {
    if (routes.length <= mostPodRoutes) break;
    routes = joined(routes, length, (prefix) => countIn(prefix, all) === countIn(prefix, own));
  }
  return PrefixSet.of(routes).prefixes();
}

/** Joins what lies together in prefixes of one length, the fullest first, until there are few enough. */
function joined(routes: readonly Prefix[], length: number, isOwn: (prefix: Prefix) => boolean): Prefix[] {
  const runs: Prefix[][] = [];
  let around: Prefix | null = null;
  for (const route of routes) {
    const outer = networkOf({ address: route, length: Math.min(length, route.length) });
    if (around !== null && compareAddresses(around, outer) === 0) runs[runs.length - 1]?.push(route);
    else runs.push([route]);
    around = outer;
  }
  let excess = routes.length - mostPodRoutes;
  const chosen = new Set<Prefix[]>();
  const candidates = runs.filter((run) => run.length > 1).sort((a, b) => b.length - a.length);
  for (const run of candidates) {
    const [one] = run;
    if (excess <= 0) break;
    if (one === undefined || !isOwn(networkOf({ address: one, length }))) continue;
    chosen.add(run);
    excess -= run.length - 1;
  }
  return runs.flatMap((run) => {
    const [one] = run;
    return chosen.has(run) && one !== undefined ? [networkOf({ address: one, length })] : run;
  });
}

/** How many of some ascending addresses a prefix holds. */
function countIn(prefix: Prefix, addresses: readonly Address[]): number {
  const last = {
    family: prefix.family,
    words: prefix.words.map((word, index) => (word | ~wordMask(prefix.length - index * 32)) >>> 0),
  };
  return indexBehind(last, addresses) - indexOf(prefix, addresses);
}

/** The index of the first that is not before an address. */
function indexOf(address: Address, addresses: readonly Address[]): number {
  return firstIndex(addresses, (other) => compareAddresses(other, address) >= 0);
}

/** The index of the first that is behind an address. */
function indexBehind(address: Address, addresses: readonly Address[]): number {
  return firstIndex(addresses, (other) => compareAddresses(other, address) > 0);
}

function firstIndex(addresses: readonly Address[], isFrom: (address: Address) => boolean): number {
  let [low, high] = [0, addresses.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const address = addresses[middle];
    if (address !== undefined && isFrom(address)) high = middle;
    else low = middle + 1;
  }
  return low;
}

function sortedOnce(addresses: readonly Address[]): Address[] {
  const once = new Map(addresses.map((address) => [keyOf(address), address]));
  return [...once.values()].sort(compareAddresses);
}

function ofFamily(addresses: readonly Address[], family: Family): Address[] {
  return addresses.filter((address) => address.family === family);
}

function keyOf({ words }: Address): string {
  return words.join(' ');
}
