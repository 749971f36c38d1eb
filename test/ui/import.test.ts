import { mkdtemp, open as openFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Page } from 'playwright-core';
import { describe, expect, onTestFinished } from 'vitest';
import { importFiles } from '../../electron/backend/import/import-file.ts';
import { ProfileStore } from '../../electron/backend/profiles/store.ts';
import { generateKeyPair } from '../../shared/config/index.ts';
import { AppDouble, faults } from './host/app-double.ts';
import { row, test } from './host/fixture.ts';
import { fourClouds, fourCloudsText, office } from './host/profiles.ts';

function conf(name: string, text = fourCloudsText): { name: string; mimeType: string; buffer: Buffer } {
  return { name, mimeType: 'text/plain', buffer: Buffer.from(text) };
}

/** Files of zeros that take no room on the disk, gone after the test; gives their paths. */
async function holes(names: readonly string[], bytes: number): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'adit-import-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const paths = names.map((name) => join(folder, name));
  for (const path of paths) {
    const file = await openFile(path, 'w');
    await file.truncate(bytes);
    await file.close();
  }
  return paths;
}

/** Drags a folder of this machine over the page and drops it. */
async function dropFolder(page: Page, folder: string): Promise<void> {
  const session = await page.context().newCDPSession(page);
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    const data = { items: [], files: [folder], dragOperationsMask: 1 };
    await session.send('Input.dispatchDragEvent', { type, x: 300, y: 300, data });
  }
}

/** Drags files over the page and drops them. */
async function drop(
  page: Page,
  files: readonly { readonly name: string; readonly text: string }[],
): Promise<void> {
  const dataTransfer = await page.evaluateHandle((list) => {
    const transfer = new DataTransfer();
    for (const { name, text } of list) transfer.items.add(new File([text], name));
    return transfer;
  }, files);
  await page.dispatchEvent('main', 'dragenter', { dataTransfer });
  await page.dispatchEvent('main', 'dragover', { dataTransfer });
  await page.getByText('Drop .conf, .zip or QR code files to import them').waitFor();
  await page.dispatchEvent('main', 'drop', { dataTransfer });
}

