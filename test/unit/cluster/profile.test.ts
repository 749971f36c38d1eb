import { describe, expect, it } from 'vitest';
import { clusterOf } from '../../../shared/cluster/cluster.ts';
import { kiloProfile, profileText } from '../../../shared/cluster/profile.ts';
import type { ProfileOptions } from '../../../shared/cluster/profile.ts';
import { FaultError } from '../../../shared/fault.ts';
import { parsePrefix } from '../../../shared/network/prefix.ts';
import type { Prefix } from '../../../shared/network/prefix.ts';
import { clusterOfLists, keyOf, kiloNode, kiloPeer, now, readingsOf } from './clusters.ts';

function prefixes(...texts: string[]): Prefix[] {
  return texts.flatMap((text) => parsePrefix(text) ?? []);
}

const lists = {
  nodes: [
    kiloNode('b', 2, { granularity: 'location', location: 'gcp' }),
    kiloNode('a', 1, { granularity: 'location', location: 'gcp', leader: 'true' }),
    kiloNode('c', 3, { granularity: 'location', location: 'aws' }),
  ],
  peers: [
    kiloPeer('laptop', { allowedIPs: ['10.5.0.1/32', '10.200.0.0/24'], persistentKeepalive: 25 }),
    kiloPeer('relay', { allowedIPs: ['10.5.0.9/32', '10.43.0.0/16'], publicKey: keyOf('R') }),
  ],
};

function textOf(options: Partial<ProfileOptions> = {}): string {
  const wanted = { peer: 'laptop', serviceCidrs: [], gateway: null, ...options };
  return profileText(kiloProfile(clusterOfLists(lists), wanted), wanted.peer);
}

