import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  confFilesAt,
  createFile,
  fileLimit,
  readGivenFile,
  renameFile,
  replaceFile,
} from '../../../electron/backend/profiles/files.ts';
import { FaultError } from '../../../shared/fault.ts';
import type { Fault } from '../../../shared/fault.ts';
import { describeWith, temporaryFolder } from '../machine.ts';
import { asUser } from './users.ts';

async function faultIn(work: Promise<unknown>): Promise<Fault> {
  try {
    await work;
  } catch (error) {
    if (error instanceof FaultError) return error.fault;
    throw error;
  }
  throw new Error('not refused');
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('what a killed program has left', () => {
  it('is removed with the next writing, and what is being written is not', async () => {
    const folder = temporaryFolder();
    const [left, under] = [join(folder, `.${'0'.repeat(16)}.new`), join(folder, `.${'1'.repeat(16)}.new`)];
    for (const path of [left, under, join(folder, '.other.new')]) writeFileSync(path, 'PrivateKey');
    const longAgo = Date.now() / 1000 - 86_400;
    for (const path of [left, join(folder, '.other.new')]) utimesSync(path, longAgo, longAgo);
    await createFile(join(folder, 'home.conf'), bytes('x'));
    expect(readdirSync(folder).sort()).toEqual([`.${'1'.repeat(16)}.new`, '.other.new', 'home.conf']);
  });
});

describe('a file that somebody names', () => {
  it('is read to the byte', async () => {
    const path = join(temporaryFolder(), 'home.conf');
    writeFileSync(path, Buffer.from([0xff, 0x00, 0x0d, 0x0a]));
    expect([...(await readGivenFile(path))]).toEqual([0xff, 0x00, 0x0d, 0x0a]);
  });

  it('is read through a link', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'home.conf'), 'x');
    symlinkSync('home.conf', join(folder, 'link.conf'));
    expect((await readGivenFile(join(folder, 'link.conf'))).toString()).toBe('x');
  });

  it('is refused where there is none, by name', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'file'), '');
    symlinkSync('nowhere', join(folder, 'dangling.conf'));
    symlinkSync('loop.conf', join(folder, 'loop.conf'));
    for (const name of ['none.conf', 'file/home.conf', 'x'.repeat(300), 'dangling.conf', 'loop.conf']) {
      const path = join(folder, name);
      const fault = await faultIn(readGivenFile(path));
      expect(fault.code, name).toBe('file-not-found');
      expect(fault.message).toContain(path);
    }
  });

  it(
    'is refused where it is a folder, a pipe, a device or a socket, without waiting for it',
    { timeout: 5_000 },
    async () => {
      const folder = temporaryFolder();
      mkdirSync(join(folder, 'folder.conf'));
      expect(spawnSync('mkfifo', [join(folder, 'pipe.conf')]).status).toBe(0);
      const server = createServer().listen(join(folder, 'socket.conf'));
      onTestFinished(() => {
        server.close();
      });
      await once(server, 'listening');
      for (const path of ['folder.conf', 'pipe.conf', 'socket.conf']
        .map((name) => join(folder, name))
        .concat('/dev/zero')) {
        expect((await faultIn(readGivenFile(path))).code, path).toBe('file-not-regular');
      }
    },
  );

  it(
    'is refused where it is larger than any configuration, without being read',
    { timeout: 5_000 },
    async () => {
      const path = join(temporaryFolder(), 'huge.conf');
      writeFileSync(path, '');
      truncateSync(path, 1024 ** 3);
      const before = process.memoryUsage().rss;
      expect((await faultIn(readGivenFile(path))).code).toBe('file-too-large');
      expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024);
      truncateSync(path, fileLimit + 1);
      expect((await faultIn(readGivenFile(path))).code).toBe('file-too-large');
      truncateSync(path, fileLimit);
      expect((await readGivenFile(path)).length).toBe(fileLimit);
    },
  );
});

describeWith(['root'], 'a file that this user may not read', () => {
  it('is refused, with the command that helps', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'root.conf');
    writeFileSync(path, 'x', { mode: 0o600 });
    spawnSync('chmod', ['755', folder]);
    const fault = await asUser(65_534, () => faultIn(readGivenFile(path)));
    expect(fault.code).toBe('file-unreadable');
    expect(fault.command).toContain(path);
  });

  it('is refused where the folder is closed, of a file and of all in it', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'home.conf'), 'x');
    const codes = await asUser(65_534, () =>
      Promise.all([
        faultIn(readGivenFile(join(folder, 'home.conf'))),
        faultIn(confFilesAt(folder)),
        faultIn(confFilesAt(join(folder, 'home.conf'))),
      ]),
    );
    expect(codes.map(({ code }) => code)).toEqual(['file-unreadable', 'file-unreadable', 'file-unreadable']);
  });
});

