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
});
