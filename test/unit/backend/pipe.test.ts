import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { isRepeatable } from '../../../electron/backend/cluster/kept.ts';
import type { SavedFile } from '../../../electron/backend/cluster/kept.ts';
import { isPipe, readPipe } from '../../../electron/backend/pipe.ts';
import { FaultError } from '../../../shared/fault.ts';
import { temporaryFolder } from '../machine.ts';

const limit = 10_000_000;

function newPipe(): string {
  const path = join(temporaryFolder(), 'pipe');
  expect(spawnSync('mkfifo', [path]).status).toBe(0);
  return path;
}

/** A shell that writes into a pipe, until the test is over at the latest. */
function writeInto(path: string, script: string): void {
  const shell = spawn('sh', ['-c', script], {
    env: { ...process.env, AT: path },
    stdio: 'ignore',
    detached: true,
  });
  const ended = once(shell, 'close');
  onTestFinished(async () => {
    try {
      if (shell.pid !== undefined) process.kill(-shell.pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
    await ended;
  });
}

async function codeOf(work: Promise<unknown>): Promise<string | null> {
  return work.then(
    () => null,
    (error: unknown) => {
      if (error instanceof FaultError) return error.fault.code;
      throw error;
    },
  );
}

describe('a pipe', { timeout: 30_000 }, () => {
  it('is read to its end, however late and in how many parts it is written', async () => {
    const path = newPipe();
    expect([await isPipe(path), await isPipe(`${path}s`)]).toEqual([true, false]);
    writeInto(path, 'sleep 0.3; { printf ab; sleep 0.3; printf cd; head -c 300000 /dev/zero; } > "$AT"');
    const bytes = await readPipe(path, limit);
    expect([bytes.length, bytes.toString('latin1', 0, 4)]).toEqual([300_004, 'abcd']);
  });

  it('is given up where nobody writes, where it does not end, and where it is too much', async () => {
    expect(await codeOf(readPipe(newPipe(), limit, 300))).toBe('input-timeout');
    const slow = newPipe();
    writeInto(slow, 'while echo x; do sleep 0.05; done > "$AT"');
    expect(await codeOf(readPipe(slow, limit, 1_000))).toBe('input-timeout');
    const endless = newPipe();
    writeInto(endless, 'cat /dev/zero > "$AT"');
    expect(await codeOf(readPipe(endless, limit))).toBe('file-too-large');
  });

  it('is refused where it is none any more', async () => {
    const path = join(temporaryFolder(), 'file');
    writeFileSync(path, 'x');
    expect(await codeOf(readPipe(path, limit))).toBe('file-not-regular');
    expect(await codeOf(readPipe(`${path}s`, limit))).toBe('file-unreadable');
  });
});

describe('the source of a cluster', () => {
  it('can be read again, unless it was piped in', async () => {
    const path = join(temporaryFolder(), 'nodes.json');
    writeFileSync(path, '{}');
    const isOf = (...paths: SavedFile[]): Promise<boolean> => isRepeatable({ kind: 'files', paths });
    expect(await isOf(path, { path, kind: 'peers' })).toBe(true);
    expect(await isOf(path, '-')).toBe(false);
    expect(await isOf({ path: newPipe(), kind: 'nodes' }, path)).toBe(false);
    expect(await isOf('/dev/stdin')).toBe(false);
    expect(await isRepeatable({ kind: 'api', kubeconfig: ['/a'], isNamed: true, context: 'c' })).toBe(true);
  });
});
