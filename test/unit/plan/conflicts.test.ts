import { describe, expect, it } from 'vitest';
import { findConflicts } from '../../../shared/network/plan/conflicts.ts';
import type { Conflict } from '../../../shared/network/plan/conflicts.ts';
import type { HostNetwork, HostRoute, HostRule } from '../../../shared/network/host/host-network.ts';
import { formatPrefix } from '../../../shared/network/prefix.ts';
import { PrefixSet } from '../../../shared/network/prefix-set.ts';
import { wordsOf } from '../../../shared/network/plan/conflict-words.ts';
import { laptop, link, refusal, route, rule, selecting, withTunnels } from './hosts.ts';
import { address, planned, prefix } from './tunnels.ts';
import type { TunnelTexts } from './tunnels.ts';

/** `0.0.0.0/0` without 10.0.0.0/8, 172.16.0.0/12 and 192.168.0.0/16. */
const withoutPrivate = PrefixSet.of([prefix('0.0.0.0/0')])
  .without(PrefixSet.of(['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'].map(prefix)))
  .texts();

/** What stands around the tunnel `home`. */
interface Around {
  readonly host?: HostNetwork;
  readonly others?: readonly TunnelTexts[];
  readonly servers?: readonly string[];
  readonly addresses?: readonly string[];
  /** Whose the others are. */
  readonly user?: number | null;
}

/** The conflicts of the tunnel on the laptop. */
function found(prefixes: readonly string[], given: Around = {}): Conflict[] {
  const others = (given.others ?? []).map((texts) => planned(texts));
  const { addresses = ['10.200.200.11/24'], user = null } = given;
  return findConflicts(planned({ prefixes, addresses, order: 9 }), {
    host: withTunnels(given.host ?? laptop, others),
    tunnels: new Map(others.map((other) => [other.interface, { name: `profile ${other.interface}`, user }])),
    nameServers: (given.servers ?? ['192.168.1.1']).map(address),
  });
}

/** The same in words. */
function conflicts(prefixes: readonly string[], given: Around = {}): string[] {
  return found(prefixes, given).map(
    ({ code, severity, prefix, against, owner }) =>
      `${severity} ${code}: ${formatPrefix(prefix)} against ${formatPrefix(against)} of ${owner.kind} ${owner.name}`,
  );
}

