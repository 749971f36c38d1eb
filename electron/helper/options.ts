import { parseArgs } from 'node:util';
import { defaultSocket } from '../../shared/contract/helper/socket-path.ts';
import { FaultError } from '../../shared/fault.ts';

/** What the helper was started to do. */
export type HelperTask =
  | {
      readonly kind: 'serve';
      readonly owner: number;
      readonly socket: string;
      /** Leave the tunnels up when the helper ends. */
      readonly keep: boolean;
      /** Run although somebody but root could change the files that run. */
      readonly dev: boolean;
      /** Have wg-quick make the interfaces. */
      readonly byWgQuick: boolean;
    }
  | { readonly kind: 'recover'; readonly owner: number; readonly socket: string; readonly dev: boolean };

/**
 * Reads the words behind `adit`: `helper ...`, or `recover ...`, which undoes what a dead helper left.
 *
 * @throws FaultError `wrong-usage`
 */
export function readTask(words: readonly string[], environment: NodeJS.ProcessEnv): HelperTask {
  const [command, ...rest] = words;
  const { values } = parse(rest);
  const owner = ownerOf(values.owner, environment);
  const dev = values.dev === true;
  if (environment['PKEXEC_UID'] !== undefined && (values.socket ?? values.owner) !== undefined) {
    throw usage('--socket and --owner are for a caller that is root already.');
  }
  const socket = values.socket ?? defaultSocket(owner);
  if (command === 'recover') return { kind: 'recover', owner, socket, dev };
  return {
    kind: 'serve',
    owner,
    socket,
    keep: values.keep === true,
    dev,
    byWgQuick: values['wg-quick'] === true,
  };
}

function parse(args: string[]): ReturnType<typeof parseArgs<{ args: string[]; options: typeof options }>> {
  try {
    return parseArgs({ args, options });
  } catch (error) {
    throw usage(error instanceof Error ? error.message : String(error));
  }
}

const options = {
  socket: { type: 'string' },
  owner: { type: 'string' },
  keep: { type: 'boolean' },
  dev: { type: 'boolean' },
  'wg-quick': { type: 'boolean' },
  json: { type: 'boolean' },
} as const;

/** The user whose helper it is: named, or who became root by pkexec or sudo, or root. */
function ownerOf(named: string | undefined, environment: NodeJS.ProcessEnv): number {
  const text = named ?? environment['PKEXEC_UID'] ?? environment['SUDO_UID'] ?? '0';
  const owner = Number(text);
  if (/^\d+$/.test(text) && owner <= 0xffff_fffe) return owner;
  throw usage(`--owner takes the number of a user, not "${text}".`);
}

function usage(message: string): FaultError {
  return new FaultError({
    code: 'wrong-usage',
    message,
    hint: 'adit helper --socket PATH --owner UID [--keep] [--dev] [--wg-quick]',
  });
}
