import { FaultError } from '../../../shared/fault.ts';
import { killSwitchTable } from '../../../shared/network/plan/constants.ts';
import type { Programs } from '../system/programs.ts';
import { ProgramError, run } from '../system/run.ts';
import { observeTable } from './observe.ts';
import { removeTable } from './perform.ts';

/**
 * Looks whether somebody else's kill switch stands, where we hold none.
 *
 * @throws FaultError `kill-switch-taken`
 */
export async function refuseForeignKillSwitch(programs: Programs): Promise<void> {
  if (programs.find('nft') === null) throw new FaultError(unavailable('nft is not installed'));
  if ((await observeTable(killSwitchTable, programs)) !== null) throw new FaultError(taken);
}

/**
 * Makes the table of the kill switch, or replaces it, and others with it, in one transaction: no packet goes between two of them.
 *
 * @throws FaultError `kill-switch-unavailable`
 */
export async function raiseKillSwitch(rulesets: readonly string[], programs: Programs): Promise<void> {
  try {
    await run(programs.path('nft'), ['-f', '-'], { input: rulesets.join('\n') });
  } catch (error) {
    throw error instanceof ProgramError
      ? new FaultError(unavailable(error.message.replace(/\.$/, '')))
      : error;
  }
}

/** Removes the table of the kill switch: from now on packets leave as they did before. */
export function lowerKillSwitch(programs: Programs): Promise<void> {
  return removeTable(killSwitchTable, programs);
}

function unavailable(reason: string): FaultError['fault'] {
  return {
    code: 'kill-switch-unavailable',
    message: `This machine cannot have a kill switch: ${reason}.`,
    hint: 'It takes nftables, and a kernel that has "reject" for the family inet. Or bring the tunnel up without it ("adit set NAME killSwitch=off"), knowing that other traffic stays possible.',
  };
}

const taken: FaultError['fault'] = {
  code: 'kill-switch-taken',
  message: `There is a kill switch already (nftables has the table "${killSwitchTable}"), which this helper did not make.`,
  hint: 'Another user of this machine holds it: the first one wins. Where nobody does, the command removes it.',
  command: `sudo nft delete table inet ${killSwitchTable}`,
};
