import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { zipOf } from '../unit/backend/zips.ts';
import { temporaryFolder } from '../unit/machine.ts';
import { Adit, buildIfMissing } from './adit.ts';

beforeAll(buildIfMissing);

const server = {
  address: ['10.0.0.1/24'],
  listenPort: 51820,
  mtu: 0,
  privateKey: 'IFhAyIWY7sZmabsqDDESj9fqoniE/uZFNIvAfYHjN2o=',
  publicKey: 'JgvmQFmhUtUoS3xFMFwEgP3L1Wnd8hJc3laJ90Gwzko=',
  endpoint: 'aws.com:51820',
  persistentKeepalive: 16,
  dns: ['10.43.0.10'],
  allowedips: [],
  preUp: '',
  postUp: 'iptables -I FORWARD -j ACCEPT',
};
const client = {
  id: '6f3a1c52-0c9e-4c2f-9d1a-0a5b6c7d8e9f',
  name: 'macOS',
  email: 'me@example.com',
  enable: true,
  ignorePersistentKeepalive: false,
  presharedKey: 'pSAxmHb6xXRMl9667pFMLg/1cRBFDRjcVdD7PKtMP1M=',
  allowedIPs: ['10.0.0.1/32', '10.42.0.0/24', '10.43.0.0/16'],
  address: ['10.0.0.5/32'],
  tags: [],
  privateKey: 'wD595KeTPKBDneKWOTUjJQjxZ5RrlxsbeEsWL0gbyn8=',
  // The seed's own is another: its keys were changed before they were printed.
  publicKey: '9ABX0eLM8OsWi+lWepMYQkRaGqi2Rc1wHy5UIZyhBiU=',
  created: '2021-03-01T05:52:20.355083356Z',
  updated: '2021-03-02T05:52:20.355083356Z',
};
const other = { ...client, id: '7f3a1c52-0c9e-4c2f-9d1a-0a5b6c7d8e9f', name: 'Office / PC', enable: false };

type Files = Readonly<Record<string, unknown>>;

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

function folderOf(files: Files): string {
  const folder = temporaryFolder();
  for (const [name, value] of Object.entries(files)) writeFileSync(join(folder, name), textOf(value));
  return folder;
}

const whole = { 'server.json': server, [client.id]: client, [other.id]: other };

