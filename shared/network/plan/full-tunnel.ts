import type { Family } from '../address.ts';
import { compareAddresses } from '../address.ts';
import { covers, overlaps } from '../prefix.ts';
import type { Prefix } from '../prefix.ts';
import { PrefixSet } from '../prefix-set.ts';

/** The addresses that anybody out there has: all of IPv4, and of IPv6 the global ones (RFC 4291, section 2.4). */
const universes: Readonly<Record<Family, Prefix>> = {
  4: { family: 4, words: [0], length: 0 },
  6: { family: 6, words: [0x2000_0000, 0, 0, 0], length: 3 },
};

/** The longest piece of everything outside of that: all private addresses of IPv6 (fc00::/7) are somebody's network. */
const longestOutside = 6;

/** Prefixes this short are pieces of everything, whatever stands beside them. */
const halfLength = 1;

/** The families of which some prefixes take half of the addresses or more, by however many pieces. */
export function familiesTaken(prefixes: readonly Prefix[]): ReadonlySet<Family> {
  return new Set(([4, 6] as const).filter((family) => shareTaken(prefixes, family) >= 0.5));
}

/**
 * Whether a prefix is there to take everything, and not for a network of its own: what is more specific stays where it is, as everybody
 * wants. So are halves, and the pieces that a tunnel for everything is written in: quarters, or what is left without some networks,
 * down to single addresses.
 *
 * @param taken what the prefix and those beside it take
 */
export function isPieceOfAll(prefix: Prefix, taken: ReadonlySet<Family>): boolean {
  const { family, length } = prefix;
  if (length <= halfLength) return true;
  return taken.has(family) && (length <= longestOutside || overlaps(prefix, universes[family]));
}

/** The pieces of everything among some prefixes: one that lies in another of them is named for a network of its own. */
export function piecesOfAll<P extends Prefix>(prefixes: readonly P[]): ReadonlySet<P> {
  const taken = familiesTaken(prefixes);
  const sorted = [...prefixes].sort((a, b) => compareAddresses(a, b) || a.length - b.length);
  const pieces = new Set<P>();
  let outermost: P | null = null;
  for (const prefix of sorted) {
    const isInside = outermost !== null && outermost.length < prefix.length && covers(outermost, prefix);
    if (!isInside) outermost = prefix;
    if (isPieceOfAll(prefix, taken) && (!isInside || prefix.length <= halfLength)) pieces.add(prefix);
  }
  return pieces;
}

/** 0 to 1. */
function shareTaken(prefixes: readonly Prefix[], family: Family): number {
  const universe = universes[family];
  const inside = prefixes.filter((prefix) => overlaps(prefix, universe));
  return PrefixSet.of(inside)
    .prefixes()
    .reduce((sum, { length }) => sum + 2 ** -Math.max(0, length - universe.length), 0);
}
