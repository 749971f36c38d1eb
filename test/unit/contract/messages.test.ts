import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  faultMessage,
  interfaceName,
  requestEnvelope,
  tunnelChange,
  tunnelMessage,
  tunnelStatus as tunnelStatusMessage,
  tunnelToMessage,
} from '../../../shared/contract/helper/messages.ts';
import { helperVerbs } from '../../../shared/contract/helper/verbs.ts';
import { peerStatus, tunnelStatus } from '../tunnel/statuses.ts';
import { anyTunnel, keys, tunnelOf } from './tunnels.ts';

/** The message of a good tunnel, with one thing in it replaced. */
function messageWith(path: readonly (string | number)[], value: unknown): unknown {
  const message = structuredClone(tunnelToMessage(tunnelOf())) as unknown;
  let at = message as Record<string | number, unknown>;
  for (const step of path.slice(0, -1)) at = at[step] as Record<string | number, unknown>;
  at[path.at(-1) ?? ''] = value;
  return message;
}

function isTaken(path: readonly (string | number)[], value: unknown): boolean {
  return tunnelMessage.safeParse(messageWith(path, value)).success;
}

describe('a tunnel on its way to the helper', () => {
  it('arrives as it was sent', () => {
    fc.assert(
      fc.property(anyTunnel, (tunnel) => {
        const wire = JSON.stringify(tunnelToMessage(tunnel));
        expect(tunnelMessage.parse(JSON.parse(wire))).toEqual(tunnel);
      }),
    );
  });

  it.each([
    'PreUp',
    'PostUp',
    'PreDown',
    'PostDown',
    'SaveConfig',
    'preUp',
    'postUp',
    'hooks',
    'scripts',
    '__proto__x',
  ])('cannot carry %s, in itself or in a peer', (key) => {
    expect(isTaken([key], 'touch /tmp/owned')).toBe(false);
    expect(isTaken(['peers', 0, key], 'touch /tmp/owned')).toBe(false);
    expect(isTaken(['dns', key], 'touch /tmp/owned')).toBe(false);
  });

  it('carries commands, each a line of limited length and number, and nothing that says they may run', () => {
    expect(isTaken(['scripts', 'PostUp'], ['iptables -F', 'x'.repeat(4096)])).toBe(true);
    expect(isTaken(['scripts', 'PostUp'], Array(32).fill('true'))).toBe(true);
    for (const wrong of [
      Array(33).fill('true'),
      ['x'.repeat(4097)],
      [''],
      ['a\0b'],
      ['a\nb'],
      'true',
      [1],
      null,
    ])
      expect(isTaken(['scripts', 'PostUp'], wrong), JSON.stringify(wrong).slice(0, 20)).toBe(false);
    for (const key of ['allowed', 'policy', 'user', 'postUp', 'owner'])
      expect(isTaken(['scripts', key], ['true']), key).toBe(false);
  });

  it('takes keys in the one spelling that wg takes', () => {
    const shifted = `${keys.peer.slice(0, 42)}p=`;
    for (const path of [['privateKey'], ['peers', 0, 'publicKey'], ['peers', 0, 'presharedKey']]) {
      expect(isTaken(path, keys.other)).toBe(true);
      for (const wrong of [
        shifted,
        keys.other.slice(0, -1),
        `${keys.other}\n`,
        keys.other.replace(/[+/]/g, '-'),
        '',
      ]) {
        if (wrong !== keys.other) expect(isTaken(path, wrong), wrong).toBe(false);
      }
    }
  });

  it.each([
    [['interface'], 'home\nPostUp = true'],
    [['name'], 'home\nPostUp = true'],
    [['peers', 0, 'name'], 'a\u0000b'],
    [['addresses', 0], '10.0.0.1/24\nPostUp = true'],
    [['peers', 0, 'allowedIps', 0], '10.0.0.0/8\n[Interface]'],
    [['peers', 0, 'endpoint'], { host: 'a\nb', port: 1 }],
    [['peers', 0, 'endpoint'], { host: 'a b', port: 1 }],
    [['peers', 0, 'endpoint'], { host: '$(reboot)', port: 1 }],
    [['peers', 0, 'endpoint'], { host: '', port: 1 }],
    [['dns', 'servers'], ['1.1.1.1\nPostUp = true']],
    [['dns', 'searchDomains'], ['a b']],
  ])('cannot carry a second line or a blank: %j', (path, value) => {
    expect(isTaken(path, value)).toBe(false);
  });

  it.each([
    [['dns', 'searchDomains'], ['--help']],
    [
      ['dns', 'searchDomains'],
      ['corp.example', '-x'],
    ],
    [['dns', 'domains'], ['--help']],
    [['interface'], '-x'],
  ])('cannot carry what a program would take for an option: %j', (path, value) => {
    expect(isTaken(path, value)).toBe(false);
  });

  it('takes addresses and prefixes in their canonical form only', () => {
    expect(isTaken(['addresses', 0], '10.0.0.5/24')).toBe(true);
    for (const wrong of [
      '10.0.0.5',
      '10.0.0.5/024',
      '010.0.0.5/24',
      'FD00::1/64',
      'fd00:0::1/64',
      '10.0.0.5/33',
      5,
    ])
      expect(isTaken(['addresses', 0], wrong), String(wrong)).toBe(false);
    expect(isTaken(['peers', 0, 'allowedIps', 0], '10.0.0.0/24')).toBe(true);
    for (const wrong of ['10.0.0.5/24', '10.0.0.0', '::/0 ', '0.0.0.0/-0'])
      expect(isTaken(['peers', 0, 'allowedIps', 0], wrong), wrong).toBe(false);
  });

  it.each([
    [['listenPort'], [0, 65_535], [-1, 65_536, 1.5, '1', NaN]],
    [['fwMark'], [0, 0xffff_ffff], [-1, 0x1_0000_0000, '0x1']],
    [['mtu'], [68, 65_535], [67, 65_536, 1420.5]],
    [['table'], ['auto', 'off', 1, 100], [0, -1, 'main', 'Off', 0x1_0000_0000]],
    [
      ['peers', 0, 'persistentKeepalive'],
      [1, 65_535, null],
      [0, 65_536],
    ],
    [
      ['peers', 0, 'endpoint'],
      [{ host: 'a', port: 0 }, null],
      [{ host: 'a', port: 65_536 }, { host: 'a' }, 'a:1'],
    ],
  ])('keeps %j within its range', (path, taken, refused) => {
    for (const value of taken) expect(isTaken(path, value), JSON.stringify(value)).toBe(true);
    for (const value of refused) expect(isTaken(path, value), JSON.stringify(value)).toBe(false);
  });

  it.each([
    [['name'], 255, (count: number): unknown => 'x'.repeat(count)],
    [['addresses'], 256, (count: number): unknown => Array(count).fill('10.0.0.1/32')],
    [['peers'], 10_000, (count: number): unknown => Array(count).fill(tunnelToMessage(tunnelOf()).peers[0])],
    [['peers', 0, 'allowedIps'], 20_000, (count: number): unknown => Array(count).fill('10.0.0.0/8')],
    [['dns', 'servers'], 64, (count: number): unknown => Array(count).fill('10.0.0.1')],
    [['dns', 'searchDomains'], 64, (count: number): unknown => Array(count).fill('a')],
  ])('holds in %j at most %i', (path, most, make) => {
    expect(isTaken(path, make(most))).toBe(true);
    expect(isTaken(path, make(most + 1))).toBe(false);
  });

  it('lacks nothing', () => {
    const message = tunnelToMessage(tunnelOf());
    for (const key of Object.keys(message)) {
      const rest = Object.fromEntries(Object.entries(message).filter(([name]) => name !== key));
      expect(tunnelMessage.safeParse(rest).success, key).toBe(false);
    }
  });
});

