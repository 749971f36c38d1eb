import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { homeConf, confWith } from '../unit/backend/profiles.ts';
import { fixture } from '../unit/config/fixtures.ts';
import { keys } from '../unit/contract/tunnels.ts';
import { temporaryFolder } from '../unit/machine.ts';
import { Adit, aditProgram, buildIfMissing } from './adit.ts';

beforeAll(buildIfMissing);

/** A file of this name and these contents, in a folder of its own. */
function fileOf(name: string, contents: string | Uint8Array): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, contents);
  return path;
}

async function aditWith(...names: string[]): Promise<Adit> {
  const adit = new Adit();
  const folder = temporaryFolder();
  for (const name of names) writeFileSync(join(folder, `${name}.conf`), homeConf);
  await adit.json('import', folder);
  return adit;
}

describe('adit import', () => {
  it('takes files and folders, and tells of each what became of it', async () => {
    const adit = new Adit();
    const folder = temporaryFolder();
    for (const name of ['office', 'aws']) writeFileSync(join(folder, `${name}.conf`), homeConf);
    writeFileSync(join(folder, 'notes.txt'), 'not a configuration');
    const home = fileOf('home.conf', homeConf);
    expect(await adit.json('import', home, folder)).toEqual({
      files: [
        { kind: 'imported', file: home, name: 'home', interface: 'home', warnings: [] },
        { kind: 'imported', file: join(folder, 'aws.conf'), name: 'aws', interface: 'aws', warnings: [] },
        {
          kind: 'imported',
          file: join(folder, 'office.conf'),
          name: 'office',
          interface: 'office',
          warnings: [],
        },
      ],
    });
  });

  it('keeps profiles for their owner alone, with the bytes of the file', async () => {
    const adit = await aditWith('home');
    const path = join(adit.home, 'profiles', 'home.conf');
    expect(readFileSync(path, 'utf8')).toBe(homeConf);
    expect([adit.home, join(adit.home, 'profiles'), path].map((at) => statSync(at).mode & 0o777)).toEqual([
      0o700, 0o700, 0o600,
    ]);
  });

  it('keeps what is good of many, and ends with 1 where something is not', async () => {
    const adit = new Adit();
    const good = fileOf('good.conf', homeConf);
    const bad = fileOf('bad.conf', 'nonsense');
    const { code, stdout } = await adit.run(['import', bad, good, '--json']);
    expect(code).toBe(1);
    const report = JSON.parse(stdout) as { files: { kind: string }[]; error: { code: string } };
    expect(report.files.map(({ kind }) => kind)).toEqual(['refused', 'imported']);
    expect(report.error.code).toBe('line-unrecognized');
    expect(readdirSync(join(adit.home, 'profiles'))).toEqual(['good.conf']);
    const { stdout: words } = await adit.run(['import', bad, good]);
    expect(words).toContain(`${bad}: refused (line-unrecognized)`);
    expect(words).toContain('0 of 2 imported.');
  });

  it('takes the seeds’ own files where they are whole, and says what they lack where not', async () => {
    const adit = new Adit();
    const outcomes: Record<string, string> = {};
    for (const name of ['002-laptop', '002-azure-server', '000-home-full-tunnel', '001-host-a']) {
      const { stdout } = await adit.run([
        'import',
        fileOf(`${name}.conf`, fixture(`seeds/${name}.conf`)),
        '--json',
      ]);
      const { files } = JSON.parse(stdout) as { files: { kind: string; error?: { code: string } }[] };
      outcomes[name] = files.map(({ kind, error }) => error?.code ?? kind).join();
    }
    expect(outcomes).toEqual({
      '002-laptop': 'imported',
      '002-azure-server': 'imported',
      '000-home-full-tunnel': 'key-placeholder',
      '001-host-a': 'key-placeholder',
    });
  });
});

describe('adit list', () => {
  it('says that there is none', async () => {
    const { code, stdout } = await new Adit().run(['list']);
    expect([code, stdout]).toEqual([0, 'No profile is kept yet. "adit import FILE" takes one in.\n']);
    expect(await new Adit().json('list')).toEqual({ profiles: [] });
  });

  it('shows them in a table, and whole in JSON, without secrets', async () => {
    const adit = await aditWith('home', 'node10', 'node9', '我的家');
    const { stdout } = await adit.run(['list']);
    expect(stdout.split('\n')[0]).toMatch(/^NAME +LABEL +INTERFACE +ADDRESSES +PEERS$/);
    expect(
      stdout
        .split('\n')
        .slice(1, -1)
        .map((line) => line.split(/\s+/)[0]),
    ).toEqual(['home', 'node9', 'node10', '我的家']);
    const json = JSON.stringify(await adit.json('list'));
    expect(json).toContain(keys.public);
    expect(json + stdout).not.toContain(keys.private);
    expect(json + stdout).not.toContain(keys.preshared);
  });
});

describe('adit show', () => {
  it('shows a profile with its secret keys hidden, and all else as it is', async () => {
    const adit = await aditWith('home');
    const hidden = homeConf.replace(keys.private, '(hidden)').replace(keys.preshared, '(hidden)');
    expect((await adit.run(['show', 'home'])).stdout).toBe(hidden);
    expect(await adit.json('show', 'home')).toMatchObject({ name: 'home', label: 'Zuhause', text: hidden });
  });

  it('shows them where they are to be revealed', async () => {
    const adit = await aditWith('home');
    expect((await adit.run(['show', 'home', '--reveal'])).stdout).toBe(homeConf);
    expect(await adit.json('show', 'home', '--reveal')).toMatchObject({ text: homeConf });
  });

  it('hides keys however they are spelled, commented out or broken', async () => {
    const adit = new Adit();
    const text = `${confWith(`#PrivateKey=${keys.other}`)}# presharedkey : ${keys.other.slice(0, 43)}\n`;
    await adit.json('import', fileOf('home.conf', text));
    const { stdout } = await adit.run(['show', 'home']);
    for (const secret of [keys.private, keys.preshared, keys.other.slice(0, 43)])
      expect(stdout).not.toContain(secret);
  });

  it('takes the name of the interface too', async () => {
    const adit = await aditWith('我的家');
    const { profiles } = (await adit.json('list')) as { profiles: { interface: string }[] };
    expect(await adit.json('show', profiles[0]?.interface ?? '')).toMatchObject({ name: '我的家' });
  });
});