describe('the conflicts of a tunnel', () => {
  it.each([
    ['the whole internet', ['0.0.0.0/0', '::/0']],
    ['its halves', ['0.0.0.0/1', '128.0.0.0/1', '::/1', '8000::/1']],
    ['its quarters', ['0.0.0.0/2', '64.0.0.0/2', '128.0.0.0/2', '192.0.0.0/2']],
    ['all of it but the private networks', withoutPrivate],
    ['all global addresses of IPv6', ['2000::/3']],
    ['a cluster’s Pods and Services', ['10.42.0.0/16', '10.43.0.0/16', '10.4.0.0/16']],
    ['one address elsewhere', ['203.0.113.7/32']],
  ])('are none at home for %s', (_, prefixes) => {
    expect(conflicts(prefixes)).toEqual([]);
  });

  it('are none with a LAN that is more specific: it stays', () => {
    expect(conflicts(['192.168.0.0/18'])).toEqual([]);
  });

  it('are an error where the office has the numbers of the home', () => {
    expect(conflicts(['192.168.1.0/24'])).toEqual([
      'error route-taken: 192.168.1.0/24 against 192.168.1.0/24 of lan wlan0',
      'error gateway-captured: 192.168.1.0/24 against 192.168.1.1/32 of lan wlan0',
      'error name-server-captured: 192.168.1.0/24 against 192.168.1.1/32 of lan wlan0',
    ]);
  });

  it('name part of the LAN that would go into the tunnel, and the name server in it', () => {
    expect(conflicts(['192.168.1.128/25'])).toEqual([
      'warning route-split: 192.168.1.128/25 against 192.168.1.0/24 of lan wlan0',
    ]);
    expect(conflicts(['192.168.1.128/25'], { servers: ['192.168.1.250'] })).toContain(
      'error name-server-captured: 192.168.1.128/25 against 192.168.1.250/32 of lan wlan0',
    );
  });

  it('name Docker’s bridge, taken or in the way', () => {
    expect(conflicts(['172.17.0.0/16'])).toEqual([
      'error route-taken: 172.17.0.0/16 against 172.17.0.0/16 of bridge docker0',
    ]);
    expect(conflicts(['172.16.0.0/12'])).toEqual([
      'warning route-shadowed: 172.16.0.0/12 against 172.17.0.0/16 of bridge docker0',
    ]);
  });

  it('name another VPN, of which a full tunnel takes nothing', () => {
    expect(conflicts(['10.99.0.0/16'])).toEqual([
      'error route-taken: 10.99.0.0/16 against 10.99.0.0/16 of vpn tun0',
    ]);
    expect(conflicts(['10.0.0.0/8'])).toEqual([
      'warning route-shadowed: 10.0.0.0/8 against 10.99.0.0/16 of vpn tun0',
    ]);
  });

  it('name an address that another interface has, whatever is routed', () => {
    expect(conflicts([], { addresses: ['192.168.1.5/32', '10.7.0.1/32'] })).toEqual([
      'error address-taken: 192.168.1.5/32 against 192.168.1.5/32 of lan wlan0',
    ]);
    expect(conflicts([], { addresses: ['127.0.0.1/32'] })).toEqual([]);
  });

  it('are none between two tunnels of ours with one address, or with one’s own interface', () => {
    const held = (device: string): HostNetwork => ({
      ...laptop,
      routes: [...laptop.routes, route('10.7.0.1/32', device, { table: 255, kind: 'local' })],
    });
    const others = [{ interface: 'office', addresses: ['10.7.0.1/24'], order: 2 }];
    const addresses = ['10.7.0.1/24'];
    expect(conflicts([], { host: held('office'), others, addresses })).toEqual([]);
    expect(conflicts([], { host: held('home'), addresses })).toEqual([]);
    expect(conflicts([], { host: held('office'), addresses })).toHaveLength(1);
  });

  it('name the LAN where the network around an address would go before it', () => {
    const around = (...addresses: string[]): string[] => conflicts([], { addresses });
    expect(around('192.168.1.77/24')).toEqual([
      'error address-network-taken: 192.168.1.0/24 against 192.168.1.0/24 of lan wlan0',
    ]);
    expect(around('192.168.1.77/26')).toEqual([
      'warning address-network-taken: 192.168.1.64/26 against 192.168.1.0/24 of lan wlan0',
    ]);
    // Of routes that are alike the first carries, and a more specific one stays.
    expect(around('172.17.0.9/16', '192.168.0.1/16', '192.168.1.77/32', 'fe80::7/64')).toEqual([]);
  });

  it('name a VPN that wants everything too', () => {
    const host = {
      ...laptop,
      routes: [...laptop.routes, route('0.0.0.0/1', 'tun0'), route('128.0.0.0/1', 'tun0')],
    };
    expect(conflicts(['0.0.0.0/0'], { host })).toEqual([
      'error full-tunnel-twice: 0.0.0.0/0 against 0.0.0.0/1 of vpn tun0',
      'error full-tunnel-twice: 0.0.0.0/0 against 128.0.0.0/1 of vpn tun0',
    ]);
  });

  it('name another tunnel of ours by its profile', () => {
    const office = { interface: 'office', prefixes: ['10.42.0.0/16'], order: 2 };
    const of = (...prefixes: string[]): string[] => conflicts(prefixes, { others: [office] });
    expect(of('10.42.0.0/16')).toEqual([
      'error route-shadowed: 10.42.0.0/16 against 10.42.0.0/16 of tunnel profile office',
    ]);
    expect(of('10.42.1.0/24')).toEqual([
      'warning route-split: 10.42.1.0/24 against 10.42.0.0/16 of tunnel profile office',
    ]);
    expect(of('10.40.0.0/13')).toEqual([
      'warning route-shadowed: 10.40.0.0/13 against 10.42.0.0/16 of tunnel profile office',
    ]);
    expect(of('0.0.0.0/0')).toEqual([]);
  });

  it('are none for a split tunnel beside a full one, and an error for a second full one', () => {
    const full = { interface: 'full', prefixes: ['0.0.0.0/0'], order: 2 };
    expect(conflicts(['10.42.0.0/16'], { others: [full] })).toEqual([]);
    expect(conflicts(['0.0.0.0/1', '128.0.0.0/1'], { others: [full] })).toEqual([
      'error full-tunnel-twice: 0.0.0.0/1 against 0.0.0.0/0 of tunnel profile full',
      'error full-tunnel-twice: 128.0.0.0/1 against 0.0.0.0/0 of tunnel profile full',
    ]);
  });

  it('name another full tunnel in whatever pieces either is written', () => {
    const quarters = ['0.0.0.0/2', '64.0.0.0/2', '128.0.0.0/2', '192.0.0.0/2'];
    const full = { interface: 'full', prefixes: ['0.0.0.0/0'] };
    expect(conflicts(quarters, { others: [full] })).toEqual(
      quarters.map((each) => `error full-tunnel-twice: ${each} against 0.0.0.0/0 of tunnel profile full`),
    );
    const inQuarters = { interface: 'full', prefixes: quarters };
    expect(conflicts(['0.0.0.0/0'], { others: [inQuarters] })).toEqual(
      quarters.map((each) => `error full-tunnel-twice: 0.0.0.0/0 against ${each} of tunnel profile full`),
    );
    expect(conflicts(withoutPrivate, { others: [full] })).toContain(
      'error full-tunnel-twice: 128.0.0.0/3 against 0.0.0.0/0 of tunnel profile full',
    );
  });

  it('do not take one quarter for everything', () => {
    expect(conflicts(['172.0.0.0/6'])).toEqual([
      'warning route-shadowed: 172.0.0.0/6 against 172.17.0.0/16 of bridge docker0',
    ]);
  });

  it('name a name server outside that a split tunnel would ask for itself, but not one on this machine', () => {
    expect(conflicts(['10.0.0.0/16'], { servers: ['10.0.0.53', '127.0.0.53', '192.168.1.5'] })).toEqual([
      'error name-server-captured: 10.0.0.0/16 against 10.0.0.53/32 of lan wlan0',
    ]);
  });

  it('are none for a tunnel that makes no routes, or has a table of its own', () => {
    for (const table of ['off', 100] as const) {
      const tunnel = planned({ prefixes: ['192.168.1.0/24'], table });
      expect(findConflicts(tunnel, { host: laptop, tunnels: new Map(), nameServers: [] })).toEqual([]);
    }
  });
});

