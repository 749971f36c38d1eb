import { execFile } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parse, summarise, toTunnel } from '../../../shared/config/index.ts';
import { temporaryFolder } from '../machine.ts';
import { hardTexts } from './hard-texts.ts';
import type { Cost } from './inside/cost.ts';

const million = 1_000_000;

/** What has to hold of 10 MB in one line, of a million headers and of a key given again and again is tried in full every time. */
const inFull = ['letters in one line', 'a million [Peer]', 'PrivateKey, again and again'];
const isLong = process.env['ADIT_TEST_LONG'] === '1';

function sizeOf(name: string): number {
  return isLong || inFull.includes(name) ? million : million * 0.4;
}

const hard = Object.entries(hardTexts);

/** What a hard text costs in a process whose heap may not grow beyond half of what is allowed in all. */
async function costOf(name: string, n: number): Promise<Cost> {
  const file = join(temporaryFolder(), 'hard.conf');
  writeFileSync(file, hardTexts[name]?.(n) ?? '');
  const limits = ['--max-old-space-size=100', '--max-semi-space-size=4'];
  const program = join(import.meta.dirname, 'inside', 'cost.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [...limits, program, file]);
  rmSync(file);
  return JSON.parse(stdout) as Cost;
}

describe('a hard text', () => {
  it.each(hard)(
    'takes memory within 20 times its size, and time in proportion: %s',
    { timeout: 120_000 },
    async (name) => {
      const whole = await costOf(name, sizeOf(name));
      expect(whole.isPrinted).toBe(true);
      expect(whole.diagnostics).toBeLessThan(2000);
      expect(whole.grown / whole.bytes).toBeLessThan(20);
      const part = await costOf(name, sizeOf(name) / 8);
      // Eight times as long, and what is quadratic takes 64 times as long. A process takes its time to get warm.
      expect(whole.milliseconds).toBeLessThan(24 * Math.max(part.milliseconds, 10));
    },
  );

  it.each(hard)('is summed up without a throw: %s', { timeout: 120_000 }, (_, make) => {
    const file = parse(make(million / 10));
    summarise(file);
    toTunnel(file, { name: 'x', interface: 'x' });
  });
});
