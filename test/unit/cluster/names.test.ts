import { describe, expect, it } from 'vitest';
import { clusterDomainIn, clusterDomains, isDomainName, serviceName } from '../../../shared/cluster/names.ts';
import type { ClusterNames } from '../../../shared/cluster/names.ts';
import { reverseZones } from '../../../shared/cluster/reverse-zones.ts';
import { parsePrefix } from '../../../shared/network/prefix.ts';
import type { Prefix } from '../../../shared/network/prefix.ts';
import { changeSettings, defaultSettings } from '../../../shared/tunnel/settings.ts';
import { readDomain } from '../../../shared/tunnel/domain.ts';

function prefixes(...texts: string[]): Prefix[] {
  return texts.map((text) => {
    const prefix = parsePrefix(text);
    if (prefix === null) throw new Error(text);
    return prefix;
  });
}

function zonesOf(...texts: string[]): readonly string[] {
  return reverseZones(prefixes(...texts), 1000).zones;
}

/** The network of every so many nodes, as a controller gives them away. */
function podCidrs(count: number): Prefix[] {
  return prefixes(...Array.from({ length: count }, (_, node) => `10.${42 + (node >> 8)}.${node & 255}.0/24`));
}

describe('the reverse zones of a prefix', () => {
  it.each<[string, readonly string[]]>([
    ['10.43.0.0/16', ['43.10.in-addr.arpa']],
    ['10.42.7.0/24', ['7.42.10.in-addr.arpa']],
    ['10.0.0.0/8', ['10.in-addr.arpa']],
    ['10.43.0.10/32', ['10.0.43.10.in-addr.arpa']],
    [
      '10.42.4.0/22',
      ['4.42.10.in-addr.arpa', '5.42.10.in-addr.arpa', '6.42.10.in-addr.arpa', '7.42.10.in-addr.arpa'],
    ],
    ['fd00:42::/32', ['2.4.0.0.0.0.d.f.ip6.arpa']],
    ['fd00:42:0:abcd::/64', ['d.c.b.a.0.0.0.0.2.4.0.0.0.0.d.f.ip6.arpa']],
    ['fd00:42::/47', ['0.0.0.0.2.4.0.0.0.0.d.f.ip6.arpa', '1.0.0.0.2.4.0.0.0.0.d.f.ip6.arpa']],
    ['0.0.0.0/0', []],
  ])('%s', (prefix, zones) => {
    expect(zonesOf(prefix)).toEqual(zones);
  });

  it('that ends inside a label are as many as it takes, up to sixteen', () => {
    const services = zonesOf('10.96.0.0/12');
    expect([services.length, services[0], services.at(-1)]).toEqual([
      16,
      '96.10.in-addr.arpa',
      '111.10.in-addr.arpa',
    ]);
    expect(zonesOf('10.96.0.0/28')).toHaveLength(16);
    // A hundred and twenty-eight of one address each are no more than the zone around them.
    expect(zonesOf('10.96.0.128/25')).toEqual(['0.96.10.in-addr.arpa']);
    expect(zonesOf('10.42.128.0/17')).toEqual(['42.10.in-addr.arpa']);
  });
});

describe('the reverse zones of many prefixes', () => {
  it('are the one above them where they are side by side, each once', () => {
    expect(reverseZones(podCidrs(200), 20).zones).toEqual(['42.10.in-addr.arpa']);
    expect(zonesOf('10.42.0.0/24', '10.42.0.0/24', '10.42.2.0/24')).toEqual([
      '0.42.10.in-addr.arpa',
      '2.42.10.in-addr.arpa',
    ]);
    const nodes = Array.from({ length: 40 }, (_, node) => `fd00:42:0:${node.toString(16)}::/64`);
    expect(zonesOf(...nodes).every((zone) => zone.endsWith('0.0.0.0.2.4.0.0.0.0.d.f.ip6.arpa'))).toBe(true);
    expect(zonesOf(...nodes).length).toBeLessThanOrEqual(16);
  });

  it('never take in a network that is larger than a cluster’s', () => {
    const apart = Array.from({ length: 60 }, (_, index) => `10.${index * 4}.0.0/16`);
    expect(zonesOf(...apart)).toHaveLength(60);
    expect(reverseZones(prefixes(...apart), 10)).toMatchObject({ leftOut: 50 });
  });

  it('of ten thousand nodes take no time', () => {
    const began = performance.now();
    const odd = Array.from({ length: 10_000 }, (_, at) => `10.${at >> 8}.${at & 255}.${(at * 37) & 240}/28`);
    expect(zonesOf(...odd).length).toBeLessThan(256);
    expect(performance.now() - began).toBeLessThan(2_000);
  });
});

describe('the names that go to a cluster', () => {
  const named = (domain: string, server: string | null, pods: Prefix[] = podCidrs(3)): ClusterNames =>
    clusterDomains({ dns: { server, domain, domainGuessed: false } }, pods, prefixes('10.43.0.0/16'));

  it('are its domain and the addresses of its Services and Pods', () => {
    expect(named('cluster.local', '10.43.0.10')).toEqual({
      servers: ['10.43.0.10'],
      domains: [
        'cluster.local',
        '43.10.in-addr.arpa',
        '0.42.10.in-addr.arpa',
        '1.42.10.in-addr.arpa',
        '2.42.10.in-addr.arpa',
      ],
      zonesLeftOut: 0,
    });
    expect(named('Corp.Example.', 'fd00::a')).toMatchObject({ servers: ['fd00::a'] });
    expect(named('Corp.Example.', null).domains[0]).toBe('corp.example');
    expect(named('x', null).servers).toEqual([]);
  });

  it('are what a profile takes, whatever is written into the cluster', () => {
    const many = prefixes(...Array.from({ length: 300 }, (_, at) => `${11 + (at % 200)}.${at % 256}.0.0/16`));
    for (const domain of ['cluster.local', '-o', 'a b', '$(id)', 'a,b', '', `${'x'.repeat(64)}.y`]) {
      const { domains, zonesLeftOut } = named(domain, 'nonsense', many.slice(0, 250));
      expect(domains.every((name) => readDomain(name) === name)).toBe(true);
      expect(zonesLeftOut).toBeGreaterThan(0);
      expect(changeSettings(defaultSettings, new Map([['dnsDomains', domains.join(',')]]))).toMatchObject({
        settings: { dnsDomains: domains },
      });
    }
  });
});

describe('the name of a Service', () => {
  it.each([
    ['web', 'web.default.svc.cluster.local'],
    ['Web.Shop', 'web.shop.svc.cluster.local'],
    ['web.shop.svc', 'web.shop.svc'],
    ['x.cluster.local', 'x.cluster.local'],
    ['intranet.corp.example.', 'intranet.corp.example'],
  ])('%s is %s', (text, name) => {
    expect(serviceName(text, 'cluster.local')).toBe(name);
  });

  it('is none where it cannot be one', () => {
    expect(['web', 'web.shop.', 'WEB'].map(isDomainName)).toEqual([true, true, true]);
    expect(['', '-o', 'a b', '~x', '.x', 'x..y', '$(id)'].map(isDomainName)).toEqual(Array(7).fill(false));
  });

  it('is in the first of a profile’s domains that is no reverse zone', () => {
    expect(clusterDomainIn(['43.10.in-addr.arpa', 'd.f.ip6.arpa', 'corp.example', 'x'])).toBe('corp.example');
    expect(clusterDomainIn(['43.10.in-addr.arpa'])).toBeNull();
  });
});