/** The laptop with more routes and rules. */
function withMore(routes: readonly HostRoute[], rules: readonly HostRule[] = []): HostNetwork {
  return { ...laptop, routes: [...laptop.routes, ...routes], rules: [...laptop.rules, ...rules] };
}

const halves = ['0.0.0.0/1', '128.0.0.0/1'];

describe('another VPN’s full tunnel', () => {
  const wgQuick = withMore(
    [route('0.0.0.0/0', 'tun0', { table: 51_820 })],
    [
      {
        ...rule(32_764, 254),
        action: { kind: 'lookup', table: 254, suppressed: 0, suppressedGroup: null },
      },
      selecting(rule(32_765, 51_820), { mark: { value: 51_820, mask: 0xffff_ffff } }, true),
    ],
  );

  it.each([
    ['in a table of its own, as wg-quick makes it', wgQuick],
    ['by a default route of a low metric', withMore([route('0.0.0.0/0', 'tun0', { metric: 50 })])],
    [
      'by one next hop of several',
      withMore([
        {
          ...route('0.0.0.0/0', 'tun0', { metric: 50 }),
          hops: [
            { device: 'tun0', gateway: null },
            { device: 'wlan0', gateway: address('192.168.1.1') },
          ],
        },
      ]),
    ],
  ])('is named, %s', (_, host) => {
    expect(conflicts(['0.0.0.0/0'], { host })).toEqual([
      'error full-tunnel-twice: 0.0.0.0/0 against 0.0.0.0/0 of vpn tun0',
    ]);
    expect(conflicts(halves, { host })).toEqual(
      halves.map((half) => `error full-tunnel-twice: ${half} against 0.0.0.0/0 of vpn tun0`),
    );
    expect(conflicts(['10.42.0.0/16'], { host })).toEqual([]);
  });

  it('is named where a rule of somebody’s leads to another card', () => {
    const rules = [rule(31_000, 77)];
    const host = withMore([route('0.0.0.0/0', 'eth7', { table: 77 })], rules);
    expect(conflicts(['0.0.0.0/0'], { host })).toEqual([
      'error full-tunnel-twice: 0.0.0.0/0 against 0.0.0.0/0 of lan eth7',
    ]);
    const sameCard = withMore([route('0.0.0.0/0', 'wlan0', { table: 77 })], rules);
    expect(conflicts(['0.0.0.0/0'], { host: sameCard })).toEqual([]);
  });

  it('is none where a telephone line is the only way out, or nothing leads to it', () => {
    const telephone: HostNetwork = {
      ...laptop,
      links: [...laptop.links, link('ppp0', 'ppp')],
      routes: [...laptop.routes.filter(({ prefix: { length } }) => length > 0), route('0.0.0.0/0', 'ppp0')],
    };
    expect(conflicts(['0.0.0.0/0'], { host: telephone })).toEqual([]);
    const unused = withMore([
      route('0.0.0.0/0', 'tun0', { table: 51_820 }),
      route('0.0.0.0/0', 'tun0', { metric: 9000 }),
    ]);
    expect(conflicts(['0.0.0.0/0'], { host: unused })).toEqual([]);
  });

  it('is none where the only way out is in a table of its own', () => {
    const host: HostNetwork = {
      links: [link('eth5', 'veth')],
      routes: [route('192.168.1.0/24', 'eth5'), route('0.0.0.0/0', 'eth5', { table: 77 })],
      rules: [...laptop.rules, rule(32_000, 77)],
    };
    expect(conflicts(['0.0.0.0/0'], { host })).toEqual([]);
    expect(conflicts(halves, { host })).toEqual([]);
  });

  it('is none where a network of IPv6 alone carries IPv4 by translation', () => {
    const host: HostNetwork = {
      links: [link('eth5', 'veth'), link('clat', 'tun')],
      routes: [
        route('::/0', 'eth5'),
        route('192.0.0.1/32', 'clat', { table: 255, kind: 'local' }),
        route('0.0.0.0/0', 'clat', { metric: 2048 }),
      ],
      rules: laptop.rules,
    };
    expect(conflicts(['0.0.0.0/0', '::/0'], { host })).toEqual([]);
    expect(conflicts(halves, { host })).toEqual([]);
    const vpn = { ...host, routes: host.routes.filter(({ kind }) => kind !== 'local') };
    expect(conflicts(['0.0.0.0/0'], { host: vpn })).toEqual([
      'error full-tunnel-twice: 0.0.0.0/0 against 0.0.0.0/0 of vpn clat',
    ]);
  });

  it('that is asked before every tunnel is said to keep what it has', () => {
    const host = withMore([route('0.0.0.0/0', 'tun0', { table: 52 })], [rule(5270, 52)]);
    const [first] = found(['0.0.0.0/0'], { host });
    expect(first).toMatchObject({ code: 'full-tunnel-twice', isCarried: false });
    expect(first && wordsOf(first).message).toContain('this tunnel would carry nothing');
  });
});

