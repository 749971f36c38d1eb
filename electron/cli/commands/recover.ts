import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { HelperConnection } from '../../backend/helper-client/connection.ts';
import type { Places } from '../../backend/environment.ts';
import { FaultError, faultOf } from '../../../shared/fault.ts';
import type { Fault } from '../../../shared/fault.ts';
import type { Answer, Command, Given } from '../command.ts';
import { has, valueOf } from '../command.ts';

/** `adit recover` */
export const recover: Command = {
  name: 'recover',
  operands: '',
  arity: { least: 0, most: 0 },
  summary: 'Undo whatever a crash has left behind in the network',
  details: [
    'A helper that runs does it. Without one it needs root, and takes down what the dead helper held.',
  ],
  options: {
    owner: {
      kind: 'value',
      placeholder: 'UID',
      summary: 'Without a helper: whose (default: who called sudo, or root)',
    },
    dev: { kind: 'flag', summary: 'Without a helper: from a checkout that others than root can write' },
  },
  async run({ places, given }) {
    // Another user's helper is not asked, by nobody: if it runs, it says so.
    if (isAnothers(valueOf(given, 'owner'))) return withoutHelper(places, given);
    const helper = await HelperConnection.open(places.socket).catch((error: unknown) => {
      if (faultOf(error).code !== 'helper-not-running') throw error;
      return null;
    });
    if (helper === null) return withoutHelper(places, given);
    try {
      return answerOf(await helper.ask('recover', {}));
    } finally {
      helper.close();
    }
  },
};

function isAnothers(owner: string | undefined): boolean {
  return owner !== undefined && owner !== String(process.getuid?.());
}

/** Runs the helper's own program once: what it left, it knows how to undo. */
function withoutHelper({ socket }: Places, given: Given): Answer {
  if (process.getuid?.() !== 0) throw new FaultError(needsRoot);
  const owner = valueOf(given, 'owner');
  const words = [
    'recover',
    ...(process.env['ADIT_SOCKET'] === undefined ? [] : ['--socket', socket]),
    ...(owner === undefined ? [] : ['--owner', owner]),
    ...(has(given, 'dev') ? ['--dev'] : []),
  ];
  const { stdout, stderr } = spawnSync(process.execPath, [join(__dirname, 'helper.cjs'), ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
  });
  if (stdout === '') throw new FaultError(diedSilently(stderr));
  const answer = JSON.parse(stdout) as { undone: string[] } | { error: Fault };
  if ('error' in answer) throw new FaultError(answer.error);
  return answerOf(answer.undone);
}

function answerOf(undone: readonly string[]): Answer {
  const text =
    undone.length === 0
      ? 'Nothing was left behind.'
      : `Undone:\n${undone.map((line) => `  ${line}`).join('\n')}`;
  return { json: { undone }, text };
}

function diedSilently(stderr: string): Fault {
  return {
    code: 'helper-lost',
    message: `The helper's program ended before it had undone everything: ${stderr.trim().split('\n').at(-1) ?? ''}`,
    hint: 'Run it again; what was undone stays so.',
  };
}

const needsRoot: Fault = {
  code: 'needs-root',
  message: 'No helper is running, and without one only root can undo what is left in the network.',
  hint: 'Start the helper, which does it, or run this as root.',
  command: 'sudo npx adit recover',
};
