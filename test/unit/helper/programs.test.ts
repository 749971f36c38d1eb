import { chmodSync, chownSync, mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { expect, it } from 'vitest';
import { Programs } from '../../../electron/helper/system/programs.ts';
import { untrustedAncestor } from '../../../electron/helper/system/trust.ts';
import { describeWith, temporaryFolder } from '../machine.ts';

describeWith(['ip'], 'a program of the system', () => {
  it('is found by its absolute path, whatever PATH says, and trusted', () => {
    const path = process.env['PATH'];
    process.env['PATH'] = '/nonexistent';
    try {
      const found = new Programs(false).path('ip');
      expect(isAbsolute(found)).toBe(true);
      expect(untrustedAncestor(realpathSync(found))).toBeNull();
    } finally {
      process.env['PATH'] = path;
    }
  });
});

describeWith(['root'], 'a file that root would run', () => {
  it('is root’s alone, with every folder above it', () => {
    const folder = join(temporaryFolder(), 'opt');
    mkdirSync(folder);
    const file = join(folder, 'helper.cjs');
    writeFileSync(file, '');
    expect(untrustedAncestor(file)).toBeNull();

    chmodSync(file, 0o666);
    expect(untrustedAncestor(file)).toEqual({ path: file, reason: 'can be written by others than root' });
    chmodSync(file, 0o644);
    chownSync(file, 1000, 0);
    expect(untrustedAncestor(file)).toEqual({ path: file, reason: 'belongs to user 1000, not to root' });
    chownSync(file, 0, 0);
    chmodSync(folder, 0o775);
    expect(untrustedAncestor(file)).toEqual({ path: folder, reason: 'can be written by others than root' });
    chmodSync(folder, 0o755);
    expect(untrustedAncestor(file)).toBeNull();
  });
});