describe('a route that no packet takes', () => {
  it('is no conflict: no rule leads to its table, or it is for other packets', () => {
    expect(
      conflicts(['10.43.0.0/16'], { host: withMore([route('10.43.0.0/16', 'tun0', { table: 77 })]) }),
    ).toEqual([]);
    const marked = withMore(
      [route('10.43.0.0/16', 'tun0', { table: 77 })],
      [selecting(rule(100, 77), { mark: { value: 7, mask: 0xff } })],
    );
    expect(conflicts(['10.43.0.0/16'], { host: marked })).toEqual([]);
    const ofOneClass = withMore([route('10.43.0.0/16', 'tun0', { only: { serviceClass: 16, from: null } })]);
    expect(conflicts(['10.43.0.0/16'], { host: ofOneClass })).toEqual([]);
  });
});

describe('a network that a rule keeps from the tunnel', () => {
  const tailscale = withMore(
    [route('10.43.0.0/16', 'tun0', { table: 52 }), route('100.64.0.0/10', 'tun0', { table: 52 })],
    [rule(5270, 52)],
  );

  it('is said to stay where it is, and is an error where nothing is left', () => {
    expect(conflicts(['10.43.0.0/16'], { host: tailscale })).toEqual([
      'error route-shadowed: 10.43.0.0/16 against 10.43.0.0/16 of vpn tun0',
    ]);
    expect(conflicts(['10.43.7.0/24'], { host: tailscale })).toEqual([
      'error route-shadowed: 10.43.7.0/24 against 10.43.0.0/16 of vpn tun0',
    ]);
    expect(conflicts(['10.40.0.0/13'], { host: tailscale })).toEqual([
      'warning route-shadowed: 10.40.0.0/13 against 10.43.0.0/16 of vpn tun0',
    ]);
    expect(conflicts(['0.0.0.0/0'], { host: tailscale })).toEqual([]);
    const [first] = found(['10.43.0.0/16'], { host: tailscale });
    expect(first && wordsOf(first).message).toContain('nothing of it would go into the tunnel');
  });

  it('reaches no farther than the rule', () => {
    const some = selecting(rule(100, 77), { to: prefix('10.43.5.0/24') });
    const host = withMore([route('0.0.0.0/0', 'tun0', { table: 77 })], [some]);
    expect(conflicts(['10.43.0.0/16'], { host })).toEqual([
      'warning route-shadowed: 10.43.0.0/16 against 10.43.5.0/24 of vpn tun0',
    ]);
  });

  it('is taken where the rule is asked after the tunnels', () => {
    const host = withMore([route('10.43.5.0/24', 'tun0', { table: 77 })], [rule(31_000, 77)]);
    expect(conflicts(['10.43.0.0/16'], { host })).toEqual([
      'error route-taken: 10.43.0.0/16 against 10.43.5.0/24 of vpn tun0',
    ]);
  });
});

