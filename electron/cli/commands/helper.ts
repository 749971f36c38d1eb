import { FaultError } from '../../../shared/fault.ts';
import type { Command } from '../command.ts';

/**
 * `adit helper`: only its help is here. The helper is a program of its own (dist/helper.cjs), which `bin` starts without going
 * through the command line.
 */
export const helper: Command = {
  name: 'helper',
  operands: '',
  arity: { least: 0, most: 0 },
  summary: 'Run the root helper, in the foreground',
  details: [
    'Makes the tunnels, and keeps them standing. Needs root; one for each user, started once.',
    'Prints a line of JSON with "ready" once it listens, and logs to standard error.',
    'SIGTERM and Ctrl-C take its tunnels down.',
  ],
  options: {
    socket: {
      kind: 'value',
      placeholder: 'PATH',
      summary: 'Where to listen (default: /run/adit/UID/helper.sock)',
    },
    owner: {
      kind: 'value',
      placeholder: 'UID',
      summary: 'Whose helper it is (default: who called sudo, or root)',
    },
    keep: { kind: 'flag', summary: 'Leave the tunnels up when the helper ends' },
    'wg-quick': { kind: 'flag', summary: 'Have wg-quick make the interfaces, which takes longer' },
    dev: { kind: 'flag', summary: 'Run although others than root can change the files: for a checkout' },
  },
  run() {
    throw new FaultError({
      code: 'internal-error',
      message: 'The helper was started through the command line.',
      hint: 'Start it as "adit helper".',
    });
  },
};
