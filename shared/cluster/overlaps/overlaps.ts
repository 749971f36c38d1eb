import { compareAddresses, formatAddress } from '../../network/address.ts';
import { covers } from '../../network/prefix.ts';
import type { Prefix } from '../../network/prefix.ts';
import { PrefixSet } from '../../network/prefix-set.ts';
import { choicesFor } from './choices.ts';
import type { OverlapChoice } from './choices.ts';
import type { ProfileRanges } from './profile-ranges.ts';
import { sideOf } from './side.ts';
import type { Side } from './side.ts';

/** Two profiles that collide. */
export interface Overlap {
  readonly a: string;
  readonly b: string;
  /**
   * - `equal`: a range of one is a range of the other too, of which the one that comes up second would carry nothing: they exclude each
   *   other
   * - `partial`: ranges of one lie inside ranges of the other, and stay with the narrower; or only addresses are the same
   */
  readonly kind: 'equal' | 'partial';
  /** Every address that both lead to, as the fewest prefixes. */
  readonly ranges: readonly string[];
  /** The addresses that both have in their tunnels. */
  readonly addresses: readonly string[];
  /** What can be done. */
  readonly choices: readonly OverlapChoice[];
}

/**
 * The pairs of profiles that collide, in the order of the profiles. A profile that is for everything collides with others of its kind
 * only: what is more specific goes its own way, and so it should.
 */
export function overlapsAmong(profiles: readonly ProfileRanges[]): Overlap[] {
  const sides = profiles.map(sideOf);
  const equal = pairsOf(sides);
  const pairs: Overlap[] = [];
  for (const [index, a] of sides.entries()) {
    for (const [offset, b] of sides.slice(index + 1).entries()) {
      const met = equal.get(index * sides.length + index + 1 + offset);
      const addresses = sharedAddresses(a, b);
      if (met === undefined && addresses.length === 0) continue;
      const shared = met === undefined ? PrefixSet.of([]) : sharedBy(a, b);
      const kind = met === true ? 'equal' : 'partial';
      pairs.push({
        a: a.profile.name,
        b: b.profile.name,
        kind,
        ranges: shared.texts(),
        addresses,
        choices: choicesFor(a, b, kind === 'equal', shared),
      });
    }
  }
  return pairs;
}

/** What two profiles both lead to, and neither only because it is for everything. */
function sharedBy(a: Side, b: Side): PrefixSet {
  const [ownOfA, ownOfB] = [PrefixSet.of(a.own), PrefixSet.of(b.own)];
  const families = new Set(a.everything.map(({ family }) => family));
  return PrefixSet.of([
    ...ownOfA.without(ownOfA.without(ownOfB)).prefixes(),
    ...b.everything.filter(({ family }) => families.has(family)),
  ]);
}

/** A range, and which profile has it. */
interface Claim {
  readonly prefix: Prefix;
  readonly owner: number;
}

/**
 * The pairs that share a range, and whether any range is the same in both. Of sorted prefixes, those that one lies in are the last ones
 * before it that still hold: each range is looked at together with these alone.
 *
 * @returns by `lower index * number + higher index`
 */
function pairsOf(sides: readonly Side[]): Map<number, boolean> {
  const claims = sides.flatMap(({ own, everything }, owner) =>
    [...own, ...everything].map((prefix): Claim => ({ prefix, owner })),
  );
  claims.sort(
    (a, b) => compareAddresses(a.prefix, b.prefix) || a.prefix.length - b.prefix.length || a.owner - b.owner,
  );
  const pairs = new Map<number, boolean>();
  const around: Claim[] = [];
  for (const claim of claims) {
    while (around.length > 0 && !holds(around.at(-1), claim)) around.pop();
    for (const outer of around) {
      if (outer.owner === claim.owner) continue;
      const isEqual = outer.prefix.length === claim.prefix.length;
      // Whatever is for everything leaves to others what is theirs.
      if (outer.prefix.length === 0 && !isEqual) continue;
      const low = Math.min(outer.owner, claim.owner);
      const key = low * sides.length + Math.max(outer.owner, claim.owner);
      pairs.set(key, isEqual || pairs.get(key) === true);
    }
    // The same range of the same profile again tells nothing.
    const last = around.at(-1);
    const isRepeated = last?.owner === claim.owner && last.prefix.length === claim.prefix.length;
    if (!isRepeated) around.push(claim);
  }
  return pairs;
}

function holds(outer: Claim | undefined, inner: Claim): boolean {
  return outer !== undefined && covers(outer.prefix, inner.prefix);
}

function sharedAddresses(a: Side, b: Side): string[] {
  const theirs = new Set(b.profile.addresses.map(({ address }) => formatAddress(address)));
  const own = a.profile.addresses.map(({ address }) => formatAddress(address));
  return [...new Set(own)].filter((address) => theirs.has(address));
}
