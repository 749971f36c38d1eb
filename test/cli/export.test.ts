import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import jsqr from 'jsqr';
import { PNG } from 'pngjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { confWith, homeConf } from '../unit/backend/profiles.ts';
import { keys } from '../unit/contract/tunnels.ts';
import { temporaryFolder } from '../unit/machine.ts';
import { Adit, aditProgram, buildIfMissing } from './adit.ts';

beforeAll(buildIfMissing);

async function aditWith(texts: Readonly<Record<string, string | Buffer>>): Promise<Adit> {
  const adit = new Adit();
  const folder = temporaryFolder();
  for (const [name, text] of Object.entries(texts)) writeFileSync(join(folder, `${name}.conf`), text);
  await adit.json('import', folder);
  return adit;
}

/** A profile with what only Linux knows. */
const linuxConf = confWith('PostUp = ip rule add from 10.200.200.11 # why\nTable = off\nFwMark = 0xca6c');

/** The text of the code in a picture, as another reader than ours finds it. */
function readByOther({ width, height, data }: Pick<PNG, 'width' | 'height' | 'data'>): string {
  // Its types do not say that CommonJS gives the function twice.
  const read = (jsqr as unknown as { default: typeof jsqr }).default;
  const code = read(new Uint8ClampedArray(data), width, height);
  return code === null ? 'nothing' : Buffer.from(code.binaryData).toString();
}

/** What a terminal shows of block characters, as a picture. */
function pictureOf(blocks: string): PNG {
  const lines = blocks.trimEnd().split('\n');
  const scale = 4;
  const [columns, rows] = [Math.max(...lines.map((line) => line.length)), lines.length * 2];
  const png = new PNG({ width: columns * scale, height: rows * scale });
  for (let y = 0; y < png.height; y += 1) {
    for (let x = 0; x < png.width; x += 1) {
      const row = Math.floor(y / scale);
      const block = lines[row >> 1]?.[Math.floor(x / scale)] ?? ' ';
      const isDark = (row % 2 === 0 ? '█▀' : '█▄').includes(block);
      png.data.set(isDark ? [0, 0, 0, 255] : [255, 255, 255, 255], (y * png.width + x) * 4);
    }
  }
  return png;
}

describe('adit export --as wg', () => {
  it('is what wg-quick strip prints', async () => {
    const adit = await aditWith({ home: linuxConf });
    const stripped = spawnSync('wg-quick', ['strip', join(adit.home, 'profiles', 'home.conf')], {
      encoding: 'utf8',
    });
    expect(stripped.status).toBe(0);
    expect((await adit.run(['export', 'home', '--as', 'wg'])).stdout).toBe(stripped.stdout);
    expect(await adit.json('export', 'home', '--as', 'wg')).toEqual({
      profiles: [{ name: 'home', text: stripped.stdout }],
    });
  });
});

describe('adit export --as windows and --as apple', () => {
  it.each([
    ['windows', ['PostUp', 'FwMark']],
    ['apple', ['PostUp', 'Table', 'FwMark']],
  ])('%s loses %j, and says so', async (form, lost) => {
    const adit = await aditWith({ home: linuxConf });
    const { code, stdout, stderr } = await adit.run(['export', 'home', '--as', form]);
    const { profiles } = (await adit.json('export', 'home', '--as', form)) as {
      profiles: { name: string; text: string; dropped: { line: number; key: string; message: string }[] }[];
    };
    expect(code).toBe(0);
    expect(profiles.map(({ text }) => text)).toEqual([stdout]);
    expect(profiles[0]?.dropped.map(({ key }) => key)).toEqual(lost);
    for (const { line, key, message } of profiles[0]?.dropped ?? []) {
      expect(linuxConf.split('\n')[line - 1]).toContain(key);
      expect(stderr).toContain(`adit: home, line ${line}: ${key} was left out. ${message}\n`);
      expect(stdout).not.toContain(key);
    }
    expect(stdout).toContain(keys.private);
  });

  it('leave alone what loses nothing, to the byte', async () => {
    const adit = await aditWith({ home: homeConf });
    for (const form of ['windows', 'apple']) {
      expect(await adit.run(['export', 'home', '--as', form])).toEqual({
        code: 0,
        stdout: homeConf,
        stderr: '',
      });
      expect(await adit.json('export', 'home', '--as', form)).toEqual({
        profiles: [{ name: 'home', text: homeConf, dropped: [] }],
      });
    }
  });

  it('refuse a profile that the other program would refuse', async () => {
    const adit = await aditWith({ bare: homeConf.replace(/PrivateKey.*\n/, '') });
    for (const form of ['windows', 'apple', 'qr'])
      expect((await adit.fault(['export', 'bare', '--as', form])).code).toBe('private-key-missing');
  });
});

