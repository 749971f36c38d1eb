import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { importFile } from '../../../electron/backend/import/import-file.ts';
import { ProfileStore } from '../../../electron/backend/profiles/store.ts';
import { crc32 } from '../../../electron/backend/import/crc32.ts';
import { temporaryFolder } from '../machine.ts';
import { homeConf } from './profiles.ts';
import { zipOf } from './zips.ts';
import type { ZipEntry } from './zips.ts';

const good: ZipEntry = { name: 'good.conf', contents: homeConf };

/** What becomes of each file in an archive: the name of its profile, or the code it is refused with. */
async function outcomesOf(bytes: Uint8Array): Promise<{ told: Record<string, string>; kept: string[] }> {
  const home = temporaryFolder();
  const outcomes = await importFile(new ProfileStore(home), { name: 'all.zip', bytes });
  const folder = join(home, 'profiles');
  return {
    told: Object.fromEntries(
      outcomes.map((outcome) => [
        outcome.file,
        outcome.kind === 'imported' ? outcome.name : outcome.error.code,
      ]),
    ),
    kept: existsSync(folder) ? readdirSync(folder).sort() : [],
  };
}

describe('a .zip of configurations', () => {
  it('is taken in file by file, in any folder, and a bad one spoils no other', async () => {
    const { told, kept } = await outcomesOf(
      zipOf(
        { name: 'bad.conf', contents: 'nonsense' },
        good,
        { name: 'work/', mode: 0o040755, method: 0 },
        { name: 'work/办公室.conf', contents: homeConf, method: 0 },
        { name: 'work/good.conf', contents: homeConf },
        { name: 'README.txt', contents: 'Welcome' },
        { name: 'work/.hidden.conf', contents: homeConf },
        { name: '__MACOSX/._good.conf', contents: 'shadow' },
      ),
    );
    expect(told).toEqual({
      'all.zip/bad.conf': 'line-unrecognized',
      'all.zip/good.conf': 'good',
      'all.zip/work/办公室.conf': '办公室',
      'all.zip/work/good.conf': 'profile-exists',
    });
    expect(kept).toEqual(['good.conf', '办公室.conf']);
  });

  it('gives files to the byte, whatever wrote it', async () => {
    const home = temporaryFolder();
    const bytes = Buffer.from(homeConf.replaceAll('\n', '\r\n'));
    await importFile(new ProfileStore(home), {
      name: 'all.zip',
      bytes: zipOf({ name: 'home.conf', contents: bytes, mode: 0 }),
    });
    expect(readFileSync(join(home, 'profiles', 'home.conf'))).toEqual(bytes);
  });

  it('may have names in UTF-8 that do not say so, or in CP437', async () => {
    const { told } = await outcomesOf(
      zipOf(
        { name: '办公室.conf', contents: homeConf, flags: 0 },
        { name: Buffer.from('B\x81ro.conf', 'latin1'), contents: homeConf, flags: 0 },
      ),
    );
    expect(Object.values(told)).toEqual(['办公室', 'Büro']);
  });

  it('without any is refused', async () => {
    for (const bytes of [zipOf(), zipOf({ name: 'README.txt', contents: 'Welcome' })])
      expect((await outcomesOf(bytes)).told).toEqual({ 'all.zip': 'no-conf-files' });
  });
});

