import { describe, expect, it } from 'vitest';
import { diagnose, fillOwnEnd, parse, readForeign, summarise } from '../../../shared/config/index.ts';
import type { ForeignConf } from '../../../shared/config/index.ts';
import { keys } from '../contract/tunnels.ts';
import { fixtureText, fixturesIn } from './fixtures.ts';

/** What wireguard-tools v1.0.20210914 printed of a running interface, all it can say of a peer in it. */
const shown = `interface: wg0
  public key: ${keys.public}
  private key: (hidden)
  listening port: 51820
  fwmark: 0xca6c

peer: ${keys.peer}
  endpoint: [2001:db8::1]:51820
  allowed ips: 10.42.0.0/16, fd00::/64
  latest handshake: 1 hour, 14 minutes, 54 seconds ago
  transfer: 656 B received, 656 B sent
  persistent keepalive: every 1 minute, 5 seconds

peer: ${keys.other}
  allowed ips: (none)
`;

const dumped = `${keys.private}\t${keys.public}\t51820\t0xca6c
${keys.peer}\t${keys.preshared}\t[2001:db8::1]:51820\t10.42.0.0/16,fd00::/64\t1700000000\t656\t656\t65
${keys.other}\t(none)\t(none)\t(none)\t0\t0\t0\toff
`;

function only(text: string): ForeignConf {
  const [conf, ...others] = readForeign(text) ?? [];
  if (conf === undefined || others.length > 0) throw new Error('not one configuration');
  return conf;
}

function errorsIn(text: string): string[] {
  return diagnose(parse(text)).flatMap(({ code, severity }) => (severity === 'error' ? [code] : []));
}

describe('what wg show prints for people', () => {
  it('becomes a configuration that lacks what wg hides, and nothing else', () => {
    const { interface: name, text } = only(shown);
    expect(name).toBe('wg0');
    expect(text).toBe(`[Interface]
# public key: ${keys.public}
ListenPort = 51820
FwMark = 0xca6c

[Peer]
PublicKey = ${keys.peer}
Endpoint = [2001:db8::1]:51820
AllowedIPs = 10.42.0.0/16, fd00::/64
PersistentKeepalive = 65

[Peer]
PublicKey = ${keys.other}
`);
    expect(errorsIn(text)).toEqual(['private-key-missing']);
  });

  it('says of each line where it comes from', () => {
    const { text, sourceLines } = only(shown);
    const lines = text.trimEnd().split('\n');
    const source = shown.split('\n');
    expect(sourceLines).toHaveLength(lines.length);
    expect(source[(sourceLines[lines.indexOf('PersistentKeepalive = 65')] ?? 0) - 1]).toContain('keepalive');
    expect(source[(sourceLines[lines.indexOf(`PublicKey = ${keys.other}`)] ?? 0) - 1]).toContain(keys.other);
  });

  it('keeps keys that are shown, and does not make up those that are hidden', () => {
    const open = shown
      .replace('private key: (hidden)', `private key: ${keys.private}`)
      .replace('  endpoint:', `  preshared key: ${keys.preshared}\n  endpoint:`);
    expect(errorsIn(only(open).text)).toEqual([]);
    expect(only(open).text).toContain(`PresharedKey = ${keys.preshared}`);
    const hidden = shown.replace('  endpoint:', '  preshared key: (hidden)\n  endpoint:');
    expect(errorsIn(only(hidden).text)).toContain('key-hidden');
  });

  it('of several interfaces becomes one for each', () => {
    const confs = readForeign(`${shown}\n${shown.replace('wg0', 'wg1')}`) ?? [];
    expect(confs.map((conf) => conf.interface)).toEqual(['wg0', 'wg1']);
    expect(confs.map(({ text }) => text)).toEqual([only(shown).text, only(shown).text]);
  });

  it('may be a part of it, indented, with CR LF, and with other lines around', () => {
    const part = shown.slice(shown.indexOf('peer:')).replaceAll(/^/gm, '    ');
    const { interface: name, text } = only(`$ wg\n...\n${part}`.replaceAll('\n', '\r\n'));
    expect(name).toBeNull();
    expect(text).toContain(`# $ wg\n# ...\n\n[Peer]\nPublicKey = ${keys.peer}\n`);
    expect(errorsIn(text)).toEqual(['interface-missing']);
  });

  it('of the seeds is read, up to what their authors took out', () => {
    const found = Object.fromEntries(
      fixturesIn('seeds')
        .filter((path) => path.includes('wg-show'))
        .map((path) => {
          const [conf] = readForeign(fixtureText(path)) ?? [];
          if (conf === undefined) return [path, ['nothing']];
          return [path, [conf.interface, summarise(parse(conf.text)).peers.length, ...errorsIn(conf.text)]];
        }),
    );
    expect(found).toEqual({
      'seeds/000-kilo-wg-show.conf': [
        'kilo0',
        2,
        'private-key-missing',
        'key-placeholder',
        'key-placeholder',
      ],
      'seeds/001-wg-show.conf': ['wg0', 1, 'private-key-missing'],
      'seeds/002-kilo-wg-show.conf': ['kilo0', 2, 'private-key-missing'],
      'seeds/003-first-node-wg-show.conf': ['flannel.1', 0, 'private-key-missing'],
      'seeds/003-two-nodes-wg-show.conf': ['flannel.1', 1, 'private-key-missing'],
      'seeds/004-node-wg-show.conf': ['wireguard.cali', 2, 'private-key-missing'],
    });
  });

  it.each([
    ['every 25 seconds', '25'],
    ['every 1 minute', '60'],
    ['every 18 hours, 12 minutes, 15 seconds', '65535'],
    ['off', 'off'],
    ['sometimes', 'sometimes'],
  ])('has a keepalive %s: %s', (told, kept) => {
    const text = shown.replace('every 1 minute, 5 seconds', told);
    expect(only(text).text).toContain(`PersistentKeepalive = ${kept}\n`);
  });
});

