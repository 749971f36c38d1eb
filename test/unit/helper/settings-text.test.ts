import { spawnSync } from 'node:child_process';
import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readText } from '../../../electron/helper/system/settings-text.ts';
import { temporaryFolder } from '../machine.ts';

describe('the text of a file of settings', () => {
  it('is read through a link, and of files alone: a pipe is not waited for, a device has no end', () => {
    const folder = temporaryFolder();
    const at = (name: string): string => join(folder, name);
    writeFileSync(at('file'), 'nameserver 192.0.2.1\n');
    symlinkSync('file', at('link'));
    symlinkSync('nowhere', at('dangling'));
    spawnSync('mkfifo', [at('pipe')]);
    symlinkSync('pipe', at('link-to-pipe'));
    symlinkSync('/dev/zero', at('link-to-device'));
    writeFileSync(at('large'), Buffer.alloc(1024 * 1024 + 1));
    expect(['file', 'link'].map((name) => readText(at(name)))).toEqual(
      Array(2).fill('nameserver 192.0.2.1\n'),
    );
    const others = ['dangling', 'pipe', 'link-to-pipe', 'link-to-device', 'large', '.', 'none'];
    for (const name of others) expect(readText(at(name)), name).toBeNull();
  });
});
