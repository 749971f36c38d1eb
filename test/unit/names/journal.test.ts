import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { NamesJournal } from '../../../electron/helper/names/journal.ts';
import type { NamesRecord } from '../../../electron/helper/names/journal.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'adit-journal-'));
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

const record: NamesRecord = {
  kind: 'file',
  path: '/etc/resolv.conf',
  before: { kind: 'link', target: '../run/x' },
  ours: ['ours\n'],
  reason: 'a test',
};

/** Changes what is kept, as a reboot, another namespace or damage would. */
function change(edit: (text: string) => string): void {
  const folder = join(root, '1000');
  for (const name of readdirSync(folder))
    writeFileSync(join(folder, name), edit(readFileSync(join(folder, name), 'utf8')));
}

async function takenAfterReboot(journal: NamesJournal, could = true): Promise<NamesRecord[]> {
  const taken: NamesRecord[] = [];
  await journal.takeFromBeforeReboot((each) => {
    taken.push(each);
    return Promise.resolve(could);
  });
  return taken;
}

const reboot = (text: string): string => text.replace(/"boot":"[^"]*"/, '"boot":"another"');

test('keeps a record for root alone, and leaves nothing when all is undone', () => {
  const journal = new NamesJournal(1000, join(root, 'adit'));
  journal.write(record);
  expect(statSync(join(root, 'adit', '1000')).mode & 0o777).toBe(0o700);
  expect(new NamesJournal(1000, join(root, 'adit')).read()).toEqual(record);
  expect(new NamesJournal(1001, join(root, 'adit')).read()).toBeNull();
  journal.remove();
  expect(readdirSync(root)).toEqual([]);
});

test('a damaged record restores nothing', async () => {
  const journal = new NamesJournal(1000, root);
  journal.write(record);
  change((text) => text.replace('../run/x', '/etc/shadow'));
  expect(journal.read()).toBeNull();
  change(reboot);
  expect(await takenAfterReboot(journal)).toEqual([]);
});

test('another network namespace’s record of this boot is never taken', async () => {
  const journal = new NamesJournal(1000, root);
  journal.write(record);
  change((text) => text.replace(/"namespace":"[^"]*"/, '"namespace":"net:[1]"'));
  expect(journal.read()).toBeNull();
  expect(await takenAfterReboot(journal)).toEqual([]);
});

test('a record from before a reboot is taken once, or again where it could not be undone', async () => {
  const journal = new NamesJournal(1000, root);
  journal.write(record);
  change(reboot);
  expect(journal.read()).toBeNull();
  expect(await takenAfterReboot(journal, false)).toEqual([record]);
  expect(await takenAfterReboot(journal)).toEqual([record]);
  expect(await takenAfterReboot(journal)).toEqual([]);
});

test('one that was made in a namespace of somebody’s is not the machine’s after a reboot', async () => {
  const journal = new NamesJournal(1000, root);
  journal.write(record);
  change((text) =>
    reboot(text).replace(
      /"machine":(true|false)/,
      (_, flag) => `"machine":${flag === 'true' ? 'false' : 'true'}`,
    ),
  );
  expect(await takenAfterReboot(journal)).toEqual([]);
});
