import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { allowsScriptsOf, parsePolicy, policyTextWith } from '../../../electron/helper/scripts/policy.ts';
import { readPolicyFile } from '../../../electron/helper/scripts/policy-file.ts';
import { describeWith, temporaryFolder } from '../machine.ts';

const passwd = [
  'root:x:0:0:root:/root:/bin/bash',
  'alice:x:1000:1000::/home/alice:/bin/bash',
  'alicent:x:1001:1001::/home/alicent:/bin/bash',
  'alice:x:1002:1002:a second line of that name, which getpwnam passes over:/:/bin/bash',
  'cut:x',
  'odd:x:0x3e8:1000::/:/bin/sh',
].join('\n');

function allowed(users: readonly (number | string)[], user: number): boolean {
  return allowsScriptsOf(user, parsePolicy(JSON.stringify({ scripts: { users } })), passwd);
}

describe('a policy', () => {
  it('allows the users it has, by number or by name, and no others', () => {
    expect([allowed([1000], 1000), allowed(['alice'], 1000)]).toEqual([true, true]);
    for (const users of [
      [],
      [1001],
      ['alicent'],
      ['1000'],
      ['Alice'],
      ['nobody-has-this'],
      ['cut'],
      ['odd'],
      ['.*'],
    ])
      expect(allowed(users, 1000), JSON.stringify(users)).toBe(false);
    expect(allowed(['alice'], 1002)).toBe(false);
    expect(allowed([1000, 'alice'], 0)).toBe(false);
  });

  it.each([
    '',
    'null',
    '[]',
    '{}',
    '{"scripts": true}',
    '{"scripts": {}}',
    '{"scripts": {"users": 1000}}',
    '{"scripts": {"users": [1000], "except": [1000]}}',
    '{"scripts": {"users": [1000]}, "dns": false}',
    '{"scripts": {"users": [-1]}}',
    '{"scripts": {"users": [4294967295]}}',
    '{"scripts": {"users": [1.5]}}',
    '{"scripts": {"users": [true]}}',
    '{"scripts": {"users": [""]}}',
    '{"scripts": {"users": ["alice:x"]}}',
    '{"scripts": {"users": [1000]}} // all',
  ])('is not %s', (text) => {
    expect(() => parsePolicy(text)).toThrow();
  });

  it('is told as the text that adds one user to those there are', () => {
    const more = parsePolicy(policyTextWith(1000, parsePolicy('{"scripts": {"users": ["bob", 7]}}')));
    expect(more).toEqual({ scripts: { users: ['bob', 7, 1000] } });
    expect(policyTextWith(1000, null)).toBe('{"scripts":{"users":[1000]}}');
  });
});

const text = '{"scripts": {"users": [1000]}}';

/** A folder of root's with a policy in it. */
function policyIn(folder: string, contents: string | Buffer = text): string {
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  const path = join(folder, 'policy.json');
  writeFileSync(path, contents);
  return path;
}

describeWith(['root'], 'the policy file', () => {
  it('counts where it is root’s alone', () => {
    const path = policyIn(temporaryFolder());
    for (const mode of [0o644, 0o600, 0o444]) {
      chmodSync(path, mode);
      expect(readPolicyFile(path)).toEqual({ kind: 'read', policy: { scripts: { users: [1000] } } });
    }
  });

  it('is missing where it is', () => {
    expect(readPolicyFile(join(temporaryFolder(), 'none', 'policy.json'))).toEqual({ kind: 'missing' });
  });

  it.each([
    ['writable by a group', (path: string) => chmodSync(path, 0o664)],
    ['writable by all', (path: string) => chmodSync(path, 0o646)],
    ['a user’s', (path: string) => chownSync(path, 1000, 0)],
    ['in a folder that a group can write', (path: string) => chmodSync(join(path, '..'), 0o775)],
    ['in a user’s folder', (path: string) => chownSync(join(path, '..'), 1000, 0)],
    ['below a folder that all can write', (path: string) => chmodSync(join(path, '../..'), 0o777)],
  ])('allows nothing where it is %s', (_, spoil) => {
    const path = policyIn(join(temporaryFolder(), 'adit'));
    spoil(path);
    expect(readPolicyFile(path)).toMatchObject({ kind: 'untrusted' });
  });

  it('is not reached by a symbolic link, of itself or of a folder', () => {
    const folder = temporaryFolder();
    const path = policyIn(join(folder, 'real'));
    symlinkSync(path, join(folder, 'policy.json'));
    symlinkSync(join(folder, 'real'), join(folder, 'adit'));
    symlinkSync(join(folder, 'nowhere'), join(folder, 'dangling.json'));
    for (const name of ['policy.json', 'adit/policy.json', 'dangling.json'])
      expect(readPolicyFile(join(folder, name)), name).toMatchObject({ kind: 'untrusted' });
  });

  it('allows nothing where it is damaged, large, or no file', () => {
    const folder = temporaryFolder();
    for (const contents of [
      '{',
      '',
      Buffer.from([0x22, 0xff, 0x22]),
      `${text}${' '.repeat(65_536)}`,
      '\u{feff}{}',
    ])
      expect(readPolicyFile(policyIn(folder, contents))).toMatchObject({ kind: 'invalid' });
    mkdirSync(join(folder, 'folder.json'), { mode: 0o755 });
    spawnSync('mkfifo', ['-m', '600', join(folder, 'pipe.json')]);
    for (const name of ['folder.json', 'pipe.json'])
      expect(readPolicyFile(join(folder, name)), name).toMatchObject({ kind: 'invalid' });
  });
});
