import { parseAddress } from '../../../shared/network/address.ts';
import type { Address } from '../../../shared/network/address.ts';
import type { RouteFacts } from '../network/ip-json.ts';

/**
 * The addresses of a name in the order in which they are tried: those that a route leads to before those that none does, and of these
 * those of IPv6 that can be reached as what they are first; as they came otherwise.
 *
 * @param routes where the machine would send to each of them now
 * @see RFC 6724 section 6, rules 1, 2, 5 and 6: unusable destinations last, and private IPv6 behind IPv4
 */
export function inOrderOfReach(candidates: readonly string[], routes: readonly RouteFacts[]): string[] {
  const ranked = candidates.map((candidate) => ({ candidate, rank: rankOf(candidate, routes) }));
  return ranked.sort((a, b) => a.rank - b.rank).map(({ candidate }) => candidate);
}

/** Those of some addresses that a route leads to; all of them where none does. */
export function withinReach(candidates: readonly string[], routes: readonly RouteFacts[]): string[] {
  const ordered = inOrderOfReach(candidates, routes);
  const reached = ordered.filter((candidate) => rankOf(candidate, routes) < unreachable);
  return reached.length > 0 ? reached : ordered;
}

/** Whether a route leads to an address. */
export function isWithinReach(candidate: string, routes: readonly RouteFacts[]): boolean {
  return rankOf(candidate, routes) < unreachable;
}

/** The address to try after one that does not answer: the next, the first again after the last, and the first where it is none of them. */
export function nextCandidate(candidates: readonly string[], current: string | null): string | undefined {
  const index = current === null ? -1 : candidates.indexOf(current);
  return candidates[(index + 1) % candidates.length];
}

const unreachable = 3;

function rankOf(candidate: string, routes: readonly RouteFacts[]): number {
  const destination = parseAddress(candidate);
  const route = routes.find((each) => sameText(each.destination, candidate));
  if (destination === null || route === undefined || route.device === null) return unreachable;
  if (destination.family === 4) return 1;
  const source = parseAddress(route.source ?? '');
  return source !== null && isPrivate(source) && !isPrivate(destination) ? 2 : 0;
}

function sameText(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/** Unique local and link-local addresses of IPv6. */
function isPrivate({ family, words: [word = 0] }: Address): boolean {
  return family === 6 && (word >>> 25 === 0xfc >>> 1 || word >>> 22 === 0xfe80 >>> 6);
}
