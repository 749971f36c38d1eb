import type { Prefix } from '../../network/prefix.ts';
import { PrefixSet } from '../../network/prefix-set.ts';
import { piecesOfAll } from '../../network/plan/full-tunnel.ts';
import type { ProfileRanges } from './profile-ranges.ts';

/** A profile, and what of it can collide. */
export interface Side {
  readonly profile: ProfileRanges;
  /** Its ranges but for those that are there to take everything. */
  readonly own: readonly Prefix[];
  /** Of each family in which it is there for everything, all addresses. */
  readonly everything: readonly Prefix[];
  /** All that it leads to. */
  readonly whole: PrefixSet;
}

/** What of a profile can collide. */
export function sideOf(profile: ProfileRanges): Side {
  const ranges = profile.peers.flatMap((peer) => peer.ranges);
  const pieces = piecesOfAll(ranges);
  const families = new Set([...pieces].map(({ family }) => family));
  const everything = PrefixSet.all.prefixes().filter(({ family }) => families.has(family));
  const own = ranges.filter((range) => !pieces.has(range));
  return { profile, own, everything, whole: PrefixSet.of(ranges) };
}
