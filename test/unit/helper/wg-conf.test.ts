import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wgConf } from '../../../electron/helper/engine/wg-conf.ts';
import { byWgQuick } from '../../../electron/helper/engine/link-makers.ts';
import { Programs } from '../../../electron/helper/system/programs.ts';
import { plannedTunnel } from '../../../electron/helper/tunnels/prepared.ts';
import { tunnelMessage, tunnelToMessage } from '../../../shared/contract/helper/messages.ts';
import { formatAddress } from '../../../shared/network/address.ts';
import { parsePrefix } from '../../../shared/network/prefix.ts';
import type { Prefix } from '../../../shared/network/prefix.ts';
import { noScripts } from '../../../shared/tunnel/scripts.ts';
import type { Tunnel } from '../../../shared/tunnel/tunnel.ts';
import { anyTunnel, interfaceAddress, keys, peerOf, tunnelOf } from '../contract/tunnels.ts';
import { describeWith, temporaryFolder } from '../machine.ts';
import { preparedOf } from './prepared-tunnels.ts';

function prefixes(...texts: string[]): Prefix[] {
  return texts.map((text) => parsePrefix(text)).filter((prefix) => prefix !== null);
}

const sixAndFour = tunnelOf({
  addresses: [interfaceAddress('10.200.200.11/24'), interfaceAddress('fd00::11/64')],
  fwMark: 7,
  dns: { servers: ['1.1.1.1'], searchDomains: ['example.org'], domains: [] },
  scripts: { ...noScripts, PostUp: ['touch /tmp/owned'] },
  peers: [
    peerOf({
      presharedKey: keys.preshared,
      allowedIps: prefixes('0.0.0.0/0', '::/0'),
      endpoint: { host: 'vpn.example.org', port: 51820 },
      persistentKeepalive: 25,
      name: 'Ali_Server',
    }),
    peerOf({ publicKey: keys.other }),
  ],
});

describe('the file that an interface is made of', () => {
  it('has every value the tunnel was prepared with, and neither names nor routes', () => {
    expect(wgConf(preparedOf({ tunnel: sixAndFour }))).toBe(
      [
        '[Interface]',
        `PrivateKey = ${keys.private}`,
        'ListenPort = 40000',
        'FwMark = 8365',
        '',
        '[Peer]',
        `PublicKey = ${keys.peer}`,
        `PresharedKey = ${keys.preshared}`,
        'AllowedIPs = 0.0.0.0/0, ::/0',
        'Endpoint = 203.0.113.2:51820',
        'PersistentKeepalive = 25',
        '',
        '[Peer]',
        `PublicKey = ${keys.other}`,
        '',
      ].join('\n'),
    );
  });

  it('tells wg-quick besides to make no routes, and the MTU', () => {
    const conf = byWgQuick(new Programs(true)).conf(preparedOf({ tunnel: sixAndFour }));
    expect(conf).toContain('FwMark = 8365\nMTU = 1420\nTable = off\n\n[Peer]');
  });

  it('has no key but these, whatever the caller sends', () => {
    const known =
      /^(\[Interface\]|\[Peer\]||(PrivateKey|ListenPort|FwMark|PublicKey|PresharedKey|AllowedIPs|Endpoint|PersistentKeepalive) = [^#;$`\\'"]*)$/;
    const hostile = fc.constantFrom(
      '\nPostUp = touch /tmp/owned',
      '\r[Interface]',
      '$(reboot)',
      '#',
      ';',
      '%i',
      '\u0085x',
      '\u2028x',
    );
    fc.assert(
      fc.property(anyTunnel, hostile, fc.nat(), (tunnel, text, seed) => {
        const message: unknown = JSON.parse(JSON.stringify(tunnelToMessage(tunnel)));
        poison(message, text, seed);
        const taken = tunnelMessage.safeParse(message);
        if (!taken.success) return;
        const conf = wgConf(preparedOf({ tunnel: taken.data, endpoints: {} }));
        expect(conf.split('\n').filter((line) => !known.test(line))).toEqual([]);
        expect(conf.match(/^PrivateKey/gm)).toHaveLength(1);
        expect(conf.match(/^\[Peer\]$/gm) ?? []).toHaveLength(taken.data.peers.length);
      }),
      { numRuns: 500 },
    );
  });
});

/** Appends a text to one of the texts in a message. */
function poison(message: unknown, text: string, seed: number): void {
  const places: [Record<string, unknown>, string][] = [];
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      if (typeof inner === 'string') places.push([value as Record<string, unknown>, key]);
      else visit(inner);
    }
  };
  visit(message);
  const place = places[seed % places.length];
  if (place !== undefined) place[0][place[1]] = String(place[0][place[1]]) + text;
}

describeWith(['wg-quick'], 'the file, with wg-quick itself', () => {
  it('is read as it stands, for any tunnel', () => {
    const folder = temporaryFolder();
    // wg-quick asks for the names of the keys it does not take itself; each tunnel has a file of its own.
    const tunnels: readonly Tunnel[] = [sixAndFour, ...fc.sample(anyTunnel, 12)];
    const paths = tunnels.map((tunnel, index) => {
      mkdirSync(join(folder, String(index)));
      const path = join(folder, String(index), 'adit0.conf');
      const conf = byWgQuick(new Programs(true)).conf(preparedOf({ tunnel, endpoints: {} }));
      writeFileSync(path, conf, { mode: 0o600 });
      return path;
    });
    const script = paths.map((path) => `wg-quick strip ${path} && echo "=== $?"`).join(' && ');
    const { stdout, stderr, status } = spawnSync('bash', ['-c', script], { encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
    const stripped = stdout.split('=== 0\n').slice(0, -1);
    expect(stripped).toHaveLength(tunnels.length);
    for (const [index, text] of stripped.entries()) {
      expect(text).not.toMatch(/Address|MTU|Table/);
      expect(text.match(/^\[Peer\]$/gm) ?? []).toHaveLength(tunnels[index]?.peers.length ?? -1);
    }
  });
});

describe('what the network plan needs of a prepared tunnel', () => {
  it('is every prefix of every peer, and the endpoints that are addresses', () => {
    const planned = plannedTunnel(
      preparedOf({
        tunnel: sixAndFour,
        endpoints: { [keys.peer]: '203.0.113.2:51820', [keys.other]: '[2001:db8::2]:7' },
      }),
    );
    expect(planned.prefixes).toEqual(prefixes('0.0.0.0/0', '::/0'));
    expect(planned.endpoints.map(formatAddress)).toEqual(['203.0.113.2', '2001:db8::2']);
    expect(planned.hasCallers).toBe(false);
  });

  it('counts a peer without an endpoint as one that calls', () => {
    expect(plannedTunnel(preparedOf({ tunnel: sixAndFour })).hasCallers).toBe(true);
  });
});
