import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { FaultError } from '../../../shared/fault.ts';
import { programEnvironment } from './programs.ts';
import type { Programs } from './programs.ts';
import { unusable } from './run-folder.ts';
import type { RunFolder } from './run-folder.ts';

const file = 'lock';

/** What `flock -n` ends with where somebody else has the lock, told apart from its other failures. */
const lockedCode = 75;

/**
 * Makes this process the only helper of its owner on this machine: two would undo each other's work. Node locks no files, so a
 * child does; it ends with us, however we end, and the kernel takes the lock from it then.
 *
 * @returns what gives the place up again
 * @throws FaultError `helper-already-running`; `run-folder-unusable` where there can be no lock
 */
export async function becomeOnlyHelper(folder: RunFolder, programs: Programs): Promise<() => void> {
  const path = join(folder.path, file);
  const options = ['--no-fork', '--nonblock', '--conflict-exit-code', String(lockedCode)];
  const child = spawn(programs.path('flock'), [...options, path, programs.path('cat')], {
    cwd: '/',
    env: { ...programEnvironment },
    detached: true,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  // cat gives back what it is given only if it runs, and it runs only with the lock.
  child.stdin.on('error', () => undefined);
  child.stdin.write('?');
  const answers = once(child.stdout, 'data').then(() => 'held' as const);
  const ends = once(child, 'exit').then(([code]) => code as number | null);
  const outcome = await Promise.race([answers, ends]);
  if (outcome === lockedCode) throw new FaultError(alreadyRunning(folder));
  if (outcome !== 'held') throw new FaultError(unusable(path, 'there can be no lock.'));
  child.unref();
  return () => {
    folder.remove(file);
    child.kill('SIGKILL');
  };
}

function alreadyRunning(folder: RunFolder): FaultError['fault'] {
  return {
    code: 'helper-already-running',
    message: `Another helper of this user runs already: it holds ${join(folder.path, file)}.`,
    hint: 'Use that one, or end it first.',
  };
}
