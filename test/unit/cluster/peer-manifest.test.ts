import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressProblem } from '../../../shared/cluster/manifests/address-problem.ts';
import {
  freeAddress,
  likelyAddress,
  poolsFor,
  takenIn,
  usualPools,
} from '../../../shared/cluster/manifests/free-address.ts';
import { nthName, peerNameFor } from '../../../shared/cluster/manifests/peer-name.ts';
import { hostCidr, peerManifest } from '../../../shared/cluster/manifests/peer.ts';
import { rivalryOf } from '../../../shared/cluster/manifests/rivals.ts';
import { readKiloPeers } from '../../../shared/cluster/objects/kilo-peer.ts';
import { isDnsSubdomain, parseMeshEndpoint } from '../../../shared/cluster/values/endpoint.ts';
import { formatAddress, parseAddress } from '../../../shared/network/address.ts';
import { contains, formatPrefix, parsePrefix } from '../../../shared/network/prefix.ts';
import type { Prefix } from '../../../shared/network/prefix.ts';
import { clusterOfLists, keyOf, kiloNode, kiloPeer } from './clusters.ts';

function prefix(text: string): Prefix {
  const read = parsePrefix(text);
  if (read === null) throw new Error(text);
  return read;
}

function free(pool: string, ...taken: string[]): string | null {
  const address = freeAddress(prefix(pool), taken.map(prefix));
  return address === null ? null : formatAddress(address);
}

describe('a Peer’s manifest', () => {
  it('has an endpoint and a keepalive only where somebody gives them, and never a preshared key', () => {
    const wanted = { name: 'laptop', publicKey: keyOf('L'), allowedIps: ['10.5.0.1/32'] };
    expect(peerManifest({ ...wanted, endpoint: null, persistentKeepalive: 0 })).toEqual({
      apiVersion: 'kilo.squat.ai/v1alpha1',
      kind: 'Peer',
      metadata: { name: 'laptop', labels: { 'app.kubernetes.io/managed-by': 'adit' } },
      spec: { allowedIPs: ['10.5.0.1/32'], publicKey: keyOf('L') },
    });
    const endpoints = {
      'vpn.example.com:51820': { dnsOrIP: { dns: 'vpn.example.com' }, port: 51820 },
      '203.0.113.1:1': { dnsOrIP: { ip: '203.0.113.1' }, port: 1 },
      '[2001:db8::1]:65535': { dnsOrIP: { ip: '2001:db8::1' }, port: 65535 },
    };
    for (const [text, endpoint] of Object.entries(endpoints)) {
      const { spec } = peerManifest({
        ...wanted,
        endpoint: parseMeshEndpoint(text),
        persistentKeepalive: 25,
      });
      expect(spec).toEqual({
        allowedIPs: ['10.5.0.1/32'],
        publicKey: keyOf('L'),
        endpoint,
        persistentKeepalive: 25,
      });
    }
  });

  it('is one that Kilo takes, and says what was wanted', () => {
    const address = fc.oneof(fc.ipV4(), fc.ipV6());
    const host = fc.oneof(
      fc.ipV4(),
      fc.ipV6().map((text) => `[${text}]`),
      fc.domain().filter(isDnsSubdomain),
    );
    fc.assert(
      fc.property(
        address,
        host,
        fc.nat(65_535),
        fc.nat(),
        fc.string(),
        (own, dialled, port, seconds, user) => {
          const parsed = parseAddress(own);
          const endpoint = parseMeshEndpoint(`${dialled}:${port}`);
          if (parsed === null) return;
          const name = peerNameFor(user, 'host');
          const allowedIps = [hostCidr(parsed)];
          const wanted = { name, publicKey: keyOf('L'), allowedIps, endpoint, persistentKeepalive: seconds };
          const { peers, refused } = readKiloPeers([peerManifest(wanted)], () => undefined);
          expect(refused).toEqual([]);
          expect(peers).toMatchObject([
            { name, publicKey: keyOf('L'), presharedKey: null, endpoint, persistentKeepalive: seconds },
          ]);
        },
      ),
    );
  });
});

