import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { programEnvironment } from '../../../electron/helper/system/programs.ts';
import { mostPrograms, ProgramError, run } from '../../../electron/helper/system/run.ts';
import { temporaryFolder } from '../machine.ts';

async function failureOf(work: Promise<unknown>): Promise<ProgramError> {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof ProgramError) return error;
  throw new Error(`not a ProgramError: ${String(error)}`);
}

describe('a program that the helper runs', () => {
  it('gets the environment of the helper’s making, and no other', async () => {
    process.env['ADIT_UNIT_SECRET'] = 'x';
    const { stdout } = await run('/usr/bin/env', [], { environment: { MORE: '1' } });
    delete process.env['ADIT_UNIT_SECRET'];
    const expected = { ...programEnvironment, MORE: '1' };
    expect(stdout.trim().split('\n').sort()).toEqual(
      Object.entries(expected)
        .map(([key, value]) => `${key}=${value}`)
        .sort(),
    );
  });

  it('gets its words as they are: no shell reads them', async () => {
    const marker = join(temporaryFolder(), 'owned');
    const word = `$(touch ${marker}); * "x`;
    expect((await run('/bin/echo', [word])).stdout).toBe(`${word}\n`);
    expect(existsSync(marker)).toBe(false);
  });

  it('reads the input it is given, and otherwise nothing', async () => {
    expect((await run('/bin/cat', [], { input: 'in' })).stdout).toBe('in');
    expect((await run('/bin/cat', [])).stdout).toBe('');
  });

  it('is judged by its exit code, though it does not read its input', async () => {
    const input = 'x'.repeat(1_000_000);
    expect((await run('/bin/true', [], { input })).stdout).toBe('');
    expect((await failureOf(run('/bin/false', [], { input }))).exitCode).toBe(1);
  });

  it('stands in / and in a session of its own', async () => {
    const { stdout } = await run('/bin/sh', ['-c', 'pwd; ps -o sid= -p $$; echo $$']);
    const [folder, session, pid] = stdout.split('\n').map((line) => line.trim());
    expect([folder, session]).toEqual(['/', pid]);
  });
});

describe('programs at a time', () => {
  it(
    'are some dozens, however many are asked for, and all have their turn',
    { timeout: 20_000 },
    async () => {
      const journal = join(temporaryFolder(), 'journal');
      const asked = mostPrograms * 2;
      const script = `echo 1 >> ${journal}; sleep 0.3; echo -1 >> ${journal}`;
      await Promise.all(Array.from({ length: asked }, () => run('/bin/sh', ['-c', script])));
      const steps = readFileSync(journal, 'utf8').trim().split('\n').map(Number);
      let running = 0;
      const atATime = steps.map((step) => (running += step));
      expect([steps.length, running]).toEqual([asked * 2, 0]);
      expect(Math.max(...atATime)).toBeGreaterThan(1);
      expect(Math.max(...atATime)).toBeLessThanOrEqual(mostPrograms);
    },
  );
});

describe('a program that fails', () => {
  it('tells its exit code and the last thing it complained of', async () => {
    const script =
      'echo out; echo first >&2; echo " RTNETLINK answers: File exists " >&2; echo "Command failed -:1" >&2; exit 2';
    const error = await failureOf(run('/bin/sh', ['-c', script]));
    expect(error).toMatchObject({ exitCode: 2, stdout: 'out\n' });
    expect(error.message).toBe('/bin/sh: RTNETLINK answers: File exists');
  });

  it('without a word tells how it ended', async () => {
    expect((await failureOf(run('/bin/sh', ['-c', 'exit 3']))).message).toBe('/bin/sh: ended with 3');
    expect((await failureOf(run('/bin/sh', ['-c', 'kill -9 $$']))).message).toBe(
      '/bin/sh: ended with a signal',
    );
  });

  it('is one that cannot be started', async () => {
    const plain = join(temporaryFolder(), 'plain');
    writeFileSync(plain, 'x', { mode: 0o644 });
    expect((await failureOf(run('/nonexistent', []))).message).toContain('ENOENT');
    expect((await failureOf(run(plain, []))).message).toContain('EACCES');
  });

  it('is one that does not end in time', async () => {
    const began = performance.now();
    const error = await failureOf(run('/bin/sleep', ['30'], { timeout: 100 }));
    expect([error.exitCode, performance.now() - began < 5_000]).toEqual([null, true]);
  });

  it('is one that does not end in time, with what it has started, and whoever holds its output', async () => {
    const script = 'echo "[#] a step" >&2; sleep 31.41 & setsid sleep 0.5 & wait';
    const error = await failureOf(run('/bin/sh', ['-c', script], { timeout: 2_000 }));
    expect(error.stoppedAfter).toBe(2_000);
    expect(error.message).toBe('/bin/sh: had not ended after 2 s: [#] a step');
    await expect.poll(() => spawnSync('pgrep', ['-f', '^sleep 31.41$']).status).toBe(1);
  });

  it('is one whose first program ends well, and leaves another that holds its output', async () => {
    const error = await failureOf(run('/bin/sh', ['-c', 'sleep 31.42 &'], { timeout: 200 }));
    expect([error.exitCode, error.stoppedAfter]).toEqual([0, 200]);
    await expect.poll(() => spawnSync('pgrep', ['-f', '^sleep 31.42$']).status).toBe(1);
  });

  it('is one that prints without end', async () => {
    const error = await failureOf(run('/usr/bin/yes', []));
    expect(error.exitCode).toBeNull();
    expect(error.stdout.length).toBeLessThan(100 * 1024 * 1024);
  });
});
