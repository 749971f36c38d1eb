import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { encode as encodeJpeg } from 'jpeg-js';
import { PNG } from 'pngjs';
import { describe, expect, it } from 'vitest';
import { crc32 } from '../../../electron/backend/import/crc32.ts';
import { importFile } from '../../../electron/backend/import/import-file.ts';
import { ProfileStore } from '../../../electron/backend/profiles/store.ts';
import { temporaryFolder } from '../machine.ts';

/** Pictures of one code, which `qrencode` made of office.conf and ImageMagick turned into every kind. */
const folder = join(import.meta.dirname, '..', '..', 'fixtures', 'qr');

async function importPicture(
  name: string,
  bytes: Uint8Array,
): Promise<{ told: string; text: string | null }> {
  const home = temporaryFolder();
  const [outcome] = await importFile(new ProfileStore(home), { name, bytes });
  if (outcome?.kind !== 'imported') return { told: outcome?.error.code ?? 'nothing', text: null };
  return { told: outcome.name, text: readFileSync(join(home, 'profiles', `${outcome.name}.conf`), 'utf8') };
}

async function codeOf(bytes: Uint8Array): Promise<string> {
  return (await importPicture('x.png', bytes)).told;
}

describe('a picture with a QR code', () => {
  const office = readFileSync(join(folder, 'office.conf'), 'utf8');
  const pictures = readdirSync(folder).filter(
    (name) => /\.(png|jpg)$/.test(name) && !/^(link|no-code)/.test(name),
  );

  it.each(pictures)('%s is imported under its name, to the byte', async (name) => {
    expect(await importPicture(name, readFileSync(join(folder, name)))).toEqual({
      told: name.replace(/\.\w+$/, ''),
      text: office,
    });
  });

  it('may be large, the code anywhere in it', async () => {
    const code = PNG.sync.read(readFileSync(join(folder, 'plain.png')));
    const photo = new PNG({ width: 4000, height: 3000 });
    photo.data.fill(0xff);
    PNG.bitblt(code, photo, 0, 0, code.width, code.height, 3001, 777);
    const jpeg = encodeJpeg({ width: 4000, height: 3000, data: photo.data }, 80).data;
    expect((await importPicture('a.jpg', jpeg)).text).toBe(office);
    expect((await importPicture('a.png', PNG.sync.write(photo))).text).toBe(office);
  });

  it('of something else is refused by what is wrong with it', async () => {
    expect(await codeOf(readFileSync(join(folder, 'link.png')))).toBe('line-unrecognized');
  });
});

/** A PNG of these chunks, whatever they hold. */
function pngOf(...chunks: readonly (readonly [type: string, content: Buffer])[]): Buffer {
  const parts = chunks.map(([type, content]) => {
    const body = Buffer.concat([Buffer.from(type), content]);
    const ends = Buffer.alloc(8);
    ends.writeUInt32BE(content.length, 0);
    ends.writeUInt32BE(crc32(body), 4);
    return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
  });
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), ...parts]);
}

/** A header: size, bits of a sample, colour type, interlacing. */
function header(width: number, height: number, depth = 8, colour = 0, interlace = 0): [string, Buffer] {
  const content = Buffer.alloc(13);
  content.writeUInt32BE(width, 0);
  content.writeUInt32BE(height, 4);
  content.set([depth, colour, 0, 0, interlace], 8);
  return ['IHDR', content];
}

const end: [string, Buffer] = ['IEND', Buffer.alloc(0)];

