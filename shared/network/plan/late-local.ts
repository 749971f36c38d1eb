import type { Family } from '../address.ts';
import type { HostRule } from '../host/host-network.ts';
import { localPriority, localTable, outerMark } from './constants.ts';
import type { RuleResource } from './resources.ts';

/**
 * The families in which this machine's own addresses are not asked for before our rules. Linux asks for them first of all; whoever uses VRFs
 * is told to move that rule to 32765, behind ours: a full tunnel would then take what is for this machine itself, 127.0.0.1 too.
 *
 * @see linux Documentation/networking/vrf.rst
 */
export function familiesWithLateLocal(rules: readonly HostRule[]): Family[] {
  return ([4, 6] as const).filter((family) => {
    const own = rules.filter((rule) => rule.family === family);
    return own.some(isLocal) && !own.some((rule) => isLocal(rule) && rule.priority < localPriority);
  });
}

/** The rule by which a family's own addresses are asked for before all others of ours. */
export function localRule(family: Family): RuleResource {
  return {
    kind: 'rule',
    family,
    priority: localPriority,
    exceptMark: outerMark,
    action: { kind: 'local', table: localTable },
  };
}

/** Whether a rule sends every packet to the table of own addresses. Ours is not for those with our mark. */
function isLocal({ inverted, selector, action }: HostRule): boolean {
  const { asksMore, ...asked } = selector;
  const isForAll = !inverted && !asksMore && Object.values(asked).every((value) => value === null);
  return isForAll && action.kind === 'lookup' && action.table === localTable;
}
