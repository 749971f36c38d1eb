import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCommand } from '../../../electron/helper/scripts/run-command.ts';
import type { CommandOutcome } from '../../../electron/helper/scripts/run-command.ts';
import { temporaryFolder } from '../machine.ts';

const limit = 20_000;
const key = 'wD595KeTPKBDneKWOTUjJQjxZ5RrlxsbeEsWL0gbyn8=';

function bash(command: string, milliseconds = limit): Promise<CommandOutcome> {
  return runCommand('/bin/bash', command, milliseconds);
}

describe('a command of a profile', () => {
  it('runs in / with an environment of our own and no input', async () => {
    process.env['ADIT_TEST_LEAK'] = 'leaked';
    const { output } = await bash(
      'pwd; echo "leak: $ADIT_TEST_LEAK"; echo "$PATH $LC_ALL"; cat; echo "in: $?"',
    );
    delete process.env['ADIT_TEST_LEAK'];
    expect(output).toEqual(['/', 'leak:', '/usr/sbin:/usr/bin:/sbin:/bin C', 'in: 0']);
  });

  it('ends as wg-quick’s do: at the first failure, and at that of a part of a pipe', async () => {
    expect(await bash('echo one; false; echo two')).toEqual({ end: 'failed', exitCode: 1, output: ['one'] });
    expect(await bash('(exit 7) | true')).toMatchObject({ end: 'failed', exitCode: 7 });
    expect(await bash('false || true; [[ ab == @(ab|cd) ]]')).toMatchObject({ end: 'done', exitCode: 0 });
    expect(await bash('--version; true')).toMatchObject({ end: 'failed', exitCode: 127 });
    expect(await bash('kill -9 $$')).toMatchObject({ end: 'failed', exitCode: null });
  });

  it('is over when its bash is, whatever it left in the background', async () => {
    const began = performance.now();
    const { end, output } = await bash('sleep 30 & echo "left $!"');
    expect(performance.now() - began).toBeLessThan(15_000);
    const pid = Number(/^left (\d+)$/.exec(output[0] ?? '')?.[1]);
    expect(readFileSync(`/proc/${pid}/comm`, 'utf8')).toBe('sleep\n');
    process.kill(pid, 'SIGKILL');
    expect(end).toBe('done');
  });

  it('is ended with all it started when its time is over', async () => {
    const file = join(temporaryFolder(), 'pid');
    const outcome = await bash(`sleep 300 & echo $! > ${file}; echo waiting; wait`, 1000);
    expect(outcome).toEqual({ end: 'timed-out', exitCode: null, output: ['waiting'] });
    const pid = readFileSync(file, 'utf8').trim();
    await expect.poll(() => !existsSync(`/proc/${pid}`) || isZombie(pid), { timeout: limit }).toBe(true);
  });

  it('tells the last of what it printed, without keys and control characters', async () => {
    const { output } = await bash(`printf 'a \\033[31mred\\007 %s\\n\\n' '${key}' >&2`);
    expect(output).toEqual(['a  [31mred  (key)']);
    const long = await bash(`for i in $(seq 1 20000); do echo "line $i"; done`);
    expect(long.output).toHaveLength(20);
    expect(long.output.at(-1)).toBe('line 20000');
  });

  it('never tells half a key', async () => {
    // The text that is kept would begin within the key.
    const { output } = await bash(`printf '%s%s' '${key}' "$(head -c 8180 /dev/zero | tr '\\0' x)"`);
    expect(output.join('')).not.toContain(key.slice(-8));
    const { output: lines } = await bash(
      `printf '%s\\n%s' '${key}' "$(head -c 8170 /dev/zero | tr '\\0' '-')"`,
    );
    expect(lines).toHaveLength(1);
    expect(lines.join('')).toMatch(/^-+$/);
  });

  it('that cannot be started has failed', async () => {
    expect(await runCommand('/nonexistent/bash', 'true', limit)).toMatchObject({
      end: 'failed',
      exitCode: null,
    });
  });
});

function isZombie(pid: string): boolean {
  return readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
}
