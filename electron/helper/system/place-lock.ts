import { readFileSync, readlinkSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { FaultError } from '../../../shared/fault.ts';
import { unusable } from './run-folder.ts';

/** Milliseconds between tries, and after which there are no more: the longest step of another helper has its own limit of 50 s. */
const patience = { step: 5, whole: 60_000 } as const;

/**
 * Does work while no other process has the same lock. The lock is a symbolic link that names who holds it: making one is a single step
 * for the kernel, and one whose holder is gone can be told.
 *
 * @throws FaultError `another-helper-busy`, `run-folder-unusable`, and whatever the work throws
 */
export async function whileLocked<T>(path: string, work: () => Promise<T>): Promise<T> {
  const until = performance.now() + patience.whole;
  while (!tryTake(path)) {
    if (performance.now() > until) throw new FaultError(busy(path));
    await sleep(patience.step);
  }
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

function tryTake(path: string): boolean {
  try {
    symlinkSync(thisProcess(), path);
    return true;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (!('code' in error && error.code === 'EEXIST'))
      throw new FaultError(unusable(path, error.message), { cause: error });
    removeIfDead(path);
    return false;
  }
}

/** Moved away before it is removed: of two who see that its holder is dead, one does that, and none removes the next one's. */
function removeIfDead(path: string): void {
  try {
    const holder = readlinkSync(path);
    if (holder === processText(Number.parseInt(holder, 10))) return;
    const grave = `${path}.${process.pid}`;
    renameSync(path, grave);
    const moved = readlinkSync(grave);
    rmSync(grave, { force: true });
    // Somebody was quicker, and what was moved is a lock that is held: it goes back, unless it was given up meanwhile.
    if (moved !== holder) symlinkSync(moved, path);
  } catch {
    // It is gone, or another's already: the next try tells.
  }
}

function thisProcess(): string {
  return processText(process.pid) ?? String(process.pid);
}

/** A process, by its number and the moment it began: numbers are given out again. Null where it is gone. */
function processText(pid: number): string | null {
  try {
    // The name in parentheses may hold anything; the 22nd field of all is the 20th behind it.
    const [, rest = ''] = /^.*\) (.*)$/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
    return `${pid} ${rest.split(' ')[19] ?? ''}`;
  } catch {
    return null;
  }
}

function busy(path: string): FaultError['fault'] {
  return {
    code: 'another-helper-busy',
    message: `The helper of another user has been changing the network for ${patience.whole / 1000} s (it holds ${path}).`,
    hint: 'Nothing was changed. Try again; if it does not end, that helper hangs: restart it.',
  };
}
