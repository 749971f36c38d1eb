import { describe, expect, it } from 'vitest';
import { tunnelMessage, tunnelToMessage } from '../../../shared/contract/helper/messages.ts';
import { formatInterfaceAddress, formatPrefix } from '../../../shared/network/prefix.ts';
import { noScripts } from '../../../shared/tunnel/scripts.ts';
import type { Tunnel } from '../../../shared/tunnel/tunnel.ts';
import { diagnose, parse, toTunnel } from '../../../shared/config/index.ts';
import { limits } from '../../../shared/config/diagnostics/rules/whole-file.ts';

const privateKey = 'wD595KeTPKBDneKWOTUjJQjxZ5RrlxsbeEsWL0gbyn8=';
const own = '9ABX0eLM8OsWi+lWepMYQkRaGqi2Rc1wHy5UIZyhBiU=';
const a = 'JgvmQFmhUtUoS3xFMFwEgP3L1Wnd8hJc3laJ90Gwzko=';
const b = 'kVq2ATMTckCKEJFF4TM3QYibxzlh+b9CV4GZ4meQYAo=';
const zeros = `${'A'.repeat(43)}=`;

function tunnelOf(...lines: string[]): Tunnel {
  const result = toTunnel(parse(['[Interface]', `PrivateKey = ${privateKey}`, ...lines].join('\n')), {
    name: 'The office',
    interface: 'office',
  });
  if ('problems' in result) throw new Error(JSON.stringify(result.problems));
  return result.tunnel;
}

function peersOf(...lines: string[]): { key: string; allowedIps: string[] }[] {
  return tunnelOf(...lines).peers.map((peer) => ({
    key: peer.publicKey,
    allowedIps: peer.allowedIps.map(formatPrefix),
  }));
}

