import { PrefixSet } from '../prefix-set.ts';
import type { Prefix } from '../prefix.ts';
import { resolverPriority, rulePriority } from './constants.ts';
import { routedPrefixes } from './planned-tunnel.ts';
import type { PlannedTunnel } from './planned-tunnel.ts';
import type { OpeningRuleResource } from './resources.ts';

/** The uplink, opened for a while in spite of the kill switch, to the programs of one user. */
export interface Opening {
  /** The user's number. */
  readonly user: number;
  /** When it closes, in milliseconds on some clock: tells one opening from another. */
  readonly until: number;
  /** How long that is from now, in whole seconds. */
  readonly seconds: number;
}

/** Prefixes this short are meant to take everything: halves, quarters, or all at once. */
const longestOfEverything = 2;

/**
 * The rules by which the packets of whom the uplink is open for pass by tunnels that take everything; none where no tunnel does. What is more
 * specific goes into its tunnel all the same, unless a tunnel takes everything in specific pieces.
 */
export function openingRules(
  tunnels: readonly PlannedTunnel[],
  { user }: Pick<Opening, 'user'>,
): OpeningRuleResource[] {
  const prefixes = tunnels.filter(({ table }) => table === 'auto').flatMap(routedPrefixes);
  return ([4, 6] as const).flatMap((family): OpeningRuleResource[] => {
    const ours = prefixes.filter((prefix) => prefix.family === family);
    if (!takesMost(ours)) return [];
    const isShort = takesMost(ours.filter(({ length }) => length <= longestOfEverything));
    return [{ kind: 'opening-rule', family, user, priority: openingPriorities[isShort ? 'late' : 'early'] }];
  });
}

/** Behind the rules for all prefixes that are more specific; or before all rules for prefixes. */
export const openingPriorities = {
  late: rulePriority(longestOfEverything, 'main'),
  early: resolverPriority + 1,
} as const;

function takesMost(prefixes: readonly Prefix[]): boolean {
  const share = PrefixSet.of(prefixes)
    .prefixes()
    .reduce((sum, { length }) => sum + 2 ** -length, 0);
  return share > 1 / 2;
}

/** Whether a priority is one of {@link openingPriorities}. */
export function isOpeningPriority(priority: number): boolean {
  return priority === openingPriorities.late || priority === openingPriorities.early;
}