describe('the name of an interface', () => {
  it.each(['wg0', 'a', 'a23456789012345', 'Home_1=+.-', '0', '...', '-'.repeat(0) + 'x-'])(
    'may be %j',
    (name) => {
      expect(interfaceName.safeParse(name).success).toBe(true);
    },
  );

  it.each([
    '',
    'a234567890123456',
    '-x',
    '.',
    '..',
    'all',
    'default',
    'lo',
    'a b',
    'a/b',
    'a:b',
    'ä',
    'wg0\n',
    'a%d',
    1,
  ])('may not be %j', (name) => {
    expect(interfaceName.safeParse(name).success).toBe(false);
  });
});

describe('a request', () => {
  const request = { jsonrpc: '2.0', id: 1, method: 'status', params: {} };

  it.each([request, { ...request, id: 'x' }])('is one: %j', (message) => {
    expect(requestEnvelope.safeParse(message).success).toBe(true);
  });

  it.each([
    null,
    undefined,
    [],
    [request],
    'x',
    { ...request, jsonrpc: '1.0' },
    { ...request, id: null },
    { ...request, id: 1.5 },
    { ...request, id: 'x'.repeat(65) },
    { ...request, method: 'x'.repeat(65) },
    { ...request, method: 7 },
    { jsonrpc: '2.0', method: 'status', params: {} },
    { ...request, more: 1 },
  ])('is none: %j', (message) => {
    expect(requestEnvelope.safeParse(message).success).toBe(false);
  });
});