describe('a tunnel', () => {
  it('has everything typed', () => {
    const tunnel = tunnelOf(
      'Address = 10.0.0.5/24, fd00::5',
      'DNS = 10.43.0.10, ~cluster.local',
      'MTU = 1380',
      'Table = main',
      'FwMark = 0xca6c',
      'ListenPort = 51820',
      '[Peer]',
      '# Name = aws',
      `PublicKey = ${a}`,
      `PresharedKey = ${b}`,
      'AllowedIPs = 10.42.0.1/24',
      'Endpoint = [2001:DB8::1]:51820',
      'PersistentKeepalive = 25',
    );
    expect(tunnel).toMatchObject({
      name: 'The office',
      interface: 'office',
      privateKey,
      listenPort: 51820,
      fwMark: 0xca6c,
      mtu: 1380,
      table: 254,
      dns: { servers: ['10.43.0.10'], searchDomains: ['~cluster.local'] },
      scripts: noScripts,
      saveConfig: false,
    });
    expect(tunnel.addresses.map(formatInterfaceAddress)).toEqual(['10.0.0.5/24', 'fd00::5/128']);
    expect(tunnel.peers).toEqual([
      {
        publicKey: a,
        presharedKey: b,
        endpoint: { host: '2001:db8::1', port: 51820 },
        allowedIps: [{ family: 4, words: [0x0a2a0000], length: 24 }],
        persistentKeepalive: 25,
        name: 'aws',
      },
    ]);
  });

  it('takes the last of a repeated key, over several [Interface] too', () => {
    expect(
      tunnelOf('ListenPort = 1', 'MTU = 1300', '[Interface]', 'ListenPort = 2', 'MTU = 1400'),
    ).toMatchObject({
      listenPort: 2,
      mtu: 1400,
    });
  });

  it('forgets a malformed MTU that a later one overrides, as wg-quick does', () => {
    expect(tunnelOf('MTU = abc', 'MTU = 1400').mtu).toBe(1400);
  });

  it.each([
    ['Table = auto', 'auto'],
    ['Table =', 'auto'],
    ['Table = off', 'off'],
    ['Table = 42', 42],
    ['Table = 0x10', 16],
    ['Table = main', 254],
    ['Table = default', 253],
    ['Table = local', 255],
    ['Table = 0', 254],
  ])('reads %s', (line, table) => {
    expect(tunnelOf(line).table).toBe(table);
  });

  it('has no mark, port, keepalive or preshared key where the file says none', () => {
    const tunnel = tunnelOf(
      'ListenPort = 0',
      'FwMark = off',
      '[Peer]',
      `PublicKey = ${a}`,
      `PresharedKey = ${zeros}`,
      'PersistentKeepalive = 0',
    );
    expect(tunnel).toMatchObject({ listenPort: null, fwMark: null });
    expect(tunnel.peers[0]).toMatchObject({ presharedKey: null, persistentKeepalive: null, endpoint: null });
  });

  it('adds up AllowedIPs within a section, each once', () => {
    expect(
      peersOf('[Peer]', `PublicKey = ${a}`, 'AllowedIPs = 10.0.0.1, 10.0.0.2', 'AllowedIPs = 10.0.0.1/32'),
    ).toEqual([{ key: a, allowedIps: ['10.0.0.1/32', '10.0.0.2/32'] }]);
  });

  it('replaces AllowedIPs by those of a second section of the same peer, and keeps its other fields', () => {
    const tunnel = tunnelOf(
      '[Peer]',
      `PublicKey = ${a}`,
      'AllowedIPs = 10.0.0.1',
      'Endpoint = 1.2.3.4:5',
      'PersistentKeepalive = 25',
      '[Peer]',
      `PublicKey = ${a}`,
      'AllowedIPs = 10.0.0.2',
      'PersistentKeepalive = off',
    );
    expect(tunnel.peers).toHaveLength(1);
    expect(tunnel.peers[0]).toMatchObject({
      endpoint: { host: '1.2.3.4', port: 5 },
      persistentKeepalive: null,
    });
    expect(tunnel.peers[0]?.allowedIps.map(formatPrefix)).toEqual(['10.0.0.2/32']);
  });

  it('clears AllowedIPs by a second section without any', () => {
    const [peer] = peersOf(
      '[Peer]',
      `PublicKey = ${a}`,
      'AllowedIPs = 10.0.0.1',
      '[Peer]',
      `PublicKey = ${a}`,
    );
    expect(peer?.allowedIps).toEqual([]);
  });

  it('gives a prefix to the last peer that names it, and does not give it back', () => {
    const first = ['[Peer]', `PublicKey = ${a}`, 'AllowedIPs = 10.0.0.0/8'];
    const second = ['[Peer]', `PublicKey = ${b}`, 'AllowedIPs = 10.1.2.3/8'];
    expect(peersOf(...first, ...second)).toEqual([
      { key: a, allowedIps: [] },
      { key: b, allowedIps: ['10.0.0.0/8'] },
    ]);
    expect(peersOf(...first, ...second, '[Peer]', `PublicKey = ${b}`)).toEqual([
      { key: a, allowedIps: [] },
      { key: b, allowedIps: [] },
    ]);
  });

  it('passes over a peer with its own key, which takes no prefix from others either', () => {
    expect(
      peersOf(
        '[Peer]',
        `PublicKey = ${a}`,
        'AllowedIPs = 10.0.0.0/8',
        '[Peer]',
        `PublicKey = ${own}`,
        'AllowedIPs = 10.0.0.0/8',
      ),
    ).toEqual([{ key: a, allowedIps: ['10.0.0.0/8'] }]);
  });

  it('has the scripts of each key in the order of the file, and whether it is to be saved', () => {
    const lines = ['SaveConfig = true', 'PostDown = b', 'preup = a -j %i = c; d', 'PreUp = e'];
    expect(tunnelOf(...lines)).toMatchObject({
      scripts: { PreUp: ['a -j %i = c; d', 'e'], PostUp: [], PreDown: [], PostDown: ['b'] },
      saveConfig: true,
    });
    expect(tunnelOf('SaveConfig = true', 'SaveConfig = false', 'PostUp =')).toMatchObject({
      scripts: noScripts,
      saveConfig: false,
    });
  });

  it('reads a short IPv4 endpoint as wg does', () => {
    expect(tunnelOf('[Peer]', `PublicKey = ${a}`, 'Endpoint = 127.1:5').peers[0]?.endpoint).toEqual({
      host: '127.0.0.1',
      port: 5,
    });
  });

  it('keeps the zone of an endpoint', () => {
    expect(
      tunnelOf('[Peer]', `PublicKey = ${a}`, 'Endpoint = [FE80::1%eth0]:5').peers[0]?.endpoint?.host,
    ).toBe('fe80::1%eth0');
  });

  it('is none while there is an error, and the errors say why', () => {
    const result = toTunnel(parse('[Interface]\nMTU = abc\n'), { name: 'x', interface: 'x' });
    expect(result).toMatchObject({ problems: [{ code: 'private-key-missing' }, { code: 'mtu-malformed' }] });
  });

  it('is none under a name that no interface can have', () => {
    const result = toTunnel(parse(`[Interface]\nPrivateKey = ${privateKey}\n`), {
      name: 'x',
      interface: 'a b',
    });
    expect(result).toMatchObject({ problems: [{ code: 'interface-name-invalid' }] });
  });

  it('is none for what kgctl prints, and what it lacks is named', () => {
    const kgctl = `[Peer]\nAllowedIPs = 10.42.0.0/24\nEndpoint = 1.2.3.4:51820\nPersistentKeepalive = 0\nPublicKey = ${a}\n`;
    expect(toTunnel(parse(kgctl), { name: 'x', interface: 'x' })).toMatchObject({
      problems: [{ code: 'interface-missing' }],
    });
  });
});

describe('the limits', () => {
  const accepts = (tunnel: Tunnel): boolean => tunnelMessage.safeParse(tunnelToMessage(tunnel)).success;
  const addresses = (count: number): string =>
    Array.from({ length: count }, (_, at) => `10.${at >> 8}.${at & 255}.1/32`).join(', ');
  const keys = (count: number): string[] =>
    Array.from({ length: count }, (_, at) => `${at.toString().padStart(42, 'x')}A=`).flatMap((key) => [
      '[Peer]',
      `PublicKey = ${key}`,
    ]);

  it.each([
    ['addresses', (more: number) => [`Address = ${addresses(limits.addresses + more)}`]],
    ['DNS servers', (more: number) => [`DNS = ${'1.1.1.1, '.repeat(limits.dnsEntries + more)}`]],
    ['peers', (more: number) => keys(limits.peers + more)],
    [
      'AllowedIPs',
      (more: number) => [
        '[Peer]',
        `PublicKey = ${a}`,
        `AllowedIPs = ${addresses(limits.allowedIpsOfPeer + more)}`,
      ],
    ],
  ] as const)('on %s are those of the helper', (_, lines) => {
    expect(accepts(tunnelOf(...lines(0)))).toBe(true);
    const beyond = parse(['[Interface]', `PrivateKey = ${privateKey}`, ...lines(1)].join('\n'));
    expect(diagnose(beyond).map(({ code }) => code)).toContain('limit-exceeded');
  });
});
