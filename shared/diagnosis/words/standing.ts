import type { Fault } from '../../fault.ts';
import { at, shellWord } from '../commands.ts';
import { findingEntry } from '../finding.ts';

/** What is in the way before any packet is sent. */
export const standingEntries = {
  'helper-not-running': findingEntry(
    'error',
    'The root helper cannot be asked, so no tunnel of Adit can be up.',
    ({ message, hint, command }: Fault) => ({
      message,
      hint,
      commands: command === undefined ? [] : [at('here', command)],
    }),
  ),
  'profile-unusable': findingEntry(
    'error',
    'The profile has errors, so that it is no tunnel.',
    (name: string, problem: { message: string; hint: string }) => ({
      message: `The profile "${name}" cannot come up: ${problem.message}`,
      hint: problem.hint,
      commands: [at('here', `adit show ${shellWord(name)}`)],
    }),
  ),
  'tunnel-down': findingEntry('error', 'The tunnel is not up.', (name: string) => ({
    message: `The tunnel "${name}" is not up, so nothing goes through it.`,
    hint: 'Bring it up, and look again.',
    commands: [at('here', `adit up ${shellWord(name)} --wait`)],
  })),
  'tunnel-failed': findingEntry(
    'error',
    'The tunnel should be up, and this machine does not let it.',
    (name: string, failure: { message: string; hint: string }) => ({
      message: `The tunnel "${name}" has failed: ${failure.message}`,
      hint: failure.hint,
      commands: [at('here', `adit plan ${shellWord(name)}`)],
    }),
  ),
  'no-tunnel-up': findingEntry(
    'error',
    'No tunnel is up, and no profile was named.',
    (profiles: readonly string[]) => ({
      message: 'No tunnel is up.',
      hint:
        profiles.length === 0 ? 'No profile is kept either.' : `The profiles are: ${profiles.join(', ')}.`,
      commands: [
        profiles.length === 0
          ? at('here', 'adit import FILE')
          : at('here', `adit up ${shellWord(profiles[0] ?? '')}`),
      ],
    }),
  ),
  'not-in-tunnel': findingEntry(
    'error',
    'Packets to the address do not go into the tunnel: somebody else here has a route, or no AllowedIPs hold it.',
    (address: string, name: string | null, verdict: string, isAllowed: boolean) => ({
      message:
        name === null
          ? `A packet to ${address} goes into no tunnel. ${verdict}`
          : `A packet to ${address} does not go into the tunnel "${name}". ${verdict}`,
      hint: isAllowed
        ? 'The AllowedIPs of the tunnel hold it, but a more specific route of this machine, or one that stands before, has it. See whose it is.'
        : 'AllowedIPs of no peer that is up hold it. Add it to those of the peer that leads there.',
      commands: [
        at('here', `adit explain ${address}`),
        ...(name === null ? [] : [at('here', `adit plan ${shellWord(name)}`)]),
      ],
    }),
  ),
  'address-not-carried': findingEntry(
    'error',
    'Packets to the address go into the tunnel, which drops them: no peer has it in its AllowedIPs.',
    (address: string, name: string) => ({
      message: `A packet to ${address} goes into the tunnel "${name}", and no peer there has it in its AllowedIPs.`,
      hint: 'Add it to the AllowedIPs of the peer that leads there.',
      commands: [at('here', `adit show ${shellWord(name)}`)],
    }),
  ),
  'clock-wrong': findingEntry(
    'warning',
    'The clock of this machine is far off: a peer that has seen a later time drops its handshakes.',
    (now: string, than: string) => ({
      message: `The clock of this machine says ${now}, which is before ${than}.`,
      hint: 'A peer remembers the latest time it was told and drops handshakes that bear an earlier one. Set the clock; where it was ahead before, restart the interface of the peer as well.',
      commands: [at('here', 'date -u'), at('peer', 'date -u', 'the same time')],
    }),
  ),
  'name-server-silent': findingEntry(
    'warning',
    'A name server that the profile names does not answer.',
    (server: string, isCarried: boolean) => ({
      message: `The name server ${server} of the profile does not answer${isCarried ? '' : ', and no AllowedIPs hold it'}.`,
      hint: isCarried
        ? 'Names are not found while it is so. See whether it runs, and whether it answers the network of the tunnel.'
        : 'It is asked outside the tunnel. Add it to the AllowedIPs of the peer that leads there.',
      commands: [at('here', `adit explain ${server}`), at('here', `dig @${server} . NS`)],
    }),
  ),
};