describe('adit export --as qr', () => {
  it('shows a code that another reader reads, in blocks and in JSON', async () => {
    const adit = await aditWith({ home: homeConf });
    const { stdout } = await adit.run(['export', 'home', '--as', 'qr']);
    expect(readByOther(pictureOf(stdout))).toBe(homeConf);
    const { profiles } = (await adit.json('export', 'home', '--as', 'qr')) as { profiles: { qr: string }[] };
    expect(profiles.map(({ qr }) => `${qr}\n`)).toEqual([stdout]);
  });

  it('writes it as PNG and SVG, for its owner alone', async () => {
    const adit = await aditWith({ home: homeConf });
    const folder = temporaryFolder();
    const [png, svg] = [join(folder, 'home.png'), join(folder, 'home.SVG')];
    expect((await adit.run(['export', 'home', '--as', 'qr', '-o', png])).stdout).toBe(`Written to ${png}.\n`);
    expect(await adit.json('export', 'home', '--as', 'qr', '--output', svg)).toMatchObject({ output: svg });
    expect(readByOther(PNG.sync.read(readFileSync(png)))).toBe(homeConf);
    expect(readFileSync(svg, 'utf8')).toMatch(/^<svg [^]*<\/svg>\n$/);
    for (const path of [png, svg]) expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('gives a code that is imported again as it was', async () => {
    const adit = await aditWith({ home: homeConf });
    const picture = join(temporaryFolder(), 'phone.png');
    await adit.json('export', 'home', '--as', 'qr', '-o', picture);
    await adit.json('import', picture);
    expect((await adit.run(['export', 'phone'])).stdout).toBe(homeConf);
  });

  it('leaves out what a telephone would refuse, and says so', async () => {
    const adit = await aditWith({ home: linuxConf });
    const { stdout, stderr } = await adit.run(['export', 'home', '--as', 'qr']);
    expect(readByOther(pictureOf(stdout))).not.toContain('PostUp');
    expect(stderr).toContain('PostUp was left out.');
  });

  it('refuses what a code cannot hold', async () => {
    const fits = `${homeConf}#`;
    const adit = await aditWith({
      fits: fits.padEnd(2953, 'x'),
      large: fits.padEnd(2954, 'x'),
    });
    expect((await adit.run(['export', 'fits', '--as', 'qr'])).code).toBe(0);
    expect((await adit.fault(['export', 'large', '--as', 'qr'])).code).toBe('qr-too-large');
  });

  it('puts one code into one file, of a kind it knows', async () => {
    const adit = await aditWith({ home: homeConf, office: homeConf });
    const at = (name: string): string => join(temporaryFolder(), name);
    for (const words of [
      ['home', 'office', '-o', at('x.png')],
      ['home', '-o', at('x.gif')],
    ])
      expect((await adit.fault(['export', '--as', 'qr', ...words])).code).toBe('wrong-usage');
  });
});

describe('adit export --as zip', () => {
  const latin = Buffer.from(homeConf.replace('by hand', 'für mich'), 'latin1');

  it('holds the files to the byte, for their owner alone once they are unpacked', async () => {
    const adit = await aditWith({ home: homeConf, 办公室: linuxConf, latin });
    const folder = temporaryFolder();
    const path = join(folder, 'all.zip');
    expect(await adit.json('export', '--as', 'zip', '-o', path)).toMatchObject({
      profiles: [{ name: 'home' }, { name: 'latin' }, { name: '办公室' }],
      output: path,
    });
    expect(spawnSync('unzip', ['-q', path, '-d', folder], { env: { LC_ALL: 'C.UTF-8' } }).status).toBe(0);
    for (const [name, bytes] of Object.entries({ home: homeConf, 办公室: linuxConf, latin })) {
      const unpacked = join(folder, `${name}.conf`);
      expect(readFileSync(unpacked)).toEqual(Buffer.from(bytes as string));
      expect(statSync(unpacked).mode & 0o777).toBe(0o600);
    }
  });

  it('is taken in again by another user as it was', async () => {
    const adit = await aditWith({ home: homeConf, 办公室: linuxConf });
    const path = join(temporaryFolder(), 'all.zip');
    const { status, stdout } = spawnSync(process.execPath, [aditProgram, 'export', '办公室', '--as', 'zip'], {
      env: { ADIT_HOME: adit.home },
    });
    writeFileSync(path, stdout);
    const other = new Adit();
    expect(status).toBe(0);
    expect(await other.json('import', path)).toMatchObject({
      files: [{ kind: 'imported', file: `${path}/办公室.conf`, name: '办公室' }],
    });
    expect((await other.run(['export', '办公室'])).stdout).toBe(linuxConf);
  });

  it('is in JSON where it is not in a file', async () => {
    const adit = await aditWith({ home: homeConf });
    const { profiles, zip } = (await adit.json('export', 'home', '--as', 'zip')) as {
      profiles: unknown;
      zip: string;
    };
    expect(profiles).toEqual([{ name: 'home', text: homeConf }]);
    expect(Buffer.from(zip, 'base64').subarray(0, 4).toString()).toBe('PK\u0003\u0004');
  });

  it('takes a name that would be a path elsewhere', async () => {
    const adit = await aditWith({ 'C:x': homeConf });
    const path = join(temporaryFolder(), 'all.zip');
    await adit.json('export', 'C:x', '--as', 'zip', '-o', path);
    expect(await adit.json('import', path)).toMatchObject({ files: [{ kind: 'imported', name: 'C_x' }] });
  });

  it('is not printed to a terminal', async () => {
    const adit = await aditWith({ home: homeConf });
    const command = `ADIT_HOME='${adit.home}' '${process.execPath}' '${aditProgram}' export --as zip`;
    const { status, stdout } = spawnSync('script', ['-qec', command, '/dev/null'], { encoding: 'utf8' });
    expect([status, stdout.includes('(output-is-terminal)'), stdout.includes('PK')]).toEqual([
      1,
      true,
      false,
    ]);
  });
});

describe('adit export --output', () => {
  it('overwrites nothing, and says where nothing can be written', async () => {
    const adit = await aditWith({ home: homeConf });
    const folder = temporaryFolder();
    const taken = join(folder, 'taken.conf');
    writeFileSync(taken, 'mine');
    expect((await adit.fault(['export', 'home', '-o', taken])).code).toBe('output-exists');
    expect(readFileSync(taken, 'utf8')).toBe('mine');
    const nowhere = join(folder, 'none', 'x.conf');
    expect((await adit.fault(['export', 'home', '-o', nowhere])).code).toBe('output-unwritable');
    expect(existsSync(nowhere)).toBe(false);
  });

  it('with a dash prints it', async () => {
    const adit = await aditWith({ home: homeConf });
    expect((await adit.run(['export', 'home', '-o', '-'])).stdout).toBe(homeConf);
  });

  it('gives the file as it is kept', async () => {
    const adit = await aditWith({ home: homeConf });
    const path = join(temporaryFolder(), 'home.conf');
    await adit.json('export', 'home', '-o', path);
    expect(readFileSync(path, 'utf8')).toBe(homeConf);
  });
});

describe('adit export of what is not there', () => {
  it('says which form there is not, and that a name is missing', async () => {
    const adit = await aditWith({ home: homeConf });
    expect((await adit.fault(['export', 'home', '--as', 'pdf'])).code).toBe('wrong-usage');
    expect((await adit.fault(['export'])).code).toBe('wrong-usage');
    expect((await adit.fault(['export', '--as', 'wg'])).code).toBe('wrong-usage');
    expect((await adit.fault(['export', 'none', '--as', 'zip'])).code).toBe('profile-not-found');
    expect((await new Adit().fault(['export', '--as', 'zip'])).code).toBe('profile-not-found');
  });
});