describe('the name of a laptop’s Peer', () => {
  it.each([
    ['alice', 'thinkpad.example.com', 'alice-thinkpad'],
    ['Ölaf', 'Büro PC_2', 'olaf-buro-pc-2'],
    ['', '', 'laptop'],
    ['小明', '电脑', 'laptop'],
    ['--', 'x', 'x'],
    ['a'.repeat(80), 'b', 'a'.repeat(63)],
  ])('of %s at %s is %s', (user, host, name) => {
    expect(peerNameFor(user, host)).toBe(name);
  });

  it('and of those behind it, is one that Kubernetes takes', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.string({ unit: 'binary' }),
        fc.integer({ min: 1, max: 1000 }),
        (user, host, count) => {
          const name = nthName(peerNameFor(user, host), count);
          expect([isDnsSubdomain(name), name.length <= 63]).toEqual([true, true]);
        },
      ),
    );
    expect([1, 2, 13].map((count) => nthName('laptop', count))).toEqual(['laptop', 'laptop-2', 'laptop-13']);
  });
});

describe('a free address', () => {
  it('is the first of the pool that nothing has', () => {
    expect(free('10.5.0.0/16')).toBe('10.5.0.1');
    expect(free('10.5.0.0/16', '10.5.0.1/32', '10.5.0.3/32')).toBe('10.5.0.2');
    expect(free('10.5.0.0/16', '10.5.0.0/24')).toBe('10.5.1.0');
    expect(free('10.5.0.0/30', '10.5.0.1/32')).toBe('10.5.0.2');
    expect(free('10.5.0.0/30', '10.5.0.1/32', '10.5.0.2/32')).toBeNull();
    expect(free('10.5.0.0/16', '10.0.0.0/8')).toBeNull();
    expect(free('10.5.0.7/32')).toBe('10.5.0.7');
    expect(free('fd00:10:5::/64', 'fd00:10:5::1/128')).toBe('fd00:10:5::2');
  });

  it('stays out of Peers, Pods, Services, nodes and Kilo’s own network', () => {
    const cluster = clusterOfLists({
      nodes: [
        kiloNode('a', 1, { 'wireguard-ip': '10.9.0.1/24', 'allowed-location-ips': '192.168.7.0/24' }),
        { ...kiloNode('b', 2), status: { addresses: [{ type: 'ExternalIP', address: '198.51.100.9' }] } },
      ],
      peers: [
        kiloPeer('laptop', { allowedIPs: ['10.5.0.1/32', '10.7.1.9/24'] }),
        kiloPeer('everywhere', { allowedIPs: ['0.0.0.0/0', '::/0'] }),
        kiloPeer('passed-over', { allowedIPs: ['10.5.0.3/32'], publicKey: 'none' }),
      ],
      serviceCidrs: [
        {
          metadata: { name: 'kubernetes' },
          spec: { cidrs: ['10.43.0.0/16'] },
          status: { conditions: [{ type: 'Ready', status: 'True' }] },
        },
      ],
    });
    const taken = takenIn(cluster);
    const pools = poolsFor(cluster);
    expect(pools.map(formatPrefix)).toEqual(['10.5.0.0/16']);
    const first = freeAddress(usualPools[4], taken);
    expect(first === null ? null : formatAddress(first)).toBe('10.5.0.2');
    const inUse = [
      ['10.5.0.1', '10.5.0.3', '10.7.1.200', '10.42.1.5', '10.43.9.9', '10.9.0.77'],
      ['10.1.0.1', '203.0.113.1', '198.51.100.9', '192.168.7.7'],
    ].flat();
    for (const address of inUse)
      expect([address, freeAddress(prefix(address), taken)]).toEqual([address, null]);
    expect(freeAddress(prefix('10.8.0.1'), taken)).not.toBeNull();
  });

  it('is of each family in which Pods have addresses', () => {
    const pools = (...podCIDRs: string[]): string[] =>
      poolsFor(clusterOfLists({ nodes: [kiloNode('a', 1, {}, { podCIDR: podCIDRs[0], podCIDRs })] })).map(
        formatPrefix,
      );
    expect(pools('10.42.0.0/24', 'fd42::/64')).toEqual(['10.5.0.0/16', 'fd00:10:5::/64']);
    expect(pools('fd42::/64')).toEqual(['fd00:10:5::/64']);
    expect(pools()).toEqual(['10.5.0.0/16']);
  });

  it('is found at once among 50,000', () => {
    const taken = Array.from({ length: 50_000 }, (_, index) => ({
      family: 4 as const,
      words: [0x0a050000 + 50_000 - index],
      length: 32,
    }));
    const begun = performance.now();
    const address = freeAddress(usualPools[4], taken);
    expect(address === null ? null : formatAddress(address)).toBe('10.5.195.81');
    expect(performance.now() - begun).toBeLessThan(2000);
  });

  it('that nobody can be asked for is another for another key, and the same for the same', () => {
    const bytes = (seed: number): Uint8Array =>
      Uint8Array.from({ length: 32 }, (_, index) => seed * 31 + index * 7);
    const likely = [1, 2, 3].map((seed) => likelyAddress(usualPools[4], bytes(seed)));
    expect(new Set(likely.map(formatAddress)).size).toBe(3);
    expect(likelyAddress(usualPools[4], bytes(1))).toEqual(likely[0]);
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        fc.constantFrom('10.5.0.0/30', '10.5.0.0/16', 'fd00:10:5::/64'),
        (key, pool) => {
          const address = likelyAddress(prefix(pool), key);
          expect(contains(prefix(pool), address)).toBe(true);
          expect(formatAddress(address)).not.toMatch(/^(10\.5\.0\.0|10\.5\.255\.255|fd00:10:5::)$/);
        },
      ),
    );
  });

  it.each([
    ['10.5.0.1', true],
    ['fd00:10:5::1', true],
    ['2001:db8::1', true],
    ['0.0.0.0', false],
    ['127.0.0.1', false],
    ['169.254.1.1', false],
    ['224.0.0.1', false],
    ['255.255.255.255', false],
    ['::', false],
    ['::1', false],
    ['fe80::1', false],
    ['ff02::1', false],
    ['::ffff:10.5.0.1', false],
    ['::ffff:127.0.0.1', false],
  ])('%s can be a laptop’s: %s', (text, can) => {
    const address = parseAddress(text);
    expect(address !== null && addressProblem(address) === null).toBe(can);
  });
});

