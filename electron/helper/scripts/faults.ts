import { FaultError } from '../../../shared/fault.ts';
import { scriptLimits } from '../../../shared/tunnel/scripts.ts';
import type { RefusedKey, ScriptKey } from '../../../shared/tunnel/scripts.ts';
import type { TunnelWarning } from '../../../shared/tunnel/status.ts';
import { policyTextWith } from './policy.ts';
import { policyPath } from './policy-file.ts';
import type { PolicyReading } from './policy-file.ts';
import type { CommandOutcome } from './run-command.ts';

/** Keys of a profile that are not carried out, and why. */
export interface Refusal {
  /** The profile's name. */
  readonly name: string;
  readonly keys: readonly RefusedKey[];
  /** Whose helper it is. */
  readonly owner: number;
  readonly reading: PolicyReading;
}

/** `scripts-refused`, where nobody has decided to go on without. */
export function scriptsRefused(refusal: Refusal): FaultError {
  const { name, keys } = refusal;
  return new FaultError({
    code: 'scripts-refused',
    message: `The profile "${name}" has ${keys.join(', ')}, which would be left out. ${reasonOf(refusal)}`,
    hint: `Nothing was changed. Go on without, or take the lines out of the profile. ${wayOf(refusal)}`.trim(),
    command: `adit up ${JSON.stringify(name)} --accept scripts-refused`,
  });
}

/** The same, where somebody has; and what is the matter with the policy file. */
export function refusalWarnings(refusal: Refusal): TunnelWarning[] {
  return [
    {
      code: 'scripts-refused',
      message: `Left out of the profile, and not run: ${refusal.keys.join(', ')}. ${reasonOf(refusal)}`,
      hint: wayOf(refusal) || 'Take the line out of the profile.',
    },
    ...policyWarnings(refusal.reading),
  ];
}

/** `script-failed`: a command of PreUp or PostUp. @param turn which of the key's commands, from 1 */
export function scriptFailed(
  interfaceName: string,
  key: ScriptKey,
  turn: number,
  outcome: CommandOutcome,
): FaultError {
  const lastLine = outcome.output.at(-1)?.slice(0, 200);
  return new FaultError({
    code: 'script-failed',
    message: `Command ${turn} of ${key} of ${interfaceName} ${endingOf(outcome)}${lastLine === undefined ? '.' : `: ${lastLine}`}`,
    hint:
      'The tunnel was undone. What the commands before it did was not: as with wg-quick, PreDown and PostDown do not run after a failure. ' +
      'See what the helper logs.',
  });
}

function endingOf({ end, exitCode }: CommandOutcome): string {
  if (end === 'timed-out') return `did not end within ${scriptLimits.seconds} s`;
  return exitCode === null ? 'was ended by a signal' : `failed with exit code ${exitCode}`;
}

function policyWarnings(reading: PolicyReading): TunnelWarning[] {
  switch (reading.kind) {
    case 'missing':
    case 'read':
      return [];
    case 'untrusted':
      return [
        {
          code: 'policy-untrusted',
          message: `The policy of this machine allows nothing: ${reading.reason}.`,
          hint: `Make ${policyPath} a plain file that only root can write, in folders that only root can write.`,
        },
      ];
    case 'invalid':
      return [
        {
          code: 'policy-invalid',
          message: `The policy of this machine allows nothing: ${reading.reason}.`,
          hint: `Put ${policyPath} right: {"scripts": {"users": [...]}} and nothing else, users by number or name.`,
        },
      ];
  }
}

/** Why keys are left out; scripts, where they are among them, are what a person asks about. */
function reasonOf({ keys, owner, reading }: Refusal): string {
  if (!hasScripts(keys)) return 'Adit never rewrites a profile from the running tunnel.';
  const trouble = reading.kind === 'untrusted' || reading.kind === 'invalid' ? `: ${reading.reason}` : '';
  return `Scripts run as root, and ${policyPath} does not allow them to user ${owner}${trouble}.`;
}

function wayOf({ keys, owner, reading }: Refusal): string {
  if (!hasScripts(keys)) return '';
  const text = policyTextWith(owner, reading.kind === 'read' ? reading.policy : null);
  return `To have them run, an administrator makes ${policyPath}, root's and of mode 0644, say: ${text} Whoever is in it is as good as root.`;
}

function hasScripts(keys: readonly RefusedKey[]): boolean {
  return keys.some((key) => key !== 'SaveConfig');
}
