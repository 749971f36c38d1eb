import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { AutostartEntry } from '../../electron/shell/login-item.ts';
import { wordsStarted } from './session/login.ts';
import { describeOnDesktop } from './testing.ts';

describeOnDesktop('the entry that starts the program at login', () => {
  test.for([
    'Adit',
    'My Adit',
    'Adit;1#2',
    'a "quoted" one',
    "it's",
    '100%f of %%',
    '$HOME `id` $(id)',
    'back\\slash\\',
    'tab\there',
    '上海',
    ' leading',
    '[Desktop Entry]',
    '~&|<>*?()',
  ])('is read by GLib as it was meant: %j', async (name) => {
    const folder = await mkdtemp(join(tmpdir(), 'adit-entry-'));
    try {
      const program = join(folder, name, 'adit');
      await mkdir(dirname(program));
      await writeFile(program, '#!/bin/sh\nprintf "%s\\n" "$0" "$@"\n', { mode: 0o755 });
      const file = join(folder, 'adit.desktop');
      const entry = new AutostartEntry(file, program);
      entry.set(true);
      expect(entry.isOn()).toBe(true);
      expect(await wordsStarted(file)).toEqual([program, '--hidden']);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
