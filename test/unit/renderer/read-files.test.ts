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

const client = (index: number): string => `6f3a1c52-0c9e-4c2f-9d1a-${String(index).padStart(12, '0')}`;

function namesIn(batches: readonly Batch[]): string[][] {
  return batches.map((batch) => (batch.kind === 'files' ? batch.files.map(({ name }) => name) : ['refused']));
}

test('the server of wg-gen-web goes with its clients, in every portion', async () => {
  const clients = Array.from({ length: 120 }, (_, index) => file(client(index), 10));
  const batches = await batchesOf([...clients, file('server.json', 10), file('a.conf', 10)]);
  expect(namesIn(batches).map(([first]) => first)).toEqual(['server.json', 'server.json']);
  expect(sizes(batches)).toEqual([100, 23]);
  // 122 were chosen.
  expect(batches.map((batch) => (batch.kind === 'files' ? batch.count : 0))).toEqual([100, 22]);
});

test('each folder of wg-gen-web has a server of its own, and one without clients is a file like any other', async () => {
  const [a, b] = [client(1), client(2)];
  const names = [`x/${a}`, `y/${b}`, 'x/server.json', 'y/server.json', 'server.json'];
  expect(namesIn(await batchesOf(names.map((name) => file(name, 1))))).toEqual([
    ['x/server.json', `x/${a}`, 'y/server.json', `y/${b}`, 'server.json'],
  ]);
});

test('of wg-gen-web, what cannot be read is told of once, and all are dealt with', async () => {
  const unread = (unreadable: string) => async (): Promise<Batch[]> => {
    const batches: Batch[] = [];
    const files = ['server.json', client(1), client(2)].map((name) => file(name, 1));
    for await (const batch of readInBatches(files, ({ name }) =>
      name.startsWith(unreadable) ? Promise.reject(new Error('no')) : Promise.resolve(''),
    ))
      batches.push(batch);
    return batches;
  };
  expect(namesIn(await unread('server')())).toEqual([['refused'], [client(1), client(2)]]);
  expect(await unread('6f3a')()).toMatchObject([
    { kind: 'refused' },
    { kind: 'refused' },
    { kind: 'files', files: [], count: 1 },
  ]);
});
