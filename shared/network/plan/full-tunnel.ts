import type { Family } from '../address.ts';
import { overlaps } from '../prefix.ts';
import type { Prefix } from '../prefix.ts';
import { PrefixSet } from '../prefix-set.ts';

/** The addresses that anybody out there has: all of IPv4, and of IPv6 the global ones (RFC 4291, section 2.4). */
const universes: Readonly<Record<Family, Prefix>> = {
  4: { family: 4, words: [0], length: 0 },
  6: { family: 6, words: [0x2000_0000, 0, 0, 0], length: 3 },
};

/** The longest piece of everything: a whole /8 of IPv4, or all private addresses of IPv6 (fc00::/7), are somebody's network. */
const longestPiece: Readonly<Record<Family, number>> = { 4: 7, 6: 6 };

/** Prefixes this short are pieces of everything, whatever stands beside them. */
const halfLength = 1;

/** The families of which some prefixes take half of the addresses or more, by however many pieces. */
export function familiesTaken(prefixes: readonly Prefix[]): ReadonlySet<Family> {
  return new Set(([4, 6] as const).filter((family) => shareTaken(prefixes, family) >= 0.5));
}

/**
 * Whether a prefix is there to take everything, and not for a network of its own: what is more specific stays where it is, as everybody
 * wants. So are halves, and the pieces that a tunnel for everything is written in: quarters, or what is left without some networks.
 *
 * @param taken what the prefix and those beside it take
 */
export function isPieceOfAll({ family, length }: Prefix, taken: ReadonlySet<Family>): boolean {
  return length <= halfLength || (taken.has(family) && length <= longestPiece[family]);
}

/** 0 to 1. */
function shareTaken(prefixes: readonly Prefix[], family: Family): number {
  const universe = universes[family];
  const inside = prefixes.filter((prefix) => overlaps(prefix, universe));
  return PrefixSet.of(inside)
    .prefixes()
    .reduce((sum, { length }) => sum + 2 ** -Math.max(0, length - universe.length), 0);
}
