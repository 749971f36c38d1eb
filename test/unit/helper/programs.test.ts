import { chmodSync, chownSync, mkdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
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

describeWith(['root'], 'Adit’s own engine', () => {
  function ownEngine(): { folder: string; path: string } {
    const folder = join(temporaryFolder(), 'engine');
    mkdirSync(folder);
    const path = join(folder, 'wireguard-go');
    writeFileSync(path, '', { mode: 0o755 });
    return { folder, path };
  }

  it('goes before the system’s, and where it is missing the system’s is taken', () => {
    const { folder, path } = ownEngine();
    expect(new Programs(false, folder).find('wireguard-go')).toBe(path);
    rmSync(path);
    expect(new Programs(false, folder).find('wireguard-go')).toBe(new Programs(false).find('wireguard-go'));
  });

  it('is the only program that is looked for there', () => {
    const { folder } = ownEngine();
    writeFileSync(join(folder, 'ip'), '', { mode: 0o755 });
    expect(new Programs(false, folder).find('ip')).toBe(new Programs(false).find('ip'));
  });

  it('is refused where somebody but root could change it, and not passed over', () => {
    const { folder, path } = ownEngine();
    chmodSync(path, 0o775);
    const find = (): unknown => new Programs(false, folder).find('wireguard-go');
    expect(find).toThrow('would run as root');
    expect(new Programs(true, folder).find('wireguard-go')).toBe(path);
    chmodSync(path, 0o755);
    chmodSync(folder, 0o777);
    expect(find).toThrow('would run as root');
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
