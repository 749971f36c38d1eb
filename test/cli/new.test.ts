import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { publicKeyOf } from '../../shared/config/index.ts';
import { keys } from '../unit/contract/tunnels.ts';
import { temporaryFolder } from '../unit/machine.ts';
import { Adit, buildIfMissing } from './adit.ts';

beforeAll(buildIfMissing);

const relay = ['--endpoint', 'vpn.example.com:51820', '--peer-key', keys.peer];
const home = ['new', 'home', '--address', '10.200.200.11/24', ...relay];

/** What `adit new --json` prints. */
interface Made {
  readonly name: string;
  readonly interface: string;
  readonly publicKey: string;
  readonly warnings: readonly { readonly code: string }[];
  readonly farSide: {
    readonly peerSection: string;
    readonly wgSet: string;
    readonly presharedKey: string | null;
    readonly allowedIps: readonly string[];
    readonly commands: readonly string[];
  };
  readonly thisSide: { readonly commands: readonly string[] };
}

function textOf(adit: Adit, name: string): string {
  return readFileSync(join(adit.home, 'profiles', `${name}.conf`), 'utf8');
}

function privateKeyIn(text: string): string {
  return /^PrivateKey = (\S+)$/m.exec(text)?.[1] ?? '';
}

function kept(adit: Adit): string[] {
  const folder = join(adit.home, 'profiles');
  return existsSync(folder) ? readdirSync(folder) : [];
}

describe('adit new', () => {
  it('makes keys and a profile for their owner alone, as good as an imported one', async () => {
    const adit = new Adit();
    const made = (await adit.json(...home)) as Made;
    const text = textOf(adit, 'home');
    expect(text).toBe(`[Interface]
PrivateKey = ${privateKeyIn(text)}
Address = 10.200.200.11/24

[Peer]
PublicKey = ${keys.peer}
AllowedIPs = 10.200.200.0/24
Endpoint = vpn.example.com:51820
PersistentKeepalive = 25
`);
    expect(publicKeyOf(privateKeyIn(text))).toBe(made.publicKey);
    expect(statSync(join(adit.home, 'profiles', 'home.conf')).mode & 0o777).toBe(0o600);
    expect(await adit.json('list')).toMatchObject({
      profiles: [{ name: 'home', publicKey: made.publicKey, errors: 0 }],
    });
  });

  it('prints what the far side needs, and never the private key', async () => {
    const adit = new Adit();
    const { code, stdout, stderr } = await adit.run([...home, '--full']);
    expect([code, stderr]).toEqual([0, '']);
    const secret = privateKeyIn(textOf(adit, 'home'));
    const publicKey = publicKeyOf(secret) ?? '';
    expect(stdout).not.toContain(secret);
    for (const line of [
      '[Peer]',
      `PublicKey = ${publicKey}`,
      'AllowedIPs = 10.200.200.11/32',
      `wg set wg0 peer ${publicKey} allowed-ips 10.200.200.11/32`,
      'sysctl -w net.ipv4.ip_forward=1',
    ])
      expect(stdout.split('\n')).toContain(line);
    for (const purpose of ['INPUT', 'ip_forward', 'FORWARD', 'MASQUERADE'])
      expect(stdout).toMatch(new RegExp(`^# ${purpose}: `, 'm'));
  });

  it('says the same in JSON', async () => {
    const made = (await new Adit().json(...home, '--lan', '172.24.135.0/24')) as Made;
    expect(made).toMatchObject({
      name: 'home',
      interface: 'home',
      addresses: ['10.200.200.11/24'],
      listenPort: null,
      warnings: [],
      farSide: {
        interface: 'wg0',
        publicKey: made.publicKey,
        presharedKey: null,
        endpoint: null,
        allowedIps: ['10.200.200.11/32', '172.24.135.0/24'],
        routes: ['ip route add 172.24.135.0/24 dev wg0'],
      },
    });
    expect(made.farSide.commands.slice(0, 2)).toEqual([
      made.farSide.wgSet,
      'ip route add 172.24.135.0/24 dev wg0',
    ]);
    expect(JSON.stringify(made)).not.toContain('PrivateKey');
  });

  it('writes rules for the tool and the interface that are there', async () => {
    const words = ['--full', '--firewall', 'iptables', '--peer-interface', 'wg-relay'];
    const { farSide } = (await new Adit().json(...home, ...words)) as Made;
    expect(farSide.commands).toContain('iptables -I FORWARD -i wg-relay -j ACCEPT');
    expect(farSide.commands.join('\n')).not.toContain('nft');
  });

  it('makes the end that is dialled, which knows nobody yet', async () => {
    const adit = new Adit();
    const made = (await adit.json(
      'new',
      'relay',
      '--address',
      '10.200.200.2/24',
      '--listen-port',
      '51820',
    )) as Made;
    expect(textOf(adit, 'relay')).toMatch(
      /^\[Interface\]\n.*\nAddress = 10.200.200.2\/24\nListenPort = 51820\n$/,
    );
    expect(made.thisSide.commands).toContain(
      "nft 'insert rule ip filter INPUT udp dport 51820 counter accept'",
    );
  });

  it('takes everything that a profile of one peer can say', async () => {
    const adit = new Adit();
    const made = (await adit.json(
      ...['new', '我的家', '--address', '10.0.0.5/32,fd00::5/128', '--address', '10.0.1.5/32', ...relay],
      ...[
        '--allowed-ips',
        '10.42.0.0/16, 10.43.0.0/16',
        '--allowed-ips',
        'fd00::/64',
        '--listen-port',
        '51821',
      ],
      ...['--keepalive', 'off', '--dns', '10.43.0.10', '--dns', 'cluster.local', '--mtu', '1380'],
      ...['--peer-name', 'Ali Server', '--preshared-key', '--reachable-at', 'me.example.com:51821'],
    )) as Made;
    const text = textOf(adit, '我的家');
    for (const line of [
      'Address = 10.0.0.5/32, fd00::5/128, 10.0.1.5/32',
      'ListenPort = 51821',
      'DNS = 10.43.0.10, cluster.local',
      'MTU = 1380',
      '# Name = Ali Server',
      `PresharedKey = ${made.farSide.presharedKey ?? ''}`,
      'AllowedIPs = 10.42.0.0/16, 10.43.0.0/16, fd00::/64',
    ])
      expect(text.split('\n')).toContain(line);
    expect(text).not.toContain('PersistentKeepalive');
    expect(made.farSide.peerSection).toContain('# Name = 我的家\n');
    expect(made.farSide.peerSection).toContain('Endpoint = me.example.com:51821\n');
    expect(made.warnings).toEqual([]);
  });

  it('takes a preshared key from a file', async () => {
    const path = join(temporaryFolder(), 'psk');
    writeFileSync(path, `${keys.preshared}\n`);
    const { farSide } = (await new Adit().json(...home, `--preshared-key=${path}`)) as Made;
    expect(farSide.presharedKey).toBe(keys.preshared);
    writeFileSync(path, 'nonsense');
    const adit = new Adit();
    expect((await adit.fault([...home, `--preshared-key=${path}`])).code).toBe('key-malformed');
    expect((await adit.fault([...home, '--preshared-key=/nonexistent'])).code).toBe('file-not-found');
  });

  it('makes other keys each time', async () => {
    const adit = new Adit();
    const first = (await adit.json(...home)) as Made;
    const second = (await adit.json(...home.with(1, 'again'))) as Made;
    expect(first.publicKey).not.toBe(second.publicKey);
  });
});

