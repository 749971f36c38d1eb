import { chmodSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { homeConf, confWith } from '../unit/backend/profiles.ts';
import { fixture } from '../unit/config/fixtures.ts';
import { temporaryFolder } from '../unit/machine.ts';
import { Adit, buildIfMissing } from './adit.ts';

beforeAll(buildIfMissing);

/** A file of this name and these contents, in a folder of its own. */
function fileOf(name: string, contents: string | Uint8Array): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, contents);
  return path;
}

function codesIn(stdout: string): string[] {
  return (JSON.parse(stdout) as { code: string }[]).map(({ code }) => code);
}

describe('adit check', () => {
  it('says nothing against a good file, and ends with 0', async () => {
    const path = fileOf('home.conf', homeConf);
    expect(await new Adit().json('check', path)).toEqual([]);
    expect((await new Adit().run(['check', path])).stdout).toBe(`${path}: nothing to remark.\n`);
  });

  it('tells where what is wrong, who would refuse it and what helps, and ends with 1', async () => {
    const path = fileOf('home.conf', homeConf.replace('10.42.0.0/16', '10.42.0.0/33'));
    const { code, stdout } = await new Adit().run(['check', path, '--json']);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toEqual([
      {
        code: 'allowed-ip-malformed',
        severity: 'error',
        judge: 'wg',
        line: 11,
        column: 14,
        endColumn: 26,
        message: expect.any(String) as string,
        hint: expect.any(String) as string,
      },
    ]);
    const words = await new Adit().run(['check', path]);
    expect(words.stdout).toMatch(new RegExp(`^${path}:11:14: error \\[wg allowed-ip-malformed\\] `));
  });

  it('asks wg and its parser alone where that is wanted', async () => {
    const path = fileOf('home.conf', confWith('MTU = 66000'));
    const all = await new Adit().run(['check', path, '--json']);
    expect([all.code, (JSON.parse(all.stdout) as { judge: string }[]).map(({ judge }) => judge)]).toEqual([
      1,
      ['up'],
    ]);
    expect(await new Adit().json('check', path, '--judge', 'wg')).toEqual([]);
  });

  it('ends with 0 where there are warnings only', async () => {
    const path = fileOf('home.conf', confWith('MTU = 1400\nMTU = 1300'));
    const { code, stdout } = await new Adit().run(['check', path, '--json']);
    expect([code, codesIn(stdout)]).toEqual([0, ['repeated-key', 'apple-differs']]);
  });

  it('tells which other program would refuse or read it differently', async () => {
    const path = fileOf('home.conf', confWith('PreUp = echo a # b'));
    const { code, stdout } = await new Adit().run(['check', path, '--json']);
    expect(code).toBe(0);
    const told = ['scripts-not-run', 'windows-differs', 'apple-differs', 'newer-tools-differ', 'script-hash'];
    expect(codesIn(stdout).sort()).toEqual(told.sort());
  });

  it('warns of a file that everybody may read, as wg-quick does', async () => {
    const path = fileOf('home.conf', homeConf);
    chmodSync(path, 0o644);
    expect(await new Adit().json('check', path)).toEqual([]);
    chmodSync(dirname(path), 0o755);
    expect(codesIn((await new Adit().run(['check', path, '--json'])).stdout)).toEqual([
      'file-world-accessible',
    ]);
  });

  it('holds several files against each other', async () => {
    const files = ['laptop', 'server'].map((name) =>
      fileOf(`${name}.conf`, fixture(`together/preshared-key-differs/${name}.conf`)),
    );
    const { code, stdout } = await new Adit().run(['check', ...files, '--json']);
    const found = JSON.parse(stdout) as { file: string; code: string }[];
    expect(code).toBe(1);
    expect(found.filter((one) => one.code === 'preshared-key-differs').map(({ file }) => file)).toEqual(
      files,
    );
    for (const file of files) expect(await new Adit().json('check', file, '--judge', 'wg')).toEqual([]);
  });

  it('minds the name of the file as wg-quick does', async () => {
    const path = fileOf('a-name-of-sixteen.conf', homeConf);
    expect(codesIn((await new Adit().run(['check', path, '--json'])).stdout)).toEqual([
      'interface-name-invalid',
    ]);
  });
});