describe('the .conf files at a path', () => {
  it('are itself, or those in the folder in the order of their names', async () => {
    const folder = temporaryFolder();
    for (const name of ['b.conf', 'a.conf', 'notes.txt', '.hidden.conf', 'conf'])
      writeFileSync(join(folder, name), '');
    expect(await confFilesAt(folder)).toEqual([join(folder, 'a.conf'), join(folder, 'b.conf')]);
    expect(await confFilesAt(join(folder, 'notes.txt'))).toEqual([join(folder, 'notes.txt')]);
  });

  it('are refused by name where there are none', async () => {
    const folder = temporaryFolder();
    expect((await faultIn(confFilesAt(folder))).code).toBe('no-conf-files');
    expect((await faultIn(confFilesAt(join(folder, 'none')))).code).toBe('file-not-found');
  });
});

describe('writing a file', () => {
  it('makes it whole, for its owner alone, and leaves nothing beside it', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'home.conf');
    await createFile(path, bytes('one'));
    expect(readFileSync(path, 'utf8')).toBe('one');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['home.conf']);
  });

  it('never takes the place of one that is there', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'home.conf');
    writeFileSync(path, 'mine');
    await expect(createFile(path, bytes('yours'))).rejects.toMatchObject({ code: 'EEXIST' });
    expect([readFileSync(path, 'utf8'), readdirSync(folder)]).toEqual(['mine', ['home.conf']]);
  });

  it('of several that make one file at a time, one succeeds', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'home.conf');
    const texts = Array.from({ length: 8 }, (_, index) => `text ${index}`);
    const outcomes = await Promise.allSettled(texts.map((text) => createFile(path, bytes(text))));
    const winner = outcomes.findIndex(({ status }) => status === 'fulfilled');
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(readFileSync(path, 'utf8')).toBe(texts[winner]);
    expect(readdirSync(folder)).toEqual(['home.conf']);
  });

  it('replaces it where that is wanted, closed to others again', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'home.conf');
    writeFileSync(path, 'old', { mode: 0o644 });
    await replaceFile(path, bytes('new'));
    expect([readFileSync(path, 'utf8'), statSync(path).mode & 0o777]).toEqual(['new', 0o600]);
    expect(readdirSync(folder)).toEqual(['home.conf']);
  });

  it('leaves nothing where it fails', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'home.conf'));
    await expect(replaceFile(join(folder, 'home.conf'), bytes('new'))).rejects.toThrow();
    await expect(createFile(join(folder, 'none', 'home.conf'), bytes('new'))).rejects.toMatchObject({
      code: 'ENOENT',
    });
    expect(readdirSync(folder)).toEqual(['home.conf']);
  });
});

describe('renaming a file', () => {
  it('keeps its bytes, and takes nobody’s place', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'a'), 'a');
    writeFileSync(join(folder, 'b'), 'b');
    await expect(renameFile(join(folder, 'a'), join(folder, 'b'))).rejects.toMatchObject({ code: 'EEXIST' });
    expect([readFileSync(join(folder, 'a'), 'utf8'), readFileSync(join(folder, 'b'), 'utf8')]).toEqual([
      'a',
      'b',
    ]);
    await renameFile(join(folder, 'a'), join(folder, 'c'));
    expect([existsSync(join(folder, 'a')), readFileSync(join(folder, 'c'), 'utf8')]).toEqual([false, 'a']);
  });
});

/** Keeps a profile on a file system with hardly any room. */
const onFullDisk = `
import { readdirSync, writeFileSync } from 'node:fs';
import { ProfileStore } from '${join(import.meta.dirname, '../../../electron/backend/profiles/store.ts')}';
const home = process.argv[2];
const store = new ProfileStore(home);
await store.add('first', new TextEncoder().encode('[Interface]\\n'));
try { writeFileSync(home + '/filling', 'x'.repeat(1024 * 1024)); } catch {}
let code = 'none';
try { await store.add('second', new Uint8Array(100_000)); } catch (error) { code = error.fault?.code ?? String(error); }
console.log(JSON.stringify([code, readdirSync(home + '/profiles')]));
`;

describeWith(['root', 'a mount namespace'], 'keeping a profile on a full disk', () => {
  it('fails by name, and leaves no part of it', () => {
    const home = temporaryFolder();
    const program = join(temporaryFolder(), 'full.ts');
    writeFileSync(program, onFullDisk);
    const mount = `mount -t tmpfs -o size=64k none ${home} && exec ${process.execPath} ${program} ${home}`;
    const { stdout, stderr } = spawnSync('unshare', ['--mount', 'sh', '-c', mount], { encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual(['home-unusable', ['first.conf']]);
  });
});
