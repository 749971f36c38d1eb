import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { homeConf } from '../unit/backend/profiles.ts';
import { zipOf } from '../unit/backend/zips.ts';
import { fixture } from '../unit/config/fixtures.ts';
import { keys } from '../unit/contract/tunnels.ts';
import { temporaryFolder } from '../unit/machine.ts';
import { Adit, buildIfMissing } from './adit.ts';

beforeAll(buildIfMissing);

const pictures = join(import.meta.dirname, '..', 'fixtures', 'qr');

/** A file of this name and these contents, in a folder of its own. */
function fileOf(name: string, contents: string | Uint8Array): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, contents);
  return path;
}

interface Report {
  readonly files: readonly {
    readonly file: string;
    readonly kind: string;
    readonly name?: string;
    readonly warnings?: readonly { readonly code: string }[];
    readonly error?: { readonly code: string };
  }[];
}

/** What became of each file, and the exit code. */
async function imported(adit: Adit, ...words: string[]): Promise<[number | null, ...string[]]> {
  const { code, stdout } = await adit.run(['import', ...words, '--json']);
  const { files } = JSON.parse(stdout) as Report;
  return [code, ...files.map(({ name, error }) => name ?? error?.code ?? '')];
}

describe('adit import of many files at once', () => {
  it('tells of each what became of it, and takes what is good', async () => {
    const adit = new Adit();
    const zip = fileOf(
      'work.zip',
      zipOf({ name: 'a.conf', contents: homeConf }, { name: 'b/bad.conf', contents: 'nonsense' }),
    );
    const { code, stdout } = await adit.run([
      'import',
      zip,
      join(pictures, 'photo.jpg'),
      join(pictures, 'no-code.jpg'),
      fileOf('home.conf', homeConf),
    ]);
    expect(code).toBe(1);
    const lines = stdout.split('\n').filter((line) => !line.startsWith(' '));
    expect(lines).toEqual([
      'a: imported',
      `${zip}/b/bad.conf: refused (line-unrecognized)`,
      'photo: imported',
      `${join(pictures, 'no-code.jpg')}: refused (qr-not-found)`,
      'home: imported',
      '3 of 5 imported.',
      '',
    ]);
    expect(readdirSync(join(adit.home, 'profiles')).sort()).toEqual(['a.conf', 'home.conf', 'photo.conf']);
  });

  it('of a .zip that zip itself made takes the files and refuses it with a link', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, '办公室.conf'), homeConf);
    const zip = (name: string, ...options: string[]): string => {
      const { status } = spawnSync('zip', ['-q', '-r', ...options, name, '.', '-x', '*.zip'], {
        cwd: folder,
      });
      expect(status).toBe(0);
      return join(folder, name);
    };
    expect(await imported(new Adit(), zip('plain.zip'))).toEqual([0, '办公室']);
    expect(await imported(new Adit(), zip('stored.zip', '-0'))).toEqual([0, '办公室']);
    expect(await imported(new Adit(), zip('locked.zip', '-P', 'secret'))).toEqual([1, 'archive-encrypted']);
    symlinkSync('/etc/hostname', join(folder, 'link.conf'));
    expect(await imported(new Adit(), zip('linked.zip', '-y'))).toEqual([1, 'archive-link']);
  });

  it('is the same by path as what wg and kgctl print, whatever the file is called', async () => {
    const adit = new Adit();
    const kilo = fileOf('kilo', fixture('codes/interface-missing.conf'));
    const shown = fileOf('node.log', fixture('seeds/004-node-wg-show.conf'));
    expect(await imported(adit, kilo, shown)).toEqual([0, 'kilo', 'node.log']);
    const { stdout } = await adit.run([
      'import',
      fileOf('again.conf', fixture('codes/interface-missing.conf')),
    ]);
    expect(stdout).toContain('There is no [Interface] section, as in what kgctl prints for a peer.');
  });
});