/** The AllowedIPs of each peer, by its name. */
function allowedIps(text: string): Record<string, string> {
  return Object.fromEntries(
    text
      .split('[Peer]\n')
      .slice(1)
      .map((part) => [/# Name = (.*)/.exec(part)?.[1], /AllowedIPs = (.*)/.exec(part)?.[1] ?? '']),
  ) as Record<string, string>;
}

function faultOf(work: () => unknown): { code: string; hint: string } {
  try {
    work();
  } catch (error) {
    if (error instanceof FaultError) return error.fault;
  }
  throw new Error('no fault');
}

describe('the profile of a Peer', () => {
  it('has its addresses, the locations, the other Peers, and no private key', () => {
    expect(textOf()).toBe(`[Interface]
# Name = laptop
Address = 10.5.0.1/32

[Peer]
# Name = aws
PublicKey = ${keyOf('c')}
AllowedIPs = 10.42.3.0/24, 10.1.0.3/32, 10.4.0.1/32
Endpoint = 203.0.113.3:51820
PersistentKeepalive = 25

[Peer]
# Name = gcp
PublicKey = ${keyOf('a')}
AllowedIPs = 10.42.1.0/24, 10.1.0.1/32, 10.42.2.0/24, 10.1.0.2/32, 10.4.0.2/32
Endpoint = 203.0.113.1:51820
PersistentKeepalive = 25

[Peer]
# Name = relay
PublicKey = ${keyOf('R')}
AllowedIPs = 10.5.0.9/32, 10.43.0.0/16
PersistentKeepalive = 25
`);
  });

  it('has the Services on the first node by name, or on the one that is chosen, and on no other', () => {
    const serviceCidrs = prefixes('10.43.0.0/16', 'fd43::/112');
    const services = ', 10.43.0.0/16, fd43::/112';
    const first = allowedIps(textOf({ serviceCidrs }));
    expect(first['gcp']).toBe(`10.42.1.0/24, 10.1.0.1/32, 10.42.2.0/24, 10.1.0.2/32, 10.4.0.2/32${services}`);
    expect(first['aws']).toBe('10.42.3.0/24, 10.1.0.3/32, 10.4.0.1/32');
    expect(first['relay']).toBe('10.5.0.9/32');
    const chosen = allowedIps(textOf({ serviceCidrs, gateway: 'c' }));
    expect(chosen['aws']).toBe(`10.42.3.0/24, 10.1.0.3/32, 10.4.0.1/32${services}`);
    expect(chosen['gcp']).not.toContain('10.43.0.0');
    // Its leader is dialled for it.
    expect(allowedIps(textOf({ serviceCidrs, gateway: 'b' }))).toEqual(first);
  });

  it('says what is missing', () => {
    const profileOf = (read: Parameters<typeof clusterOfLists>[0], peer = 'laptop', gateway = 'c') =>
      kiloProfile(clusterOfLists(read), { peer, serviceCidrs: prefixes('10.43.0.0/16'), gateway });
    expect(faultOf(() => profileOf({ nodes: [{ metadata: { name: 'a' } }] })).code).toBe('kilo-absent');
    expect(faultOf(() => profileOf(lists, 'phone'))).toMatchObject({
      code: 'kilo-peer-not-found',
      hint: 'There are: laptop, relay.',
    });
    expect(faultOf(() => profileOf(lists, 'laptop', 'd'))).toMatchObject({
      code: 'gateway-not-found',
      hint: 'There are: a, b, c.',
    });
    const old = lists.nodes.map((_, index) => kiloNode(`n${index}`, index + 1, { 'last-seen': '1' }));
    expect(faultOf(() => profileOf({ ...lists, nodes: old })).code).toBe('kilo-nodes-missing');
    const flat = kiloPeer('laptop', { endpoint: { dns: 'relay.example.com', port: 51820 } });
    const refused = faultOf(() => profileOf({ ...lists, peers: [flat] }));
    expect(refused.code).toBe('kilo-peer-invalid');
    expect(refused.hint).toContain('"dnsOrIP":{"dns":"relay.example.com"}');
    const narrow = lists.nodes.map((_, index) =>
      kiloNode(`n${index}`, index + 1, { 'wireguard-ip': '10.4.0.1/31' }),
    );
    expect(faultOf(() => profileOf({ ...lists, nodes: narrow })).code).toBe('kilo-subnet-full');
  });
});

describe('now', () => {
  it('is what is said, else the API’s time, else that of the node that checked in last', () => {
    const nodes = [
      kiloNode('a', 1, { 'last-seen': String(now - 600) }),
      kiloNode('b', 2, { 'last-seen': String(now - 3600) }),
    ];
    const ready = (date: number | null, given?: number): (string | undefined)[] => {
      const cluster = clusterOf(readingsOf({ nodes }, { date }), given === undefined ? {} : { now: given });
      const { kilo } = cluster;
      const names =
        kilo?.reading.kind === 'mesh' ? kilo.reading.mesh.groups.map(({ leader }) => leader.name) : [];
      return [...names, cluster.warnings.find(({ code }) => code === 'clock-from-nodes')?.code];
    };
    expect(ready(now)).toEqual([undefined]);
    expect(ready(now, now - 3580)).toEqual(['a', 'b', undefined]);
    expect(ready(null)).toEqual(['a', 'clock-from-nodes']);
    expect(ready(null, now - 590)).toEqual(['a', undefined]);
  });

  it('is not the time of a node whose clock is ahead of the machine that reads the files', () => {
    const at = (name: string, index: number, seconds: number): unknown =>
      kiloNode(name, index, { 'last-seen': String(now + seconds) });
    const nowOf = (nodes: readonly unknown[], filesReadAt: number | null): number | undefined =>
      clusterOf(readingsOf({ nodes }, { filesReadAt })).kilo?.now;
    const ahead = [at('a', 1, -600), at('b', 2, -610), at('c', 3, 7200)];
    expect(nowOf(ahead, now)).toBe(now - 600);
    expect(nowOf(ahead, null)).toBe(now + 7200);
    // It is this machine's clock that is behind, where most of them are ahead.
    expect(nowOf([at('a', 1, 7200), at('b', 2, 7210), at('c', 3, -600)], now)).toBe(now + 7210);
  });
});

describe('what a node tells of itself', () => {
  it('counts as far as Go’s numbers go: nanoseconds are a time to come', () => {
    const ready = (lastSeen: string): boolean => {
      const { kilo } = clusterOfLists({ nodes: [kiloNode('a', 1, { 'last-seen': lastSeen })] });
      return kilo?.reading.kind === 'mesh';
    };
    expect(ready(`${now}000000000`)).toBe(true);
    expect(ready('9223372036854775807')).toBe(true);
    expect(ready('9223372036854775808')).toBe(false);
    expect(ready(`+${'0'.repeat(30)}${now}`)).toBe(true);
    expect(ready('--1')).toBe(false);
  });

  it('of others counts beside an endpoint that nobody can dial', () => {
    const heard = (entry: unknown): string =>
      JSON.stringify({ [keyOf('a')]: { IP: '198.51.100.7', Port: 7 }, [keyOf('z')]: entry });
    const endpointWith = (entry: unknown): string | undefined => {
      const nodes = [
        kiloNode('a', 1, { 'persistent-keepalive': '25', 'discovered-endpoints': heard(entry) }),
      ];
      const wanted = { peer: 'laptop', serviceCidrs: [], gateway: null };
      const [first] = kiloProfile(clusterOfLists({ nodes, peers: lists.peers }), wanted).peers;
      return first?.endpoint ?? undefined;
    };
    for (const entry of [
      { IP: '198.51.100.8', Port: 0 },
      { IP: '198.51.100.8', Port: 70_000 },
      { IP: '198.51.100.8', Port: 1, Zone: 'a b' },
    ])
      expect(endpointWith(entry)).toBe('198.51.100.7:7');
    for (const entry of [
      { IP: 'nowhere', Port: 1 },
      { Port: 1.5, IP: '198.51.100.8' },
    ])
      expect(endpointWith(entry)).toBe('203.0.113.1:51820');
  });
});
