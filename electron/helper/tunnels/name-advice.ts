import type { HelperResult } from '../../../shared/contract/helper/verbs.ts';
import { FaultError } from '../../../shared/fault.ts';
import { desiredNames } from '../../../shared/names/desired.ts';
import type { NameWish } from '../../../shared/names/wish.ts';
import type { Decisions } from './advice.ts';

/** A conflict of a tunnel's names with another's. */
export type NameConflict = HelperResult<'plan'>['conflicts'][number];

/** The root of all names, where a conflict of routes has its prefix. */
const allNames = '.';

/** The conflict of a tunnel that wants all names with one that has them already; null where there is none. */
export function nameConflict(wish: NameWish, others: readonly NameWish[]): NameConflict | null {
  const { links, denied } = desiredNames([...others, wish]);
  const denial = denied.get(wish.interface);
  if (denial?.kind !== 'all-taken') return null;
  const holder = links.find(({ scope }) => scope.kind === 'all')?.interface ?? '';
  return {
    code: 'names-wanted-twice',
    severity: 'error',
    prefix: allNames,
    against: allNames,
    owner: { kind: 'tunnel', interface: holder, name: denial.by },
    message: `All names go to the name servers of the tunnel "${denial.by}" already: those of "${wish.name}" would not be asked.`,
    hint: `Take "${denial.by}" down first; or give this one domains of its own, with the setting dnsDomains; or go on without its name servers.`,
    choices: ['accept', 'stop'],
  };
}

/** @throws FaultError where nobody has decided about a conflict */
export function decideNames(conflict: NameConflict | null, { accept }: Decisions): void {
  if (conflict === null || accept.includes(conflict.code)) return;
  throw new FaultError({
    code: 'names-wanted-twice',
    message: conflict.message,
    hint: `Nothing was changed. ${conflict.hint} Ways on: --switch, which takes "${conflict.owner.name}" down in the same step, or --accept ${conflict.code}.`,
  });
}
