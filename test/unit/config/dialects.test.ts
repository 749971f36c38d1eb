import { describe, expect, it } from 'vitest';
import { dialectDifferences, parse } from '../../../shared/config/index.ts';
import { fixtureText } from './fixtures.ts';

const key = 'JgvmQFmhUtUoS3xFMFwEgP3L1Wnd8hJc3laJ90Gwzko=';

/** What is said of the lines of a piece of a file, which has no private key. */
function effects(text: string): string[] {
  const found = dialectDifferences(parse(text)).filter(({ message }) => !message.includes('private key'));
  return found.map(({ dialect, effect, line }) => `${dialect} ${effect} ${line}`);
}

describe('what other programs make of a configuration', () => {
  it.each([
    [
      'nothing special',
      `[Interface]\nPrivateKey = ${key}\nAddress = 10.0.0.1/24\nMTU = 1400\n[Peer]\nPublicKey = ${key}\n`,
      [],
    ],
    ['FwMark', '[Interface]\nFwMark = 1\n', ['windows refused 2', 'apple refused 2']],
    ['SaveConfig', '[Interface]\nSaveConfig = false\n', ['windows refused 2', 'apple refused 2']],
    ['a script', '[Interface]\nPostUp = a\n', ['windows ignored 2', 'apple refused 2']],
    [
      'a script with a #',
      '[Interface]\nPostUp = a # b\n',
      ['windows ignored 2', 'apple refused 2', 'wg-2025 different 2'],
    ],
    ['PreUp', '[Interface]\nPreUp = a\n', ['windows ignored 2', 'apple refused 2', 'wg-2025 different 2']],
    [
      'an empty script, as wg-gen-web writes it',
      '[Interface]\nPreUp = \n',
      ['windows refused 2', 'apple refused 2'],
    ],
    ['Table = off', '[Interface]\nTable = off\n', ['apple refused 2']],
    ['Table = 42', '[Interface]\nTable = 42\n', ['windows ignored 2', 'apple refused 2']],
    ['Table = vpn', '[Interface]\nTable = vpn\n', ['windows refused 2', 'apple refused 2']],
    ['a repeated key', '[Interface]\nMTU = 1400\nMTU = 1300\n', ['apple refused 3']],
    ['repeated AllowedIPs', '[Peer]\nAllowedIPs = 1.1.1.1\nAllowedIPs = 1.1.1.2\n', []],
    ['a second [Interface]', '[Interface]\n[Interface]\n', ['apple refused 2']],
    ['one behind a [Peer]', '[Interface]\n[Peer]\n[Interface]\n', ['windows different 3', 'apple refused 3']],
    [
      'a peer twice',
      `[Peer]\nPublicKey = ${key}\n[Peer]\nPublicKey = ${key}\n`,
      ['windows different 3', 'apple refused 3'],
    ],
    ['PersistentKeepalive = off', '[Peer]\nPersistentKeepalive = off\n', ['apple refused 2']],
    [
      'PersistentKeepalive = Off',
      '[Peer]\nPersistentKeepalive = Off\n',
      ['windows refused 2', 'apple refused 2'],
    ],
    ['IPv6 without brackets', '[Peer]\nEndpoint = fd00::1:5\n', ['windows refused 2', 'apple refused 2']],
    ['IPv4 in brackets', '[Peer]\nEndpoint = [1.2.3.4]:5\n', ['windows refused 2', 'apple refused 2']],
    ['a port that wraps', '[Interface]\nListenPort = 70000\n', ['windows refused 2', 'apple refused 2']],
    ['blanks inside a header', '[ Interface ]\n', ['windows refused 1', 'apple refused 1']],
    ['blanks inside a key', '[Peer]\nAllowed IPs = 1.1.1.1\n', ['windows refused 2', 'apple refused 2']],
    ['blanks inside a value', '[Interface]\nListenPort = 51 820\n', ['windows refused 2', 'apple refused 2']],
    ['a small MTU', '[Interface]\nMTU = 500\n', ['windows refused 2']],
    [
      'addresses between blanks',
      '[Interface]\nAddress = 10.0.0.1 10.0.0.2\n',
      ['windows refused 2', 'apple refused 2'],
    ],
    [
      'a netmask',
      '[Interface]\nAddress = 10.0.0.1/255.255.255.0\n',
      ['windows refused 2', 'apple refused 2'],
    ],
    ['a + prefix', '[Peer]\nAllowedIPs = +10.0.0.1\n', ['wg-2025 different 2']],
  ])('%s', (_, text, expected) => {
    expect(effects(text)).toEqual(expected);
  });

  it('names the place and the reason', () => {
    const [, found] = dialectDifferences(parse('[Interface]\n  FwMark = 1 # x\n'), ['windows']);
    expect(found).toEqual({
      dialect: 'windows',
      effect: 'refused',
      message: 'WireGuard for Windows does not know FwMark.',
      line: 2,
      column: 3,
      endColumn: 13,
    });
  });

  it("says that seed 002's server keeps to Linux", () => {
    const file = parse(fixtureText('seeds/002-azure-server.conf'));
    expect(dialectDifferences(file).map(({ dialect, effect }) => `${dialect} ${effect}`)).toEqual([
      'windows ignored',
      'windows ignored',
      'apple refused',
      'apple refused',
    ]);
  });
});