describe('what wg show dump prints', () => {
  it('becomes the whole configuration', () => {
    const { interface: name, text } = only(dumped);
    expect(name).toBeNull();
    expect(text).toBe(`[Interface]
PrivateKey = ${keys.private}
ListenPort = 51820
FwMark = 0xca6c

[Peer]
PublicKey = ${keys.peer}
PresharedKey = ${keys.preshared}
AllowedIPs = 10.42.0.0/16, fd00::/64
Endpoint = [2001:db8::1]:51820
PersistentKeepalive = 65

[Peer]
PublicKey = ${keys.other}
`);
    expect(errorsIn(text)).toEqual([]);
  });

  it('of all interfaces becomes one for each, by name', () => {
    const all = [
      ...dumped
        .split('\n')
        .slice(0, -1)
        .map((line) => `wg0\t${line}`),
      `kilo0\t(none)\t(none)\t0\toff`,
    ];
    const confs = readForeign(all.join('\n')) ?? [];
    expect(confs.map((conf) => conf.interface)).toEqual(['wg0', 'kilo0']);
    expect(confs.map(({ text }) => text)).toEqual([only(dumped).text, '[Interface]\n']);
  });

  it('that was cut off says so in the line where it was', () => {
    const { text, sourceLines } = only(dumped.slice(0, dumped.lastIndexOf('\t0\t0')));
    const [problem] = diagnose(parse(text)).filter(({ severity }) => severity === 'error');
    expect([problem?.code, sourceLines[(problem?.line ?? 0) - 1]]).toEqual(['line-unrecognized', 3]);
    expect(problem?.message).not.toContain(keys.other.slice(0, 32));
  });
});

describe('what is none of these', () => {
  it.each([
    '',
    '[Interface]\n',
    `[Interface]\nPrivateKey = ${keys.private}\n`,
    'a\tb\tc\td\n',
    '(none)\t(none)\t51820\n',
    'interface wg0 is up',
  ])('%j is left alone', (text) => {
    expect(readForeign(text)).toBeNull();
  });

  it('takes time in proportion to its length', () => {
    const begin = performance.now();
    readForeign(`interface: wg0\n${'peer: '.repeat(500_000)}\n${'  a: b\n'.repeat(300_000)}`);
    expect(performance.now() - begin).toBeLessThan(20_000);
  });
});

describe('a file that says nothing of its own end', () => {
  const kilo = fixtureText('codes/interface-missing.conf');
  const own = { privateKey: keys.private, addresses: ['10.5.0.1/32', 'fd00::1/128'] };

  it('gets an [Interface] in front, and stays as it is otherwise', () => {
    const { text } = fillOwnEnd(parse(kilo), own);
    expect(text).toBe(
      `[Interface]\nPrivateKey = ${keys.private}\nAddress = 10.5.0.1/32, fd00::1/128\n\n${kilo}`,
    );
    expect(errorsIn(text)).toEqual([]);
  });

  it('keeps what it does say', () => {
    const text = `[Interface]\r\nPrivateKey = ${keys.other} # mine\r\nListenPort = 1\r\n\r\n${kilo.replaceAll('\n', '\r\n')}`;
    expect(fillOwnEnd(parse(text), own).text).toBe(
      text.replace('# mine\r\n', '# mine\r\nAddress = 10.5.0.1/32, fd00::1/128\r\n'),
    );
    expect(fillOwnEnd(parse(text), { addresses: [] }).text).toBe(text);
  });

  it('takes no value that would become more than one line', () => {
    expect(() => fillOwnEnd(parse(kilo), { addresses: ['10.0.0.1/32\nPostUp = reboot'] })).toThrow(
      RangeError,
    );
  });
});