describe('a picture that is none, or too much of one', () => {
  const bomb = deflateSync(Buffer.alloc(300 * 1024 * 1024));
  const cases: readonly (readonly [string, string, Buffer])[] = [
    ['has no code', 'qr-not-found', readFileSync(join(folder, 'no-code.jpg'))],
    ['has no code at all', 'qr-not-found', PNG.sync.write(new PNG({ width: 1, height: 1 }))],
    ['claims to be huge', 'image-too-large', pngOf(header(65_000, 65_000), ['IDAT', bomb], end)],
    ['unpacks without end', 'image-damaged', pngOf(header(100, 100), ['IDAT', bomb], end)],
    [
      'unpacks without end, interlaced',
      'image-damaged',
      pngOf(header(100, 100, 8, 0, 1), ['IDAT', bomb], end),
    ],
    ['has no pixels', 'image-damaged', pngOf(header(100, 100), end)],
    [
      'has too few pixels',
      'image-damaged',
      pngOf(header(100, 100), ['IDAT', deflateSync(Buffer.alloc(9))], end),
    ],
    ['has no width', 'image-damaged', pngOf(header(0, 100), ['IDAT', deflateSync(Buffer.alloc(9))], end)],
    ['has a colour type of its own', 'image-damaged', pngOf(header(9, 9, 8, 5), ['IDAT', bomb], end)],
    ['is only a signature', 'image-damaged', pngOf()],
    ['is cut off', 'image-damaged', readFileSync(join(folder, 'plain.png')).subarray(0, 400)],
    ['is a JPEG that is cut off', 'image-damaged', readFileSync(join(folder, 'photo.jpg')).subarray(0, 300)],
    ['is a JPEG that claims to be huge', 'image-too-large', hugeJpeg()],
    ['is a JPEG of endless scans', 'image-damaged', endlessJpeg()],
    ['is a GIF', 'file-kind-unsupported', Buffer.from('GIF89a\x01\x00\x01\x00')],
    ['is a WebP', 'file-kind-unsupported', Buffer.from('RIFF\x00\x00\x00\x00WEBPVP8 ')],
    ['is a HEIF', 'file-kind-unsupported', Buffer.from('\x00\x00\x00\x18ftypheic\x00\x00')],
    ['is a PDF', 'file-kind-unsupported', Buffer.from('%PDF-1.7\n')],
  ];

  it.each(cases)('because it %s is refused: %s', async (_, code, bytes) => {
    const begin = performance.now();
    expect(await codeOf(bytes)).toBe(code);
    expect(performance.now() - begin).toBeLessThan(20_000);
  });

  it('keeps nothing that was packed beside the picture', async () => {
    const plain = readFileSync(join(folder, 'plain.png'));
    const profile: [string, Buffer] = ['iCCP', Buffer.concat([Buffer.from('x\0\0'), bomb])];
    const stuffed = Buffer.concat([plain.subarray(0, 33), pngOf(profile).subarray(8), plain.subarray(33)]);
    expect((await importPicture('x.png', stuffed)).text).not.toBeNull();
  });

  it('in whatever way it is damaged, is taken or refused by a name of ours', async () => {
    const codes = new Set<string>();
    for (const name of ['plain.png', 'interlaced.png', 'baseline.jpg', 'progressive.jpg']) {
      const bytes = readFileSync(join(folder, name));
      for (let at = 8; at < bytes.length; at += Math.ceil(bytes.length / 60)) {
        const damaged = Buffer.from(bytes);
        damaged[at] = (damaged[at] ?? 0) ^ 0xff;
        codes.add(await codeOf(damaged));
      }
    }
    expect([...codes].filter((code) => code === 'internal-error')).toEqual([]);
    expect(codes).toContain('image-damaged');
  });
});

/** A JPEG whose frame has 65,500 pixels each way. */
function hugeJpeg(): Buffer {
  const bytes = readFileSync(join(folder, 'baseline.jpg'));
  const frame = bytes.indexOf(Buffer.from([0xff, 0xc0]));
  bytes.writeUInt16BE(65_500, frame + 5);
  bytes.writeUInt16BE(65_500, frame + 7);
  return bytes;
}

/** A progressive JPEG whose last scan comes ten thousand times. */
function endlessJpeg(): Buffer {
  const bytes = readFileSync(join(folder, 'progressive.jpg'));
  const scan = bytes.lastIndexOf(Buffer.from([0xff, 0xda]));
  const last = bytes.subarray(scan, -2);
  return Buffer.concat([
    bytes.subarray(0, scan),
    ...Array<Buffer>(10_000).fill(last.subarray(0, 40)),
    bytes.subarray(-2),
  ]);
}
