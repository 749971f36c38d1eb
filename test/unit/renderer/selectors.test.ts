import { describe, expect, test } from 'vitest';
import { tokensOf } from '../../../renderer/model/conf-line.ts';
import { entriesOf, searchEntries } from '../../../renderer/model/entry.ts';
import type { Entry, EntrySources } from '../../../renderer/model/entry.ts';
import { liveAfter, liveFrom } from '../../../renderer/model/live.ts';
import { countStates, peersOf, searchPeers } from '../../../renderer/model/peer-list.ts';
import { describeReach, reachOf } from '../../../renderer/model/reach.ts';
import { stateSentence } from '../../../renderer/model/sentence.ts';
import type { Fault } from '../../../shared/fault.ts';
import { peer, profile, tunnel } from './values.ts';

const fault: Fault = { code: 'link-failed', message: 'It failed.', hint: 'Look.' };
const question: Fault = { code: 'scripts-refused', message: 'It has scripts.', hint: 'Decide.' };

function entry(parts: Partial<EntrySources>): Entry {
  const sources = { profiles: [profile()], tunnels: [], intents: new Map(), faults: new Map(), ...parts };
  const [first] = entriesOf(sources);
  if (first === undefined) throw new Error('no entry');
  return first;
}

describe('an entry of the list', () => {
  test('is called by its label, or else by its name', () => {
    expect(entry({ profiles: [profile({ label: '家里PC' })] }).title).toBe('家里PC');
    expect(entry({}).title).toBe('home');
  });

  test('takes its state from its tunnel', () => {
    expect(entry({ tunnels: [tunnel({ state: 'stale' })] })).toMatchObject({ state: 'stale', isOn: true });
    expect(entry({})).toMatchObject({ state: 'down', isOn: false });
  });

  test('shows at once what was asked of its switch', () => {
    const up = new Map([['home', 'up']] as const);
    const down = new Map([['home', 'down']] as const);
    expect(entry({ intents: up })).toMatchObject({ state: 'connecting', isOn: true });
    expect(entry({ intents: up, tunnels: [tunnel({ state: 'handshaking' })] }).state).toBe('handshaking');
    expect(entry({ intents: down, tunnels: [tunnel({ state: 'connected' })] })).toMatchObject({
      state: 'disconnecting',
      isOn: false,
    });
  });

  test('has failed after a fault, and not after a question', () => {
    expect(entry({ faults: new Map([['home', fault]]) })).toMatchObject({ state: 'failed', isOn: false });
    expect(entry({ faults: new Map([['home', question]]) }).state).toBe('down');
    expect(entry({ faults: new Map([['home', fault]]), tunnels: [tunnel()] }).state).toBe('idle');
  });

  test('that is a tunnel without a profile comes after the profiles', () => {
    const entries = entriesOf({
      profiles: [profile()],
      tunnels: [tunnel({ name: 'other', interface: 'wg1' })],
      intents: new Map(),
      faults: new Map(),
    });
    expect(entries.map(({ name, profile: kept }) => [name, kept !== null])).toEqual([
      ['home', true],
      ['other', false],
    ]);
  });

  test('is found by every word of a search', () => {
    const entries = [
      entry({ profiles: [profile({ label: '家里PC', addresses: ['10.200.200.11/24'] })] }),
      entry({ profiles: [profile({ name: 'office', addresses: ['10.200.200.12/24'] })] }),
    ];
    expect(searchEntries(entries, '10.200 PC').map(({ title }) => title)).toEqual(['家里PC']);
    expect(searchEntries(entries, ' ')).toBe(entries);
  });
});