describe('the questions of the verbs', () => {
  it('wait for a handshake between nothing and ten minutes', () => {
    const question = (wait: unknown): boolean =>
      helperVerbs.up.params.safeParse({ tunnel: tunnelToMessage(tunnelOf()), wait }).success;
    expect([null, 0, 0.5, 600].map(question)).toEqual([true, true, true, true]);
    expect([undefined, -1, 601, '1', Infinity].map(question)).toEqual([false, false, false, false, false]);
  });

  it('take nothing that they do not know', () => {
    for (const verb of ['status', 'watch', 'recover'] as const) {
      expect(helperVerbs[verb].params.safeParse({}).success).toBe(true);
      expect(helperVerbs[verb].params.safeParse({ command: 'x' }).success).toBe(false);
    }
    expect(helperVerbs.down.params.safeParse({ interface: '../x' }).success).toBe(false);
    expect(helperVerbs.hello.params.safeParse({ protocol: '1' }).success).toBe(false);
  });
});

describe('the answers of the helper', () => {
  const status = tunnelStatus({
    peers: [peerStatus(keys.peer, { state: 'connected', latestHandshake: '2026-01-01T00:00:01.000Z' })],
    warnings: [{ code: 'dns-not-applied', message: 'm', hint: 'h' }],
    failure: { code: 'link-failed', message: 'm', hint: 'h' },
  });

  it('are taken as they are', () => {
    expect(tunnelStatusMessage.parse(JSON.parse(JSON.stringify(status)))).toEqual(status);
  });

  it('are refused where a state is not one, or a key more is in them', () => {
    const wrong = [
      { ...status, state: 'up' },
      { ...status, privateKey: keys.private },
      { ...status, peers: [{ ...status.peers[0], presharedKey: keys.preshared }] },
      { ...status, peers: [{ ...status.peers[0], rxBytes: -1 }] },
    ];
    for (const value of wrong) expect(tunnelStatusMessage.safeParse(value).success).toBe(false);
  });

  it('tell of a change in any of its parts', () => {
    const { peers, ...head } = status;
    for (const change of [
      { interface: 'home' },
      { interface: 'home', head: null },
      { interface: 'home', head, peers, removedPeers: [keys.other] },
    ])
      expect(tunnelChange.parse(JSON.parse(JSON.stringify(change)))).toEqual(change);
    expect(tunnelChange.safeParse({ head: null }).success).toBe(false);
    expect(tunnelChange.safeParse({ interface: 'home', state: 'down' }).success).toBe(false);
  });

  it('carry only faults with a code of ours', () => {
    const fault = { code: 'link-failed', message: 'm', hint: 'h' };
    expect(faultMessage.parse(fault)).toEqual(fault);
    expect(faultMessage.parse({ ...fault, command: 'c' })).toEqual({ ...fault, command: 'c' });
    for (const code of ['rm-rf', 'toString', '', 7])
      expect(faultMessage.safeParse({ ...fault, code }).success).toBe(false);
    expect(faultMessage.safeParse({ code: 'link-failed', message: 'm' }).success).toBe(false);
  });
});
