import { describe, expect, it } from 'vitest';
import { table } from '../../../electron/cli/text/table.ts';
import { amount, span, tunnelText } from '../../../electron/cli/text/tunnel.ts';
import { peerStatus, tunnelStatus } from '../tunnel/statuses.ts';

describe('a table', () => {
  it('has columns as wide as they need to be, and no blanks at the ends of lines', () => {
    expect(
      table(
        ['NAME', 'ADDRESS', ''],
        [
          ['home', '10.0.0.1/24', ''],
          ['a', '', 'x'],
        ],
      ),
    ).toBe(['NAME  ADDRESS', 'home  10.0.0.1/24', 'a                  x'].join('\n'));
  });

  it('counts East Asian characters as two', () => {
    expect(
      table(
        ['NAME', 'X'],
        [
          ['我的家', '1'],
          ['Büro', '2'],
        ],
      ),
    ).toBe(['NAME    X', '我的家  1', 'Büro    2'].join('\n'));
  });
});

describe('a time', () => {
  it('is told in its two largest units', () => {
    const times = [-5, 0, 999, 59_999, 60_000, 3_599_999, 3_600_000, 86_400_000, 90_000_000];
    expect(times.map(span)).toEqual([
      '0 s',
      '0 s',
      '0 s',
      '59 s',
      '1 min 0 s',
      '59 min 59 s',
      '1 h 0 min',
      '1 d 0 h',
      '1 d 1 h',
    ]);
  });
});

describe('an amount of data', () => {
  it('is told as wg tells it', () => {
    expect([0, 348, 1023, 1024, 1536, 1_048_576, 5e9, 2 ** 50].map(amount)).toEqual([
      '0 B',
      '348 B',
      '1023 B',
      '1.00 KiB',
      '1.50 KiB',
      '1.00 MiB',
      '4.66 GiB',
      '1024.00 TiB',
    ]);
  });
});

describe('a tunnel in words', () => {
  const now = Date.parse('2026-01-01T00:01:05.000Z');

  it('is a line for itself, and one for each peer', () => {
    const peers = [
      peerStatus('AAAAAAAAAAAA', {
        name: 'Ali_Server',
        state: 'connected',
        endpoint: '203.0.113.2:51820',
        latestHandshake: '2026-01-01T00:01:00.000Z',
        rxBytes: 348,
        txBytes: 2048,
      }),
      peerStatus('BBBBBBBBBBBB'),
    ];
    expect(tunnelText(tunnelStatus({ name: 'my office', state: 'connected', peers }), now)).toBe(
      [
        'my office  connected  (wireguard-go v0.0.20220316, interface home, up for 1 min 5 s)',
        '  Ali_Server  connected  203.0.113.2:51820  handshake 5 s ago  received 348 B, sent 2.00 KiB',
        '  BBBBBBBB…  idle  no endpoint  no handshake yet  received 0 B, sent 0 B',
      ].join('\n'),
    );
  });

  it('says why it failed, and what there is to know', () => {
    const failure = { code: 'link-failed', message: 'It failed.', hint: 'Try again.' };
    const warnings = [{ code: 'dns-not-applied', message: 'No names.', hint: 'Later.' }];
    const text = tunnelText(
      tunnelStatus({ state: 'failed', engine: null, engineVersion: null, since: null, failure, warnings }),
      now,
    );
    expect(text).toBe('home  failed\n  It failed.\n  Try again.\n  Note: No names. Later.');
  });
});