describe('what is known of the app process', () => {
  const state = { helper: { kind: 'connecting' }, profiles: [profile()], tunnels: [] } as const;

  test('changes part by part', () => {
    const live = liveFrom(state, null, 0);
    const up = liveAfter(
      live,
      { kind: 'tunnel', change: { interface: 'wg0', head: tunnel(), peers: [] } },
      0,
    );
    expect(up.state.tunnels.map(({ name }) => name)).toEqual(['home']);
    expect(up.state.profiles).toBe(live.state.profiles);
    expect(liveAfter(up, { kind: 'tunnels', tunnels: [] }, 0).traffic.size).toBe(0);
    const helper = { kind: 'connected', version: '1' } as const;
    expect(liveAfter(up, { kind: 'helper', helper }, 0).state.helper).toBe(helper);
  });

  test('drops the fault of a tunnel that comes up after all, and keeps the others', () => {
    const faults = new Map([
      ['home', fault],
      ['other', fault],
    ]);
    const live = { ...liveFrom(state, null, 0), faults };
    const up = liveAfter(live, { kind: 'tunnels', tunnels: [tunnel()] }, 0);
    expect([...up.faults.keys()]).toEqual(['other']);
  });
});

describe('the reach of a tunnel', () => {
  const reach = (...allowedIps: string[]) => describeReach(reachOf([{ allowedIps }]));

  test.for([
    [['0.0.0.0/0', '::/0'], 'Full tunnel', /all IPv4 and IPv6/],
    [['0.0.0.0/1', '128.0.0.0/1', '::/1', '8000::/1'], 'Full tunnel', /all IPv4 and IPv6/],
    [['0.0.0.0/0'], 'Full tunnel', /IPv6 is left as it is/],
    [['0.0.0.0/0', 'fd00::/8'], 'Full tunnel', /of IPv6, only some/],
    [['::/0'], 'Full tunnel for IPv6', /IPv4 is left as it is/],
    [['0.0.0.0/1', '128.0.0.0/2', '192.0.0.0/3'], 'Nearly full tunnel', /most IPv4/],
    [['10.0.0.1/32', '10.42.0.0/24'], 'Split tunnel: 2 prefixes', /only what goes to the allowed IPs/],
    [['10.0.0.1/32'], 'Split tunnel: 1 prefix', /only what goes/],
    [[], 'No routes', /carries nothing/],
    [['rubbish'], 'No routes', /carries nothing/],
  ] as const)('%j is a %s', ([allowedIps, title, sentence]) => {
    expect(reach(...allowedIps)).toMatchObject({
      title,
      sentence: expect.stringMatching(sentence) as string,
    });
  });

  test('counts a prefix once, and none that lies in another', () => {
    const { prefixes } = reachOf([
      { allowedIps: ['10.42.0.0/16', '10.42.3.0/24'] },
      { allowedIps: ['10.42.0.1/16', '10.43.0.0/16', 'fd00::1'] },
    ]);
    expect(prefixes).toEqual(['10.42.0.0/16', '10.43.0.0/16', 'fd00::1/128']);
  });

  test('is no full tunnel where one address is missing', () => {
    const all = Array.from({ length: 32 }, (_, bit) => {
      const value = (bit === 0 ? 0x80000000 : ((0xffffffff << (32 - bit)) | 0) ^ (1 << (31 - bit))) >>> 0;
      return `${value >>> 24}.${(value >>> 16) & 255}.${(value >>> 8) & 255}.${value & 255}/${bit + 1}`;
    });
    expect(reachOf([{ allowedIps: all }]).ipv4).toBe('most');
  });
});

describe('the peers of an entry', () => {
  const described = (publicKey: string) => ({ publicKey, name: null, endpoint: 'a.com:1', allowedIps: [] });

  test('stand in the order of the profile, and what only the tunnel knows behind them', () => {
    const peers = peersOf({
      profile: profile({ peers: [described('a'), described('b')] }),
      tunnel: tunnel({ peers: [peer('c'), peer('b'), peer('a')] }),
    });
    expect(peers.map(({ publicKey }) => publicKey)).toEqual(['a', 'b', 'c']);
    expect(peers.map(({ described: kept }) => kept !== null)).toEqual([true, true, false]);
  });

  test('are counted by state, the best first', () => {
    expect(
      countStates([peer('a', { state: 'stale' }), peer('b'), peer('c', { state: 'connected' }), peer('d')]),
    ).toEqual([
      { state: 'connected', count: 1 },
      { state: 'idle', count: 2 },
      { state: 'stale', count: 1 },
    ]);
  });

  test('are searched by name, key, endpoint and allowed IPs, and by state', () => {
    const peers = peersOf({
      profile: null,
      tunnel: tunnel({
        peers: [
          peer('a', { name: 'AWS', allowedIps: ['10.43.0.0/16'], state: 'connected' }),
          peer('b', { endpoint: '203.0.113.2:1' }),
        ],
      }),
    });
    expect(searchPeers(peers, 'aws 10.43', null)).toHaveLength(1);
    expect(searchPeers(peers, '203.0.113.2', null).map(({ publicKey }) => publicKey)).toEqual(['b']);
    expect(searchPeers(peers, '', 'connected').map(({ publicKey }) => publicKey)).toEqual(['a']);
    expect(searchPeers(peers, 'b', 'connected')).toHaveLength(0);
  });
});

