import { FaultError } from '../../../shared/fault.ts';
import { killSwitchTable } from '../../../shared/network/plan/constants.ts';
import type { Programs } from '../system/programs.ts';
import { ProgramError, run } from '../system/run.ts';
import { removeTable } from './perform.ts';

/** What nft says of a table that `create` is to make and that is there. */
const exists = 'File exists';

/**
 * Makes the table of the kill switch, and others with it, in one transaction: no packet goes between two of them.
 *
 * @param isFirst whether none of ours stands, so that one of that name is somebody else's; otherwise it is replaced
 * @throws FaultError `kill-switch-taken`, `kill-switch-unavailable`, and then nothing was changed
 */
export async function raiseKillSwitch(
  rulesets: readonly string[],
  isFirst: boolean,
  programs: Programs,
): Promise<void> {
  if (programs.find('nft') === null) throw new FaultError(unavailable('nft is not installed'));
  const creation = isFirst ? [`create table inet ${killSwitchTable}`] : [];
  try {
    await run(programs.path('nft'), ['-f', '-'], { input: [...creation, ...rulesets].join('\n') });
  } catch (error) {
    if (!(error instanceof ProgramError)) throw error;
    throw new FaultError(
      isFirst && error.stderr.includes(exists) ? taken : unavailable(error.message.replace(/\.$/, '')),
    );
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
