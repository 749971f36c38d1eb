import { spawnSync } from 'node:child_process';
import { existsSync, readlinkSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { whileLocked } from '../../../electron/helper/system/place-lock.ts';
import { temporaryFolder } from '../machine.ts';

describe('the lock of a place', () => {
  it('lets one in at a time, and is gone behind the last', async () => {
    const path = join(temporaryFolder(), 'lock');
    let inside = 0;
    let most = 0;
    const work = async (): Promise<number> => {
      inside += 1;
      most = Math.max(most, inside);
      await sleep(2);
      inside -= 1;
      return most;
    };
    await Promise.all(Array.from({ length: 10 }, () => whileLocked(path, work)));
    expect(most).toBe(1);
    expect(existsSync(path)).toBe(false);
  });

  it('is given up where the work fails', async () => {
    const path = join(temporaryFolder(), 'lock');
    await expect(whileLocked(path, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await whileLocked(path, () => Promise.resolve('in'))).toBe('in');
  });

  it('is taken from one who is dead, though his number lives', async () => {
    const path = join(temporaryFolder(), 'lock');
    const { pid } = spawnSync('true');
    symlinkSync(`${pid} 1`, path);
    expect(await whileLocked(path, () => Promise.resolve(readlinkSync(path)))).toMatch(
      new RegExp(`^${process.pid} `),
    );
    symlinkSync(`${process.pid} 1`, path);
    expect(await whileLocked(path, () => Promise.resolve('in'))).toBe('in');
  });
});