describe('a .zip that is not to be trusted', () => {
  const large = Buffer.alloc(20 * 1024 * 1024, '# nothing\n');
  const noise = Buffer.from(Array.from({ length: 400_000 }, (_, at) => (at * at * 31 + (at >> 3)) & 0x7f));
  const cases: readonly (readonly [string, string, Buffer])[] = [
    ['climbs out of its folder', 'archive-path-unsafe', zipOf(good, { name: '../x.conf' })],
    ['climbs out in the middle', 'archive-path-unsafe', zipOf(good, { name: 'a/../../x.conf' })],
    ['climbs out with another file', 'archive-path-unsafe', zipOf(good, { name: '../.bashrc' })],
    ['names an absolute path', 'archive-path-unsafe', zipOf(good, { name: '/etc/wireguard/x.conf' })],
    ['names a drive', 'archive-path-unsafe', zipOf(good, { name: 'C:x.conf' })],
    ['climbs out with backslashes', 'archive-path-unsafe', zipOf(good, { name: '..\\x.conf' })],
    ['has control characters in a name', 'archive-path-unsafe', zipOf(good, { name: 'a\u001b[2Jb.conf' })],
    ['has a link', 'archive-link', zipOf(good, { name: 'x.conf', contents: '/etc/shadow', mode: 0o120777 })],
    ['has a pipe', 'archive-link', zipOf(good, { name: 'x.conf', mode: 0o010600 })],
    ['is encrypted', 'archive-encrypted', zipOf(good, { ...good, name: 'x.conf', flags: 1 })],
    ['is encrypted strongly', 'archive-damaged', zipOf(good, { ...good, name: 'x.conf', flags: 0x41 })],
    ['nests', 'archive-nested', zipOf(good, { name: 'more.zip', contents: zipOf(good) })],
    ['nests under another name', 'archive-nested', zipOf(good, { name: 'x.conf', contents: zipOf(good) })],
    [
      'is packed by unknown means',
      'archive-unsupported',
      zipOf(good, { ...good, name: 'x.conf', method: 12 }),
    ],
    ['explodes', 'archive-too-large', zipOf(good, { name: 'x.conf', contents: large })],
    [
      'explodes in many files',
      'archive-too-large',
      zipOf(good, ...Array.from({ length: 100 }, (_, at) => ({ name: `${at}.conf`, contents: noise }))),
    ],
    [
      'has too many entries',
      'archive-too-large',
      zipOf(...Array.from({ length: 2001 }, (_, at) => ({ name: `${at}` }))),
    ],
    [
      'unpacks to more than it says',
      'archive-damaged',
      zipOf(good, { name: 'x.conf', packed: deflateRawSync(large), size: 10 }),
    ],
    [
      'says it unpacks to more than it does',
      'archive-damaged',
      zipOf(good, { ...good, name: 'x.conf', size: 10_000 }),
    ],
    ['has a file with another checksum', 'archive-damaged', zipOf(good, { ...good, name: 'x.conf', crc: 1 })],
    ['has a broken file', 'archive-damaged', zipOf(good, { name: 'x.conf', packed: Buffer.from('rubbish') })],
    ['is cut off', 'archive-damaged', zipOf(good).subarray(0, -30)],
    [
      'is cut off at the front',
      'archive-damaged',
      Buffer.concat([zipOf(good).subarray(0, 4), zipOf(good).subarray(60)]),
    ],
  ];

  it.each(cases)('because it %s is refused whole: %s', async (_, code, bytes) => {
    expect(await outcomesOf(bytes)).toEqual({ told: { 'all.zip': code }, kept: [] });
  });

  it('because it explodes costs no more than a look', async () => {
    const bytes = zipOf({
      name: 'x.conf',
      packed: deflateRawSync(Buffer.alloc(500 * 1024 * 1024)),
      size: 0xffff_0000,
    });
    const before = process.memoryUsage().arrayBuffers;
    const begin = performance.now();
    expect((await outcomesOf(bytes)).told).toEqual({ 'all.zip': 'archive-too-large' });
    expect(performance.now() - begin).toBeLessThan(20_000);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * 1024 * 1024);
  });
});

describe('whatever bytes begin like a .zip', () => {
  it('are taken or refused by a name of ours', async () => {
    const bytes = zipOf(good, { name: 'work/other.conf', contents: homeConf });
    const codes = new Set<string>();
    for (let at = 4; at < bytes.length; at += 1) {
      const damaged = Buffer.from(bytes);
      damaged[at] = (damaged[at] ?? 0) ^ 0x55;
      for (const code of Object.values((await outcomesOf(damaged)).told)) codes.add(code);
    }
    expect([...codes].filter((code) => code === 'internal-error')).toEqual([]);
    expect(codes.size).toBeGreaterThan(4);
  });
});

describe('a checksum', () => {
  it('is the one of .zip files', () => {
    expect(crc32(Buffer.from('123456789'))).toBe(0xcbf43926);
  });
});