describe('of two Peers with one address', () => {
  const written = (name: string, resourceVersion: string, ...allowedIPs: string[]): unknown => ({
    metadata: { name, resourceVersion },
    spec: { allowedIPs },
  });

  it('the one that was written later gives way, whatever their names are', () => {
    for (const [early, late] of [
      ['a', 'b'],
      ['b', 'a'],
    ] as const) {
      const list = [written(early, '99', '10.5.0.2/32'), written(late, '100', '10.5.0.2/32')];
      expect([early, late].map((name) => rivalryOf(list, name).isLater)).toEqual([false, true]);
    }
  });

  it('a network that it lies in counts, its own networks and ways to everywhere do not', () => {
    const own = written('own', '9', '10.5.0.2/32', '192.168.0.0/16');
    const isLater = (...allowedIPs: string[]): boolean =>
      rivalryOf([own, written('other', '8', ...allowedIPs)], 'own').isLater;
    expect(isLater('10.5.0.0/24')).toBe(true);
    expect(isLater('192.168.1.0/24')).toBe(false);
    expect(isLater('0.0.0.0/0')).toBe(false);
    expect(isLater('10.5.0.3/32', 'nonsense')).toBe(false);
  });

  it('nothing in a list is an exception', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), (list) => {
        expect(rivalryOf(list, 'own').isLater).toBe(false);
      }),
    );
    expect(
      rivalryOf([null, 1, {}, { metadata: { name: 'own' }, spec: { allowedIPs: [1, null] } }], 'own'),
    ).toEqual({
      isLater: false,
      taken: [],
    });
  });
});
