import { lstatSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { firstUntrusted, pathsFromRoot } from '../../../shared/contract/helper/trust.ts';
import { FaultError } from '../../../shared/fault.ts';
import type { Fault } from '../../../shared/fault.ts';
import { startCommand, startFacts } from './start-command.ts';

/**
 * The path at which a helper may be spoken to: a socket of our own in a folder that nobody but root can change. Whoever
 * could put another socket there would be told every key.
 *
 * @throws FaultError `helper-not-running`, `helper-not-ours`
 */
export function trustedSocket(path: string): string {
  try {
    const folder = realpathSync(dirname(path));
    const chain = pathsFromRoot(folder).map((at) => {
      const { uid, mode } = lstatSync(at);
      return { path: at, uid, mode };
    });
    const culprit = firstUntrusted(chain);
    if (culprit !== null) throw new FaultError(notOurs(path, `${culprit.path} ${culprit.reason}`));
    const socket = join(folder, basename(path));
    const facts = lstatSync(socket);
    if (!facts.isSocket()) throw new FaultError(notOurs(path, 'it is no socket'));
    const us = process.getuid?.();
    if (facts.uid !== us)
      throw new FaultError(notOurs(path, `it belongs to user ${facts.uid}, and this is user ${us ?? '?'}`));
    return socket;
  } catch (error) {
    throw connectFailure(path, error);
  }
}

/** What the system says of a path at which nobody can be listening. */
const nobodyThere: ReadonlySet<string> = new Set([
  'ENOENT',
  'ENOTDIR',
  'ENAMETOOLONG',
  'ELOOP',
  'ECONNREFUSED',
  // It was killed with us in its queue.
  'ECONNRESET',
]);

/** The fault in a failure to reach the socket at `path`. */
export function connectFailure(path: string, error: unknown): Error {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (nobodyThere.has(code)) return new FaultError(notRunning(path));
  if (code === 'EACCES' || code === 'EPERM')
    return new FaultError(notOurs(path, 'this user may not reach it'));
  return error instanceof Error ? error : new Error(String(error));
}

function notRunning(path: string): Fault {
  return {
    code: 'helper-not-running',
    message: `No helper is running: nobody listens at ${path}.`,
    hint: 'Tunnels are made by a small helper that runs as root. Start it once, and leave it running.',
    command: startCommand(startFacts(path)),
  };
}

function notOurs(path: string, reason: string): Fault {
  return {
    code: 'helper-not-ours',
    message: `The helper at ${path} is not one to trust with keys: ${reason}.`,
    hint: 'Check ADIT_SOCKET, and start the helper with --owner and the number of your own user.',
  };
}