describe('adit export', () => {
  it('gives back the bytes', async () => {
    const adit = new Adit();
    const texts = { plain: homeConf, crlf: homeConf.replaceAll('\n', '\r\n'), open: homeConf.trimEnd() };
    for (const [name, text] of Object.entries(texts)) {
      await adit.json('import', fileOf(`${name}.conf`, text));
      expect((await adit.run(['export', name])).stdout, name).toBe(text);
      expect(await adit.json('export', name)).toEqual({ profiles: [{ name, text }] });
    }
  });

  it('gives back the bytes of a file that is not in UTF-8', async () => {
    const adit = new Adit();
    const bytes = Buffer.from(homeConf.replace('by hand', 'für mich'), 'latin1');
    await adit.json('import', fileOf('latin.conf', bytes));
    const { stdout } = spawnSync(process.execPath, [aditProgram, 'export', 'latin'], {
      env: { ADIT_HOME: adit.home },
    });
    expect(stdout.equals(bytes)).toBe(true);
    expect(await adit.json('export', 'latin')).toEqual({
      profiles: [{ name: 'latin', text: bytes.toString('latin1') }],
    });
  });

  it('gives several one after the other', async () => {
    const adit = await aditWith('home', 'office');
    expect((await adit.run(['export', 'office', 'home'])).stdout).toBe(`${homeConf}\n${homeConf}`);
  });

  it('gives nothing where one of them is not there', async () => {
    const adit = await aditWith('home');
    expect((await adit.fault(['export', 'home', 'none'])).code).toBe('profile-not-found');
    expect((await adit.run(['export', 'home', 'none'])).stdout).toBe('');
  });
});

describe('adit rename and adit remove', () => {
  it('do what they say', async () => {
    const adit = await aditWith('home');
    expect(await adit.json('rename', 'home', '我的家')).toEqual({
      name: '我的家',
      interface: expect.stringMatching(/^adit-[0-9a-f]{6}$/) as string,
    });
    expect((await adit.run(['export', '我的家'])).stdout).toBe(homeConf);
    expect(await adit.json('remove', '我的家')).toEqual({ removed: '我的家' });
    expect(await adit.json('list')).toEqual({ profiles: [] });
  });

  it('take nobody’s place, and no name that is none', async () => {
    const adit = await aditWith('home', 'office');
    expect((await adit.fault(['rename', 'home', 'office'])).code).toBe('profile-exists');
    for (const name of ['', '../x', 'x'.repeat(300), '家'.repeat(300)])
      expect((await adit.fault(['rename', 'home', name])).code, name).toBe('profile-name-invalid');
    expect(readdirSync(join(adit.home, 'profiles'))).toEqual(['home.conf', 'office.conf']);
  });

  it('and every other command say that there is no such profile', async () => {
    const adit = await aditWith('home');
    for (const words of [
      ['show', 'x'],
      ['export', 'x'],
      ['rename', 'x', 'y'],
      ['remove', 'x'],
      ['up', 'x'],
    ]) {
      const { code, hint } = await adit.fault(words);
      expect([words, code, hint]).toEqual([words, 'profile-not-found', 'There are: home.']);
    }
  });
});

describe('adit format', () => {
  it('prints the canonical form, comments in their places, and leaves the file alone', async () => {
    const rough = '[interface]\nprivatekey=' + keys.private + ' # mine\naddress=10.0.0.1/24\n';
    const path = fileOf('home.conf', rough);
    const { code, stdout } = await new Adit().run(['format', path]);
    expect(code).toBe(0);
    expect(stdout).toContain('[Interface]\n');
    expect(stdout).toMatch(/^PrivateKey = .* # mine$/m);
    expect(readFileSync(path, 'utf8')).toBe(rough);
    expect(await new Adit().json('format', path)).toEqual({ text: stdout });
    const again = fileOf('home.conf', stdout);
    expect((await new Adit().run(['format', again])).stdout).toBe(stdout);
  });
});

describe('where the profiles are', () => {
  it('is the XDG configuration folder, or .config in the home of the user', async () => {
    const adit = new Adit();
    const xdg = temporaryFolder();
    const home = temporaryFolder();
    const path = fileOf('home.conf', homeConf);
    await adit.run(['import', path], { environment: { ADIT_HOME: '', XDG_CONFIG_HOME: xdg } });
    await adit.run(['import', path], { environment: { ADIT_HOME: '', HOME: home } });
    expect(readdirSync(join(xdg, 'adit', 'profiles'))).toEqual(['home.conf']);
    expect(readdirSync(join(home, '.config', 'adit', 'profiles'))).toEqual(['home.conf']);
  });

  it('does not depend on where the command is given', async () => {
    const adit = new Adit();
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'below'));
    writeFileSync(join(folder, 'home.conf'), homeConf);
    expect((await adit.run(['import', '../home.conf'], { cwd: join(folder, 'below') })).code).toBe(0);
    expect((await adit.run(['list'], { cwd: folder })).stdout).toContain('home');
  });
});