describe('adit import --private-key --address', () => {
  it('makes a profile of what kgctl prints', async () => {
    const adit = new Adit();
    const key = fileOf('key', `${keys.private}\n`);
    const kilo = fileOf('kilo.conf', fixture('codes/interface-missing.conf'));
    await adit.json('import', kilo, '--private-key', key, '--address', '10.5.0.1/32');
    expect(await adit.json('show', 'kilo')).toMatchObject({
      publicKey: keys.public,
      addresses: ['10.5.0.1/32'],
      errors: 0,
    });
  });

  it('leave alone what a file says itself', async () => {
    const adit = new Adit();
    const key = fileOf('key', keys.other);
    await adit.json(
      'import',
      fileOf('home.conf', homeConf),
      '--private-key',
      key,
      '--address',
      '10.5.0.1/32',
    );
    expect(readFileSync(join(adit.home, 'profiles', 'home.conf'), 'utf8')).toBe(homeConf);
  });

  it('are refused where they are neither', async () => {
    const adit = new Adit();
    const home = fileOf('home.conf', homeConf);
    for (const [code, ...words] of [
      ['file-not-found', '--private-key', '/nonexistent'],
      ['key-malformed', '--private-key', home],
      ['address-malformed', '--address', '10.5.0.1/32#'],
    ] as const)
      expect((await adit.fault(['import', home, ...words])).code).toBe(code);
    expect(await adit.json('list')).toEqual({ profiles: [] });
  });
});

describe('adit import --repair', () => {
  const damaged = homeConf.replace('Home, by hand', 'å®¶');

  it('restores what was damaged, which is offered where it is not asked for', async () => {
    const adit = new Adit();
    const path = fileOf('home.conf', damaged);
    expect(await adit.json('import', path)).toMatchObject({ files: [{ warnings: [{ code: 'mojibake' }] }] });
    await adit.json('remove', 'home');
    expect(await adit.json('import', path, '--repair')).toMatchObject({ files: [{ warnings: [] }] });
    expect((await adit.run(['export', 'home'])).stdout).toBe(homeConf.replace('Home, by hand', '家'));
  });
});

describe('adit import of Peers as kgctl prints them', () => {
  const peer = (name: string, endpoint: string): string =>
    [
      'apiVersion: kilo.squat.ai/v1alpha1',
      'kind: Peer',
      `metadata: {name: ${name}}`,
      `spec: {allowedIPs: [10.5.0.1/32], ${endpoint}, persistentKeepalive: 25000000000, publicKey: ${keys.peer}}`,
      '',
    ].join('\n');

  it('makes a profile of them, and says what kgctl has left out', async () => {
    const adit = new Adit();
    const path = fileOf(
      'cloud.yaml',
      peer('first', 'endpoint: {dnsOrIP: {dns: "51820", ip: <nil>}, port: 51820}'),
    );
    const { files } = (await adit.json('import', path, '--address', '10.5.0.9')) as Report;
    expect(files).toMatchObject([
      {
        kind: 'imported',
        name: 'cloud',
        warnings: [{ code: 'peer-endpoint-lost' }, { code: 'private-key-missing' }],
      },
    ]);
    const { stdout } = await adit.run(['show', 'cloud']);
    for (const line of [
      '# Name = first',
      'AllowedIPs = 10.5.0.1/32',
      'PersistentKeepalive = 25',
      'Address = 10.5.0.9',
    ])
      expect(stdout).toContain(`${line}\n`);
  });

  it('refuses the flat Peer of a seed with its cure, and YAML that is none', async () => {
    const flat = fileOf('flat.yaml', peer('goblin', 'endpoint: {dns: goblin.lqingcloud.cn, port: 51820}'));
    const broken = fileOf('broken.yaml', `${peer('first', 'x: 1')}]`);
    const adit = new Adit();
    const { code, stdout } = await adit.run(['import', flat, broken]);
    expect(code).toBe(1);
    expect(stdout).toContain('{"dnsOrIP":{"dns":"goblin.lqingcloud.cn"},"port":51820}');
    expect(stdout).toContain('broken.yaml: refused (cluster-file-malformed)');
  });
});