describe('the sentence of a state', () => {
  const now = Date.parse('2026-01-01T12:00:00.000Z');
  const shook = (seconds: number) => new Date(now - seconds * 1000).toISOString();
  const say = (status: ReturnType<typeof tunnel>, tryingSince: number | 'unknown' | null = null) =>
    stateSentence(
      entry({ tunnels: [status] }),
      {
        peers: new Map(),
        total: { at: 0, rxBytes: 0, txBytes: 0, rates: { rx: 0, tx: 0 } },
        samples: [],
        tryingSince,
      },
      now,
    );

  test('of one peer', () => {
    const status = tunnel({
      state: 'connected',
      peers: [peer('a', { state: 'connected', latestHandshake: shook(12) })],
    });
    expect(say(status)).toBe('The peer answered 12 s ago.');
  });

  test('of several', () => {
    const answered = peer('a', { state: 'connected', latestHandshake: shook(12) });
    expect(say(tunnel({ state: 'connected', peers: [answered, peer('b')] }))).toBe(
      '1 of 2 peers answered, the last 12 s ago.',
    );
    expect(say(tunnel({ state: 'connected', peers: [answered, { ...answered, publicKey: 'b' }] }))).toBe(
      'All 2 peers answered, the last 12 s ago.',
    );
  });

  test('counts only what was seen to begin', () => {
    const trying = tunnel({ state: 'handshaking', peers: [peer('a', { state: 'handshaking' })] });
    expect(say(trying, now - 8000)).toBe('Nothing has come back yet (8 s).');
    expect(say(trying, 'unknown')).toBe('Nothing has come back yet.');
    const stale = tunnel({
      state: 'stale',
      peers: [peer('a', { state: 'stale', latestHandshake: shook(300) })],
    });
    expect(say(stale, now - 95_000)).toBe(
      'Sent for 1 min 35 s without an answer; the last handshake was 5 min ago.',
    );
  });

  test('of one that has nothing to do', () => {
    expect(say(tunnel({ peers: [peer('a')] }))).toBe(
      'Nothing to send yet. WireGuard keeps silent until there is.',
    );
    expect(say(tunnel({ peers: [peer('a', { latestHandshake: shook(600) })] }))).toBe(
      'Nothing to send; the last handshake was 10 min ago.',
    );
    expect(say(tunnel())).toMatch(/no peers/);
  });

  test('of a profile with errors', () => {
    expect(stateSentence(entry({ profiles: [profile({ errors: 2 })] }), undefined, now)).toMatch(
      /^2 errors .* keep it/,
    );
    expect(stateSentence(entry({ profiles: [profile({ errors: 1 })] }), undefined, now)).toMatch(
      /^An error .* keeps it/,
    );
  });
});

describe('a line of a .conf', () => {
  test.for([
    '[Interface]',
    'PrivateKey = (hidden)   # mine',
    '# Name = 家里PC',
    'AllowedIPs = 10.0.0.1/32, ::/0',
    'PublicKey=JgvmQFmhUtUoS3xFMFwEgP3L1Wnd8hJc3laJ90Gwzko=',
    '\tnonsense',
    '',
  ])('%j loses nothing', (line) => {
    expect(
      tokensOf(line)
        .map(({ text }) => text)
        .join(''),
    ).toBe(line);
  });

  test('shows where a key is hidden', () => {
    expect(tokensOf('PrivateKey = (hidden)').map(({ kind }) => kind)).toEqual([
      'key',
      'mark',
      'value',
      'hidden',
    ]);
  });
});