describe('adit new, asked for what cannot be', () => {
  const with_ = (option: string, value: string): string[] => [...home, option, value];
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ['wrong-usage', ['new']],
    ['wrong-usage', ['new', 'home']],
    ['wrong-usage', ['new', 'home', '--address', '10.0.0.1/24']],
    ['wrong-usage', ['new', 'home', ...relay]],
    ['wrong-usage', ['new', 'home', '--address', '10.0.0.1/24', '--endpoint', 'x:1']],
    ['wrong-usage', ['new', 'home', '--address', '10.0.0.1/24', '--listen-port', '1', '--full']],
    ['wrong-usage', ['new', 'home', '--address', '10.0.0.1/32', ...relay]],
    ['wrong-usage', [...home, '--full', '--allowed-ips', '10.0.0.0/8']],
    ['wrong-usage', with_('--firewall', 'pf')],
    ['profile-name-invalid', ['new', '../x', ...home.slice(2)]],
    ['address-malformed', with_('--address', '10.0.0.300/24')],
    ['address-malformed', with_('--address', '10.0.0.1/33')],
    ['address-malformed', with_('--address', '10.0.0.1/24#')],
    ['key-malformed', with_('--peer-key', 'nonsense')],
    ['key-malformed', with_('--peer-key', 'kUWTgCf3xlwTTCiayz7Jmo6TpHfNWc2H2NuM6ajQMML=')],
    ['key-malformed', with_('--peer-key', `${'A'.repeat(43)}=`)],
    ['endpoint-no-port', with_('--endpoint', 'vpn.example.com')],
    ['endpoint-host', with_('--endpoint', 'v p n:51820')],
    ['endpoint-host', with_('--endpoint', 'x;reboot:51820')],
    ['endpoint-host', with_('--endpoint', 'x\nPostUp = reboot:51820')],
    ['endpoint-host', with_('--endpoint', 'vpn.example.com:70000')],
    ['port-malformed', with_('--endpoint', 'vpn.example.com:x')],
    ['endpoint-no-port', with_('--reachable-at', 'me')],
    ['allowed-ip-malformed', with_('--allowed-ips', '10.0.0.0/255.0.0.0')],
    ['allowed-ip-malformed', with_('--lan', 'office')],
    ['port-malformed', with_('--listen-port', '70000')],
    ['keepalive-malformed', with_('--keepalive', '25s')],
    ['mtu-malformed', with_('--mtu', 'large')],
    ['mtu-out-of-range', with_('--mtu', '60')],
    ['dns-domain-malformed', with_('--dns', 'a#b')],
    ['dns-server-malformed', with_('--dns', '10.0.0.300')],
    ['interface-name-invalid', with_('--peer-interface', 'wg0; reboot')],
  ];

  it.each(cases)('is refused: %s for %j', async (code, words) => {
    const adit = new Adit();
    expect((await adit.fault(words)).code).toBe(code);
    expect(kept(adit)).toEqual([]);
  });

  it('overwrites no profile', async () => {
    const adit = new Adit();
    await adit.json(...home);
    const before = textOf(adit, 'home');
    expect((await adit.fault(home)).code).toBe('profile-exists');
    expect(textOf(adit, 'home')).toBe(before);
  });

  it('does not repeat what may be a secret', async () => {
    const path = join(temporaryFolder(), 'psk');
    writeFileSync(path, keys.private.slice(0, 43));
    const { stdout, stderr } = await new Adit().run([...home, `--preshared-key=${path}`]);
    const { stderr: other } = await new Adit().run(with_('--peer-key', keys.private.slice(0, 43)));
    expect(stdout + stderr + other).not.toContain(keys.private.slice(0, 43));
  });
});