describe('a route that refuses', () => {
  it.each([
    [
      'a less specific range',
      ['10.43.0.0/16'],
      refusal('10.0.0.0/8', 'unreachable', { metric: 9999 }),
      'error',
    ],
    ['the very range', ['10.43.0.0/16'], refusal('10.43.0.0/16', 'blackhole'), 'error'],
    ['everything of IPv6', ['::/0'], refusal('::/0', 'unreachable', { metric: 4_294_967_295 }), 'error'],
    ['a part', ['10.43.0.0/16'], refusal('10.43.7.0/24', 'prohibit'), 'warning'],
  ] as const)('is in the way: %s', (_, prefixes, refusing, severity) => {
    const [first, ...others] = found(prefixes, { host: withMore([refusing]) });
    expect(first).toMatchObject({ code: 'route-shadowed', severity, owner: { kind: 'refusal' } });
    expect(others).toEqual([]);
    expect(first?.owner.name).toContain(refusing.kind);
    expect(first && wordsOf(first).message).toContain('refused by this machine itself');
  });

  it('is none where it only tells to ask further, or is more specific than a tunnel for everything', () => {
    expect(conflicts(['10.43.0.0/16'], { host: withMore([refusal('10.0.0.0/8', 'throw')]) })).toEqual([]);
    expect(conflicts(['0.0.0.0/0'], { host: withMore([refusal('10.0.0.0/8', 'blackhole')]) })).toEqual([]);
  });

  it('may be a rule', () => {
    const refusing = { ...rule(100, 0), action: { kind: 'prohibit' as const } };
    const host = withMore([], [selecting(refusing, { to: prefix('10.0.0.0/8') })]);
    expect(found(['10.43.0.0/16'], { host })).toMatchObject([
      { code: 'route-shadowed', severity: 'error', owner: { kind: 'refusal' } },
    ]);
  });
});

