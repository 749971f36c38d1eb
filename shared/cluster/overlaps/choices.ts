import { shellWord } from '../../diagnosis/commands.ts';
import { PrefixSet } from '../../network/prefix-set.ts';
import type { Side } from './side.ts';

/**
 * What can be done about a collision.
 *
 * - `switch`: the profile comes up, and the other goes down for it
 * - `nodes`: the profile leaves what both lead to, to the other; nodes whose ranges are not the other's stay in reach
 * - `services`: of the profile only Services are reached
 */
export interface OverlapChoice {
  readonly kind: 'switch' | 'nodes' | 'services';
  /** The profile that it is done to. */
  readonly profile: string;
  /** The peers of the profile that keep all their ranges. */
  readonly nodes: readonly string[];
  /** Just what the profile leads to then, as the fewest prefixes. */
  readonly allowedIps: readonly string[];
  readonly command: string;
}

/** The most prefixes that the setting `exclude` takes. */
const mostExcluded = 1000;

/** What can be done about two profiles that share addresses. @param isEqual whether they exclude each other */
export function choicesFor(a: Side, b: Side, isEqual: boolean, shared: PrefixSet): OverlapChoice[] {
  const both = [b, a];
  return [
    ...(isEqual ? both.map(switchTo) : []),
    ...(shared.isEmpty ? [] : both.flatMap((side) => narrowed(side, shared))),
  ];
}

function switchTo({ profile, whole }: Side): OverlapChoice {
  return {
    kind: 'switch',
    profile: profile.name,
    nodes: profile.peers.map(({ name }) => name),
    allowedIps: whole.texts(),
    command: `adit up ${shellWord(profile.name)} --switch`,
  };
}

function narrowed(side: Side, shared: PrefixSet): OverlapChoice[] {
  const rest = side.whole.without(shared);
  const services = PrefixSet.of(side.profile.serviceCidrs);
  const isService = rest.without(rest.without(services));
  const areOnlyServices = rest.without(services).isEmpty;
  return [
    ...(rest.isEmpty || areOnlyServices ? [] : kept('nodes', side, rest)),
    ...(isService.isEmpty ? [] : kept('services', side, isService)),
  ];
}

/** A profile with some of its addresses; none where its settings cannot hold that. */
function kept(kind: 'nodes' | 'services', side: Side, rest: PrefixSet): OverlapChoice[] {
  const { profile } = side;
  const left = side.whole.without(rest);
  const excluded = PrefixSet.of([...profile.exclude, ...left.prefixes()]).texts();
  if (excluded.length > mostExcluded) return [];
  return [
    {
      kind,
      profile: profile.name,
      nodes: profile.peers
        .filter(({ ranges }) => ranges.length > 0 && PrefixSet.of(ranges).without(rest).isEmpty)
        .map(({ name }) => name),
      allowedIps: rest.texts(),
      command: `adit set ${shellWord(profile.name)} exclude=${excluded.join(',')}`,
    },
  ];
}
