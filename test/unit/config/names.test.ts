import { describe, expect, it } from 'vitest';
import { labelOf, parse, summarise } from '../../../shared/config/index.ts';
import { fixtureText } from './fixtures.ts';

const key = 'JgvmQFmhUtUoS3xFMFwEgP3L1Wnd8hJc3laJ90Gwzko=';

function namesOf(text: string): (string | null)[] {
  return summarise(parse(text)).peers.map(({ name }) => name);
}

describe('the name of a peer', () => {
  it.each([
    ['# Name = X inside the section', '[Peer]\n# Name = Ali_Server\n', 'Ali_Server'],
    ['the same at its end', `[Peer]\nPublicKey = ${key}\n#name=Ali Server\n`, 'Ali Server'],
    ['a full-width colon', '[Peer]\n# Name： 阿里\n', '阿里'],
    ['# Name = X in the block above', '\n# Name = Bob\n[Peer]\n', 'Bob'],
    [
      'the header of wg-gen-web without an e-mail',
      '# macOS /  / Updated: 2021-03-01 05:52:20.355083356 +0000 UTC / Created: 2021-03-01 05:52:20 +0000 UTC\n[Peer]\n',
      'macOS',
    ],
    ['with one', '# Bob / bob@example.org / Updated: a / Created: b\n[Peer]\n', 'Bob'],
    ['with a slash in the name', '# A / B / x@y / Updated: a / Created: b\n[Peer]\n', 'A / B'],
    ['a trailing comment of the header', '[Peer] # Bob\n', 'Bob'],
    ['a trailing comment of PublicKey', `[Peer]\nPublicKey = ${key} # Bob's phone\n`, "Bob's phone"],
    [
      'a trailing comment of AllowedIPs',
      '[Peer]\nAllowedIPs = 10.200.200.11/32 # Clinet 不配置代理\n',
      'Clinet 不配置代理',
    ],
    ['one line above the header', '\n# Bob\n[Peer]\n', 'Bob'],
    ['PiVPN', '### begin bob ###\n[Peer]\n', 'bob'],
    ['a well-known install script', '\n### Client bob\n[Peer]\n', 'bob'],
    ['nothing', `[Peer]\nPublicKey = ${key}\n`, null],
    ['a comment on the endpoint', '[Peer]\nEndpoint = a:1 # Server 公网连接端点\n', null],
    ['a setting commented out', '\n# PublicKey = old\n[Peer]\n', null],
    ['a header commented out', '\n# [Peer]\n[Peer]\n', null],
    ['prose of several lines above the header', '\n# All of these\n# are mine\n[Peer]\n', null],
    ['a rule of dashes', '\n# -------\n[Peer]\n', null],
    ['a key', `\n# ${key}\n[Peer]\n`, null],
  ])('from %s', (_, text, name) => {
    expect(namesOf(text)).toEqual([name]);
  });

  it('is Name = X before anything else', () => {
    expect(
      namesOf(
        `\n# Bob / / Updated: a / Created: b\n[Peer] # Carol\n# Name = Alice\nPublicKey = ${key} # Dave\n`,
      ),
    ).toEqual(['Alice']);
  });

  it('does not shift to the peer before it', () => {
    expect(namesOf('[Peer]\n# Name = A\n\n# Name = B\n[Peer]\n')).toEqual(['A', 'B']);
  });

  it('stays with the section that a comment directly continues', () => {
    expect(namesOf(`[Peer]\nPublicKey = ${key}\n# Name = A\n[Peer]\n`)).toEqual(['A', null]);
  });

  it('follows the header of wg-gen-web even without a blank line above it', () => {
    expect(namesOf(`[Peer]\nPublicKey = ${key}\n# Bob /  / Updated: a / Created: b\n[Peer]\n`)).toEqual([
      null,
      'Bob',
    ]);
  });
});

describe('the label of a profile', () => {
  it('is the name of its [Interface]', () => {
    expect(labelOf(parse(fixtureText('seeds/000-home-full-tunnel.conf')))).toBe('Home_Win10');
  });

  it('is not the prose above it', () => {
    expect(labelOf(parse('# My VPN\n[Interface]\n'))).toBeNull();
  });
});