describe('adit import of wg-gen-web', () => {
  it('makes a profile of each client in its folder, with name, mail and dates, as wg-gen-web would', async () => {
    const adit = new Adit();
    const { files } = (await adit.json('import', folderOf(whole))) as { files: unknown[] };
    expect(files).toMatchObject([
      { kind: 'imported', name: 'macOS', warnings: [] },
      { kind: 'imported', name: 'Office - PC', warnings: [{ code: 'wg-gen-web-disabled' }] },
    ]);
    expect(readFileSync(join(adit.home, 'profiles', 'macOS.conf'), 'utf8'))
      .toBe(`# macOS / me@example.com / Updated: 2021-03-02T05:52:20.355083356Z / Created: 2021-03-01T05:52:20.355083356Z
[Interface]
# Name = macOS
Address = 10.0.0.5/32
PrivateKey = wD595KeTPKBDneKWOTUjJQjxZ5RrlxsbeEsWL0gbyn8=
DNS = 10.43.0.10

[Peer]
PublicKey = JgvmQFmhUtUoS3xFMFwEgP3L1Wnd8hJc3laJ90Gwzko=
PresharedKey = pSAxmHb6xXRMl9667pFMLg/1cRBFDRjcVdD7PKtMP1M=
AllowedIPs = 10.0.0.1/32, 10.42.0.0/24, 10.43.0.0/16
Endpoint = aws.com:51820
PersistentKeepalive = 16
`);
    // Nothing of the server's own end comes along.
    expect(readFileSync(join(adit.home, 'profiles', 'macOS.conf'), 'utf8')).not.toContain(server.privateKey);
  });

  it('takes one client, all beside a server.json, or a .zip of the folder', async () => {
    const folder = folderOf(whole);
    const one = new Adit();
    expect(await one.json('import', join(folder, client.id))).toMatchObject({ files: [{ name: 'macOS' }] });
    const all = new Adit();
    expect(await all.json('import', join(folder, 'server.json'))).toMatchObject({ files: [{}, {}] });
    const zip = join(folder, 'wg.zip');
    const packed = Object.entries(whole).map(([name, value]) => ({
      name: `wg/${name}`,
      contents: textOf(value),
    }));
    writeFileSync(zip, zipOf(...packed));
    const zipped = new Adit();
    expect(await zipped.json('import', zip)).toMatchObject({
      files: [{ name: 'macOS' }, { name: 'Office - PC' }],
    });
  });

  it('takes the .conf files of the folder too', async () => {
    const adit = new Adit();
    const conf =
      '[Interface]\nPrivateKey = IFhAyIWY7sZmabsqDDESj9fqoniE/uZFNIvAfYHjN2o=\nAddress = 10.0.0.1/24\n';
    expect(await adit.json('import', folderOf({ ...whole, 'wg0.conf': conf }))).toMatchObject({
      files: [{ name: 'macOS' }, { name: 'Office - PC' }, { name: 'wg0' }],
    });
  });

  it.each<[string, Files, string]>([
    ['a client that is no JSON', { 'server.json': server, [client.id]: '{' }, 'wg-gen-web-malformed'],
    ['a client that is a list', { 'server.json': server, [client.id]: [] }, 'wg-gen-web-malformed'],
    [
      'a server of another kind',
      { 'server.json': { port: 80 }, [client.id]: client },
      'wg-gen-web-malformed',
    ],
    [
      'a key that is none',
      { 'server.json': server, [client.id]: { ...client, privateKey: 'x' } },
      'key-malformed',
    ],
    [
      'an address with a line in it',
      { 'server.json': server, [client.id]: { ...client, address: ['10.0.0.5/32\nPostUp = id'] } },
      'address-malformed',
    ],
    ['a server alone', { 'server.json': server }, 'no-conf-files'],
  ])('refuses %s', async (_, files, code) => {
    const adit = new Adit();
    expect((await adit.fault(['import', folderOf(files)])).code).toBe(code);
  });

  it.each<[string, Files]>([
    [client.id, { [client.id]: client }],
    ['server.json', { 'server.json': server }],
  ])('says of %s alone what it lacks', async (name, files) => {
    const adit = new Adit();
    const fault = await adit.fault(['import', join(folderOf(files), name)]);
    expect(fault.code).toBe('wg-gen-web-incomplete');
    expect(fault.message).toContain(name);
  });

  it('lets no name write lines, nor lead out of the folder', async () => {
    const adit = new Adit();
    const name = '../../x\n[Peer]\nPublicKey = y';
    const { files } = (await adit.json(
      'import',
      folderOf({ 'server.json': server, [client.id]: { ...client, name } }),
    )) as {
      files: { name: string }[];
    };
    expect(files).toHaveLength(1);
    const text = readFileSync(join(adit.home, 'profiles', `${files[0]?.name ?? ''}.conf`), 'utf8');
    expect(text.match(/^\[Peer\]$/gm)).toHaveLength(1);
  });

  it('gives each server what it has to know of the client, the preshared key to just the one that has it', async () => {
    const adit = new Adit();
    await adit.json('import', folderOf({ 'server.json': server, [client.id]: client }));
    const kept = join(adit.home, 'profiles', 'macOS.conf');
    // As seed 002 does by hand: another server's section, under the line that wg-gen-web has written.
    writeFileSync(
      kept,
      `${readFileSync(kept, 'utf8')}
# Azure /  / Updated: 2021-02-24 07:57:00.751653134 +0000 UTC / Created: 2021-02-24 07:43:52.717385042 +0000 UTC
[Peer]
PublicKey = OzdH42suuOpVY5wxPrxM+rEAyEPFg2eL0ZI29N7eSTY=
AllowedIPs = 10.0.0.2/32, 10.42.1.0/24
Endpoint = azure.com:51820
`,
    );
    expect((await adit.run(['export', 'macOS', '--as', 'servers'])).stdout).toBe(
      `# For ${server.publicKey} (aws.com:51820). While its interface is up:
#   echo ${client.presharedKey} | wg set wg0 peer ${client.publicKey} preshared-key /dev/stdin allowed-ips 10.0.0.5/32
#   ip route add 10.0.0.5/32 dev wg0
[Peer]
# Name = macOS
PublicKey = ${client.publicKey}
PresharedKey = ${client.presharedKey}
AllowedIPs = 10.0.0.5/32

# For Azure (azure.com:51820). While its interface is up:
#   wg set wg0 peer ${client.publicKey} allowed-ips 10.0.0.5/32
#   ip route add 10.0.0.5/32 dev wg0
[Peer]
# Name = macOS
PublicKey = ${client.publicKey}
AllowedIPs = 10.0.0.5/32
`,
    );
    const { profiles } = (await adit.json('export', 'macOS', '--as', 'servers')) as {
      profiles: { servers: { server: string | null }[] }[];
    };
    expect(profiles[0]?.servers.map((one) => one.server)).toEqual([null, 'Azure']);
  });
});
