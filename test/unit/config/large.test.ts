import { execFile } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import {
  diagnose,
  formatConf,
  hideKeys,
  parse,
  print,
  summarise,
  toTunnel,
} from '../../../shared/config/index.ts';
import { temporaryFolder } from '../machine.ts';
import { hardTexts } from './hard-texts.ts';

const million = 1_000_000;
const hard = Object.entries(hardTexts);

interface Cost {
  readonly bytes: number;
  readonly grown: number;
  readonly milliseconds: number;
}

/** Reads, diagnoses and formats a hard text in a process whose heap may not grow beyond half of what is allowed in all. */
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
      const whole = await costOf(name, million);
      expect(whole.grown / whole.bytes).toBeLessThan(20);
      const part = await costOf(name, million / 8);
      // Eight times as long, and what is quadratic takes 64 times as long. A process takes its time to get warm.
      expect(whole.milliseconds).toBeLessThan(24 * Math.max(part.milliseconds, 10));
    },
  );

  it.each(hard)('is read, diagnosed and printed in time: %s', { timeout: 60_000 }, (_, make) => {
    const text = make(million);
    const began = performance.now();
    const file = parse(text);
    expect(print(file) === text).toBe(true);
    expect(diagnose(file).length).toBeLessThan(2000);
    // Ten times what it takes here; what is not linear takes hours.
    expect(performance.now() - began).toBeLessThan(20_000);
  });

  it.each(hard)('is hidden, formatted and summed up without a throw: %s', { timeout: 120_000 }, (_, make) => {
    const text = make(million / 10);
    hideKeys(text);
    formatConf(parse(text));
    summarise(parse(text));
    toTunnel(parse(text), { name: 'x', interface: 'x' });
  });
});