describe('a full tunnel with some networks left out', () => {
  const left = (...holes: string[]): string[] =>
    PrefixSet.of([prefix('0.0.0.0/0')])
      .without(PrefixSet.of(holes.map(prefix)))
      .texts();

  it.each([['193.110.81.0'], ['192.169.3.4'], ['9.9.9.9'], ['192.0.0.1']])(
    'may take the name server %s, in whatever piece it lies',
    (server) => {
      expect(conflicts(left('192.168.0.0/16'), { servers: [server] })).toEqual([]);
    },
  );

  it('is a second one beside another, in each of its pieces', () => {
    const others = [{ interface: 'full', prefixes: ['0.0.0.0/0'] }];
    const pieces = left('192.168.0.0/16');
    expect(conflicts(pieces, { others })).toEqual(
      pieces.map((piece) => `error full-tunnel-twice: ${piece} against 0.0.0.0/0 of tunnel profile full`),
    );
  });

  it('takes the gateway with a network that it names beside', () => {
    expect(conflicts(['0.0.0.0/0', '192.168.1.0/24'])).toEqual([
      'error route-taken: 192.168.1.0/24 against 192.168.1.0/24 of lan wlan0',
      'error gateway-captured: 192.168.1.0/24 against 192.168.1.1/32 of lan wlan0',
      'error name-server-captured: 192.168.1.0/24 against 192.168.1.1/32 of lan wlan0',
    ]);
  });
});

describe('the gateways of this machine', () => {
  it('are looked at one by one, of a default route by several next hops too', () => {
    const both = {
      ...route('0.0.0.0/0', 'wlan0'),
      hops: [
        { device: 'wlan0', gateway: address('192.168.1.1') },
        { device: 'eth1', gateway: address('10.42.0.1') },
      ],
    };
    const host = withMore([both, route('10.42.0.0/16', 'eth1')]);
    expect(conflicts(['10.42.0.0/24'], { host })).toContain(
      'error gateway-captured: 10.42.0.0/24 against 10.42.0.1/32 of lan eth1',
    );
  });
});

describe('two tunnels with one prefix', () => {
  const first = { interface: 'office', prefixes: ['10.42.0.0/16'], order: 2 };
  const full = { interface: 'office', prefixes: ['0.0.0.0/0'], order: 2 };

  it('are told that the first keeps it and the second carries nothing', () => {
    const [conflict] = found(['10.42.0.0/16'], { others: [first] });
    expect(conflict).toMatchObject({ code: 'route-shadowed', severity: 'error', isCarried: false });
    expect(conflict && wordsOf(conflict).message).toMatch(/"profile office".* this one would carry nothing/);
    const [twice, ...more] = found(['0.0.0.0/0'], { others: [full] });
    expect(more).toEqual([]);
    expect(twice).toMatchObject({ code: 'full-tunnel-twice', isCarried: false });
    expect(twice && wordsOf(twice).message).toContain('this tunnel would carry nothing');
  });

  it('are told that the halves go before the whole', () => {
    const twice = found(halves, { others: [full] });
    expect(twice.map(({ code, isCarried }) => [code, isCarried])).toEqual([
      ['full-tunnel-twice', true],
      ['full-tunnel-twice', true],
    ]);
    expect(twice[0] && wordsOf(twice[0]).message).toContain(
      '"profile office", which would carry nothing more',
    );
  });

  it('are told whose the other is, where that is another user', () => {
    const [conflict] = found(['10.42.0.0/16'], { others: [first], user: 1001 });
    expect(conflict?.owner).toMatchObject({ kind: 'tunnel', user: 1001 });
    expect(conflict && wordsOf(conflict).message).toContain('the tunnel office of user 1001');
  });
});
