import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { homeConf } from '../unit/backend/profiles.ts';
import { temporaryFolder } from '../unit/machine.ts';
import { Adit, aditProgram, buildIfMissing } from './adit.ts';

beforeAll(buildIfMissing);

/** The Nodes of this machine beside the one of the checkout, by their version. */
const nodes = new Map(
  ['/usr/local/bin/node', '/usr/bin/node', process.env['ADIT_TEST_NODE'] ?? ''].flatMap((path) => {
    if (path === '') return [];
    const { status, stdout } = spawnSync(path, ['--version'], { encoding: 'utf8' });
    return status === 0 ? [[stdout.trim(), path] as const] : [];
  }),
);

describe.skipIf(nodes.size === 0)(
  `the command line on another Node${nodes.size === 0 ? ' [skipped: this machine has no other]' : ''}`,
  () => {
    it.each([...nodes])('%s does what it does on ours', async (_, node) => {
      const adit = new Adit();
      const path = join(temporaryFolder(), '我的家.conf');
      writeFileSync(path, homeConf);
      for (const words of [
        ['--version'],
        ['--help'],
        ['check', path, '--json'],
        ['format', path],
        ['import', path, '--json'],
        ['import', path, '--json'],
        ['list', '--json'],
        ['show', '我的家'],
        ['export', '我的家'],
        ['export', '我的家', '--as', 'qr'],
        ['export', '我的家', '--as', 'apple', '--json'],
        ['up', '我的家', '--json'],
        ['status', '--json'],
        ['down', '--json'],
        ['serve', '--port', 'x', '--json'],
        ['helper', '--owner', 'x'],
        ['rename', '我的家', 'home', '--json'],
        ['remove', 'home', '--json'],
      ]) {
        const theirs = await adit.run(words, { node });
        expect(theirs.stderr).not.toMatch(/deprecat|warning|^\s+at /i);
        const again = words[0] === 'import' || words[0] === 'rename' || words[0] === 'remove';
        if (!again) expect(theirs, words.join(' ')).toEqual(await adit.run(words));
      }
      expect((await adit.run(['list'], { node })).stdout).toContain('No profile is kept yet');
    });
  },
);

describe('a Node that is too old', () => {
  it('hands over to the one of the checkout, with the words and the exit code', async () => {
    const folder = temporaryFolder();
    // The door, told that it stands in an old Node.
    const preload = join(folder, 'old.cjs');
    writeFileSync(
      preload,
      "if (!process.env.ADIT_TEST_HANDED_OVER) { Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '14.21.3' } }); process.env.ADIT_TEST_HANDED_OVER = '1'; }",
    );
    const adit = new Adit();
    const environment = { NODE_OPTIONS: `--require=${preload}` };
    expect((await adit.run(['--version'], { environment })).stdout).toBe(
      (await adit.run(['--version'])).stdout,
    );
    const wrong = await adit.run(['show', '--json'], { environment });
    expect([wrong.code, (JSON.parse(wrong.stdout) as { error: { code: string } }).error.code]).toEqual([
      2,
      'wrong-usage',
    ]);
  });

  it('says so where there is no other', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'bin.cjs'), readFileSync(aditProgram));
    const preload = join(folder, 'old.cjs');
    writeFileSync(
      preload,
      "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '12.22.12' } });",
    );
    const { status, stderr } = spawnSync(
      process.execPath,
      ['--require', preload, join(folder, 'bin.cjs'), 'list'],
      {
        encoding: 'utf8',
      },
    );
    expect([status, stderr]).toEqual([
      1,
      'adit: this is Node 12.22.12; Adit needs 16.17 or newer.\nInstall a newer Node, or run "npm ci" in the checkout: it brings one.\n',
    ]);
  });
});
