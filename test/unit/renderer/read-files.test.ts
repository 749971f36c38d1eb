import { expect, test } from 'vitest';
import { readInBatches } from '../../../renderer/features/import/read-files.ts';
import type { Batch, ChosenFile } from '../../../renderer/features/import/read-files.ts';
import { importLimitBytes } from '../../../shared/contract/ui/verbs.ts';

async function batchesOf(files: readonly ChosenFile[], read = () => Promise.resolve('')): Promise<Batch[]> {
  const batches: Batch[] = [];
  for await (const batch of readInBatches(files, read)) batches.push(batch);
  return batches;
}

const file = (name: string, size: number): ChosenFile => ({ name, size });

function sizes(batches: readonly Batch[]): number[] {
  return batches.map((batch) => (batch.kind === 'files' ? batch.files.length : 0));
}

test('files go in portions of 100, and of no more bytes than one file may have', async () => {
  const small = Array.from({ length: 250 }, (_, index) => file(`${index}.conf`, 10));
  expect(sizes(await batchesOf(small))).toEqual([100, 100, 50]);
  const large = Array.from({ length: 3 }, () => file('a.conf', importLimitBytes * 0.6));
  expect(sizes(await batchesOf(large))).toEqual([1, 1, 1]);
});

test('a file at the limit is read, one beyond it is not', async () => {
  const read: string[] = [];
  const batches: Batch[] = [];
  const files = [file('at.conf', importLimitBytes), file('beyond.conf', importLimitBytes + 1)];
  for await (const batch of readInBatches(files, ({ name }) => {
    read.push(name);
    return Promise.resolve('');
  })) {
    batches.push(batch);
  }
  expect(read).toEqual(['at.conf']);
  expect(batches).toMatchObject([
    { kind: 'refused', outcome: { file: 'beyond.conf', error: { code: 'file-too-large' } } },
    { kind: 'files', files: [{ name: 'at.conf' }] },
  ]);
});

test('a file that cannot be read is refused, and the others go on', async () => {
  const batches = await batchesOf([file('a.conf', 1)], () => Promise.reject(new Error('no')));
  expect(batches).toMatchObject([{ kind: 'refused', outcome: { error: { code: 'file-unreadable' } } }]);
});

test('nothing chosen asks nothing', async () => {
  expect(await batchesOf([])).toEqual([]);
});