describe('import', () => {
  test('by the file dialog sends contents and no path, and shows the new profile', async ({ open }) => {
    const app = new AppDouble();
    const { page } = await open(app);
    await page
      .locator('input[type=file]')
      .first()
      .setInputFiles([conf('four-clouds.conf')]);
    await page.getByRole('region', { name: 'Import report' }).getByText('1 file imported').waitFor();
    await page.getByRole('heading', { name: 'four-clouds' }).waitFor();
    const [asked] = app.askedOf('profile.import');
    expect(asked?.files.map(({ name }) => name)).toEqual(['four-clouds.conf']);
    expect(Buffer.from(asked?.files[0]?.base64 ?? '', 'base64').toString()).toBe(fourCloudsText);
    await page.getByRole('button', { name: 'Close the report' }).click();
    expect(await page.getByRole('region', { name: 'Import report' }).count()).toBe(0);
  });

  test('by dropping files anywhere on the window', async ({ open }) => {
    const app = new AppDouble([office]);
    const { page } = await open(app);
    await drop(page, [
      { name: '家里.conf', text: '[Interface]\n# Name = 家里PC\n' },
      { name: 'aws.conf', text: '[Interface]\n' },
    ]);
    await page.getByText('2 files imported').waitFor();
    await row(page, '家里').waitFor();
    await row(page, 'aws').waitFor();
    expect(await page.getByText('Drop .conf, .zip or QR code files to import them').count()).toBe(0);
    expect(Buffer.from(app.askedOf('profile.import')[0]?.files[0]?.base64 ?? '', 'base64').toString()).toBe(
      '[Interface]\n# Name = 家里PC\n',
    );
  });

  test('by dropping a folder takes the .conf files in it, and nothing else', async ({ open }) => {
    const folder = await mkdtemp(join(tmpdir(), 'adit-import-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    for (const name of ['b.conf', 'a.conf', 'notes.txt', '.hidden.conf'])
      await writeFile(join(folder, name), fourCloudsText);
    const app = new AppDouble([office]);
    const { page } = await open(app);
    await dropFolder(page, folder);
    await page.getByText('2 files imported').waitFor();
    expect(app.askedOf('profile.import').flatMap(({ files }) => files.map(({ name }) => name))).toEqual([
      'a.conf',
      'b.conf',
    ]);
  });

  test('of wg-gen-web takes a server and its clients that are dropped together, and says what one alone lacks', async ({
    open,
  }) => {
    const home = await mkdtemp(join(tmpdir(), 'adit-import-'));
    onTestFinished(() => rm(home, { recursive: true }));
    const store = new ProfileStore(home);
    const app = new AppDouble([office]);
    app.answer('profile.import', async ({ files }) => {
      const outcomes = await importFiles(
        store,
        files.map(({ name, base64 }) => ({ name, bytes: Buffer.from(base64, 'base64') })),
      );
      app.setProfiles((await store.all()).map((profile) => profile.summary()));
      return outcomes;
    });
    const { page } = await open(app);
    const { privateKey } = generateKeyPair();
    const server = { publicKey: generateKeyPair().publicKey, endpoint: 'vpn.example.com:51820' };
    const client = (name: string, address: string) =>
      JSON.stringify({ name, address: [address], privateKey, allowedIPs: ['10.0.0.1/32'], enable: true });
    const [phone, laptop] = ['6f3a1c52-0c9e-4c2f-9d1a-0a5b6c7d8e9f', '7f3a1c52-0c9e-4c2f-9d1a-0a5b6c7d8e9f'];
    const report = page.getByRole('region', { name: 'Import report' });
    await drop(page, [{ name: phone, text: client('phone', '10.0.0.5/32') }]);
    await report.getByText('the server.json of its folder is not given with it').waitFor();
    await drop(page, [
      { name: phone, text: client('phone', '10.0.0.5/32') },
      { name: 'server.json', text: JSON.stringify(server) },
      { name: laptop, text: client('家里', '10.0.0.6/32') },
    ]);
    await report.getByText('2 files imported').waitFor();
    await row(page, 'phone').waitFor();
    await row(page, '家里').waitFor();
    expect((await store.find('家里')).text).toContain('Endpoint = vpn.example.com:51820');
  });

  test('of a dropped folder of wg-gen-web takes its server and clients, with the folder’s name', async ({
    open,
  }) => {
    const folder = await mkdtemp(join(tmpdir(), 'adit-import-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const client = '6f3a1c52-0c9e-4c2f-9d1a-0a5b6c7d8e9f';
    for (const name of ['server.json', client, 'wg0.conf', 'notes.json'])
      await writeFile(join(folder, name), '{}');
    const app = new AppDouble([office]);
    const { page } = await open(app);
    await dropFolder(page, folder);
    await page.getByRole('region', { name: 'Import report' }).waitFor();
    await expect
      .poll(() => app.askedOf('profile.import').flatMap(({ files }) => files.map(({ name }) => name)))
      .toEqual([`${basename(folder)}/server.json`, `${basename(folder)}/${client}`, 'wg0.conf']);
  });

  test('of a .zip tells of each file in it, and is done when the .zip is', async ({ open }) => {
    const app = new AppDouble([office]);
    app.answer('profile.import', ({ files }) =>
      Promise.resolve(
        files.flatMap(({ name }) => [
          { kind: 'imported', file: `${name}/a.conf`, name: 'a', interface: 'a', warnings: [] },
          { kind: 'imported', file: `${name}/b.conf`, name: 'b', interface: 'b', warnings: [] },
          { kind: 'refused', file: `${name}/c.conf`, error: faults.invalid },
        ]),
      ),
    );
    const { page } = await open(app);
    await page
      .locator('input[type=file]')
      .first()
      .setInputFiles([{ name: 'all.zip', mimeType: 'application/zip', buffer: Buffer.from('PK') }]);
    const report = page.getByRole('region', { name: 'Import report' });
    await report.getByText('2 imported, 1 refused').waitFor();
    await report.getByText('all.zip/c.conf').waitFor();
  });

  test('offers to restore damaged text, and tells of it no more once it is', async ({ open }) => {
    const app = new AppDouble([fourClouds]);
    const damage = {
      code: 'mojibake',
      message: 'Line 1: This text was UTF-8 once; it read "家".',
      hint: 'Accept the repair if that looks right.',
    };
    app.answer('profile.import', () =>
      Promise.resolve([{ file: 'a.conf', kind: 'imported', name: 'a', interface: 'a', warnings: [damage] }]),
    );
    const { page } = await open(app);
    await page
      .locator('input[type=file]')
      .first()
      .setInputFiles([conf('a.conf')]);
    const report = page.getByRole('region', { name: 'Import report' });
    await report.getByRole('button', { name: 'Restore the text' }).click();
    await report.getByText(damage.message).waitFor({ state: 'detached' });
    expect(app.askedOf('profile.restore')).toEqual([{ name: 'a' }]);
  });

  test('says why damaged text could not be restored', async ({ open }) => {
    const app = new AppDouble([fourClouds]);
    const damage = { code: 'mojibake', message: 'Line 1: damaged.', hint: 'Accept the repair.' };
    app.answer('profile.import', () =>
      Promise.resolve([{ file: 'a.conf', kind: 'imported', name: 'a', interface: 'a', warnings: [damage] }]),
    );
    app.refuse('profile.restore', faults.notFound);
    const { page } = await open(app);
    await page
      .locator('input[type=file]')
      .first()
      .setInputFiles([conf('a.conf')]);
    await page.getByRole('button', { name: 'Restore the text' }).click();
    await page.getByRole('alert').getByText(faults.notFound.message).waitFor();
  });

  test('says of each file what became of it: why not, in words, with the hint and the code', async ({
    open,
  }) => {
    const { page } = await open(new AppDouble([office]));
    await page
      .locator('input[type=file]')
      .first()
      .setInputFiles([conf('new.conf'), conf('office.conf'), conf('notes.txt')]);
    const report = page.getByRole('region', { name: 'Import report' });
    await report.getByText('1 imported, 2 refused').waitFor();
    for (const text of [
      'A profile "office" is kept already.',
      'Nothing was overwritten. Rename the file, or remove the profile first.',
      'profile-exists',
      'conf-invalid',
    ]) {
      await report.getByText(text, { exact: true }).waitFor();
    }
    expect(await report.getByRole('alert').count()).toBe(2);
    await page.getByRole('heading', { name: 'new', exact: true }).waitFor();
  });

  test('refuses a file of 1 GiB without reading it, and takes the others', async ({ open }) => {
    const [huge = ''] = await holes(['huge.conf'], 1024 ** 3);
    const app = new AppDouble([office]);
    const { page } = await open(app);
    await page.locator('input[type=file]').first().setInputFiles([huge]);
    const report = page.getByRole('region', { name: 'Import report' });
    await report.getByText('"huge.conf" has 1.00 GiB; files of at most 16.0 MiB are taken in.').waitFor();
    await report.getByText('file-too-large').waitFor();
    expect(app.askedOf('profile.import')).toEqual([]);
    await page
      .locator('input[type=file]')
      .first()
      .setInputFiles([conf('small.conf')]);
    await row(page, 'small').waitFor();
  });

  test('sends many large files in portions that the app process takes', async ({ open }) => {
    const app = new AppDouble([office]);
    const { page } = await open(app);
    const names = [1, 2, 3, 4, 5].map((index) => `large-${index}.conf`);
    await page
      .locator('input[type=file]')
      .first()
      .setInputFiles(await holes(names, 7 * 1024 * 1024));
    await page.getByText('5 files imported').waitFor();
    expect(app.askedOf('profile.import').map(({ files }) => files.length)).toEqual([2, 2, 1]);
  });

  test('takes an empty file to the app process, which knows what to say of it', async ({ open }) => {
    const app = new AppDouble([office]);
    const { page } = await open(app);
    await page
      .locator('input[type=file]')
      .first()
      .setInputFiles([conf('empty.conf', '')]);
    await page.getByText('1 file imported').waitFor();
    expect(app.askedOf('profile.import')[0]?.files).toEqual([{ name: 'empty.conf', base64: '' }]);
  });

  test('shows the warnings of a file that was taken', async ({ open }) => {
    const app = new AppDouble([fourClouds]);
    app.answer('profile.import', () =>
      Promise.resolve([
        {
          file: 'a.conf',
          kind: 'imported',
          name: 'a',
          interface: 'a',
          warnings: [
            {
              code: 'key-unknown',
              message: 'Line 3: "Colour" is no key.',
              hint: 'It is kept and has no effect.',
            },
          ],
        },
      ]),
    );
    const { page } = await open(app);
    await page
      .locator('input[type=file]')
      .first()
      .setInputFiles([conf('a.conf')]);
    const report = page.getByRole('region', { name: 'Import report' });
    await report.getByText('Line 3: "Colour" is no key.').waitFor();
    await report.getByText('key-unknown').waitFor();
  });

  test('of something dragged that is no file leaves the page alone', async ({ open }) => {
    const { page } = await open(new AppDouble([office]));
    const dataTransfer = await page.evaluateHandle(() => {
      const transfer = new DataTransfer();
      transfer.setData('text/plain', 'words');
      return transfer;
    });
    await page.dispatchEvent('main', 'dragover', { dataTransfer });
    await page.dispatchEvent('main', 'drop', { dataTransfer });
    expect(await page.getByText('Drop .conf, .zip or QR code files to import them').count()).toBe(0);
    expect(await page.getByRole('region', { name: 'Import report' }).count()).toBe(0);
  });
});
