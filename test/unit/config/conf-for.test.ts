import { describe, expect, it } from 'vitest';
import { confFor, dialectDifferences, parse, toTunnel } from '../../../shared/config/index.ts';
import type { ForeignDialect } from '../../../shared/config/index.ts';
import type { Tunnel } from '../../../shared/tunnel/tunnel.ts';
import { keys } from '../contract/tunnels.ts';
import { fixtureText, fixturesIn } from './fixtures.ts';

const dialects: readonly ForeignDialect[] = ['windows', 'apple'];

const plain = `# Home
[Interface]
PrivateKey   =   ${keys.private}
Address=10.0.0.1/24   # mine

[Peer]
PublicKey = ${keys.peer}
AllowedIPs = 10.0.0.0/24,10.42.0.0/16
Endpoint = 203.0.113.2:51820
`;

function tunnelOf(text: string): Tunnel | null {
  const result = toTunnel(parse(text), { name: 'home', interface: 'home' });
  return 'tunnel' in result ? result.tunnel : null;
}

/** The keys that were left out, with their lines. */
function droppedOf(text: string, dialect: ForeignDialect): string[] {
  return confFor(parse(text), dialect).dropped.map(({ line, key }) => `${line} ${key}`);
}

describe('a configuration for another program', () => {
  it.each(dialects)('stays as it is where %s reads it as wg does', (dialect) => {
    expect(confFor(parse(plain), dialect)).toEqual({ text: plain, dropped: [] });
  });

  const linux = plain.replace(
    '# mine\n',
    `# mine
FwMark = 0xca6c
# routes by hand
Table = off
PostUp = ip rule add from 10.0.0.1 # why
PreUp =
SaveConfig = true
MTU = 1280
`,
  );

  it('loses what only Linux knows, and says so with the reason', () => {
    expect(droppedOf(linux, 'windows')).toEqual(['5 FwMark', '8 PostUp', '10 SaveConfig']);
    const { text, dropped } = confFor(parse(linux), 'apple');
    expect(dropped.map(({ line, key }) => `${line} ${key}`)).toEqual([
      '5 FwMark',
      '7 Table',
      '8 PostUp',
      '10 SaveConfig',
    ]);
    expect(dropped[0]?.message).toBe('WireGuard’s app for macOS and iOS does not know FwMark.');
    expect(text).toBe(`# Home
[Interface]
PrivateKey = ${keys.private}
Address = 10.0.0.1/24 # mine
MTU = 1280

[Peer]
PublicKey = ${keys.peer}
AllowedIPs = 10.0.0.0/24, 10.42.0.0/16
Endpoint = 203.0.113.2:51820
`);
  });

  it('does not tell of lines that mean nothing', () => {
    const idle = plain.replace(
      '# mine\n',
      '# mine\nFwMark = off\nTable = auto\nSaveConfig = false\nPostUp =\n',
    );
    for (const dialect of dialects) expect(droppedOf(idle, dialect)).toEqual([]);
  });

  it('keeps a table of no routes where it can be kept', () => {
    const off = plain.replace('# mine\n', '# mine\nTable = off\nFwMark = 1\n');
    expect(confFor(parse(off), 'windows').text).toContain('Table = off\n');
  });

  it('says the same in other words where only the words differ', () => {
    const text = `[ Interface ]
Private Key = ${keys.private}
[Interface]
Address = 10.0.0.1/255.255.255.0 fd00::1/64
ListenPort = +5 3
MTU = 1400
MTU = 1300
[Peer]
PublicKey = ${keys.peer}
Endpoint = fd00::2:51820
PersistentKeepalive = OFF
AllowedIPs = 10.0.0.0/24
[Interface]
DNS = 10.0.0.53 corp.example
[peer]
# again
PublicKey = ${keys.peer}
AllowedIPs = 10.0.0.0/16
`;
    for (const dialect of dialects) {
      const { text: written, dropped } = confFor(parse(text), dialect);
      expect(dropped).toEqual([]);
      expect(written).toBe(`[Interface]
PrivateKey = ${keys.private}
Address = 10.0.0.1/24, fd00::1/64
ListenPort = 53
DNS = 10.0.0.53, corp.example
MTU = 1300

[Peer]
# again
PublicKey = ${keys.peer}
AllowedIPs = 10.0.0.0/16
Endpoint = [fd00::2]:51820
PersistentKeepalive = 0
`);
      expect(tunnelOf(written)).toEqual(tunnelOf(text));
    }
  });

  it('of every file there is means the same but for what it tells, and differs in nothing any more', () => {
    let changed = 0;
    for (const path of ['codes', 'seeds', 'found'].flatMap(fixturesIn)) {
      const file = parse(fixtureText(path));
      const before = tunnelOf(file.text);
      if (before === null) continue;
      for (const dialect of dialects) {
        const { text, dropped } = confFor(file, dialect);
        expect(dialectDifferences(parse(text), [dialect]), `${path} for ${dialect}`).toEqual([]);
        if (dropped.length > 0) changed += 1;
        const lost = dropped.map(({ key }) => key);
        const kept: Tunnel = {
          ...before,
          ...(lost.includes('FwMark') ? { fwMark: null } : {}),
          ...(lost.includes('Table') ? { table: 'auto' } : {}),
          ...(lost.includes('MTU') ? { mtu: null } : {}),
          scripts: {
            PreUp: lost.includes('PreUp') ? [] : before.scripts.PreUp,
            PostUp: lost.includes('PostUp') ? [] : before.scripts.PostUp,
            PreDown: lost.includes('PreDown') ? [] : before.scripts.PreDown,
            PostDown: lost.includes('PostDown') ? [] : before.scripts.PostDown,
          },
          saveConfig: before.saveConfig && !lost.includes('SaveConfig'),
        };
        expect(tunnelOf(text), `${path} for ${dialect}`).toEqual(kept);
      }
    }
    expect(changed).toBeGreaterThan(5);
  });
});
