import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isOurTable, routingTable, rulePriority } from '../../../shared/network/plan/constants.ts';
import { desiredNetwork } from '../../../shared/network/plan/desired.ts';
import { tunnelsInNeedOfMark } from '../../../shared/network/plan/planned-tunnel.ts';
import { resourceIdentity } from '../../../shared/network/plan/resources.ts';
import type { Resource, RouteResource, RuleResource } from '../../../shared/network/plan/resources.ts';
import { anyTunnels, planned } from './tunnels.ts';

const table = 548_208_640;
const mark = 8365;
const past = (family: 4 | 6): string => `IPv${family} rule 30259: past all tunnels`;
const names = (family: 4 | 6): string[] =>
  ['udp', 'tcp'].map(
    (protocol) => `IPv${family} rule 29998: past all tunnels for names asked by user 60853 over ${protocol}`,
  );

function identities(resources: readonly Resource[], ...kinds: Resource['kind'][]): string[] {
  return resources.filter(({ kind }) => kinds.length === 0 || kinds.includes(kind)).map(resourceIdentity);
}

function rulesOf(resources: readonly Resource[]): RuleResource[] {
  return resources.filter((resource) => resource.kind === 'rule');
}

function routesOf(resources: readonly Resource[]): RouteResource[] {
  return resources.filter((resource) => resource.kind === 'route');
}

describe('what has to exist while tunnels are up', () => {
  it('is nothing for no tunnel', () => {
    expect(desiredNetwork([])).toEqual([]);
  });

  it('for a full tunnel exempts its own packets by their mark', () => {
    const home = planned({ prefixes: ['0.0.0.0/0'], endpoints: ['203.0.113.2'] });
    expect(identities(desiredNetwork([home]))).toEqual([
      'link home',
      'MTU of home',
      'address 10.200.200.11/24 on home',
      'sysctl net.ipv4.conf.all.src_valid_mark',
      'firewall table',
      `route 0.0.0.0/0 by home in table ${table} metric 1`,
      past(4),
      ...names(4),
      `IPv4 rule 30256: main table beyond /0, unless marked ${mark}`,
      `IPv4 rule 30257: table ${table}, unless marked ${mark}`,
    ]);
  });

  it('for the seed’s four halves is the same, one length longer, in both families', () => {
    const home = planned({
      addresses: ['10.200.200.11/24', 'fd00::11/64'],
      prefixes: ['0.0.0.0/1', '128.0.0.0/1', '::/1', '8000::/1'],
      endpoints: ['203.0.113.2'],
    });
    expect(identities(desiredNetwork([home]))).toEqual([
      'link home',
      'MTU of home',
      'address 10.200.200.11/24 on home',
      'address fd00::11/64 on home',
      'sysctl net.ipv4.conf.all.src_valid_mark',
      'firewall table',
      `route 0.0.0.0/1 by home in table ${table + 1} metric 1`,
      `route 128.0.0.0/1 by home in table ${table + 1} metric 1`,
      `route ::/1 by home in table ${table + 1} metric 1`,
      `route 8000::/1 by home in table ${table + 1} metric 1`,
      past(4),
      past(6),
      ...names(4),
      ...names(6),
      `IPv4 rule 30254: main table beyond /1, unless marked ${mark}`,
      `IPv4 rule 30255: table ${table + 1}, unless marked ${mark}`,
      `IPv6 rule 30254: main table beyond /1, unless marked ${mark}`,
      `IPv6 rule 30255: table ${table + 1}, unless marked ${mark}`,
    ]);
  });

  it('for a split tunnel leaves the kernel’s settings alone, and asks longer prefixes first', () => {
    const aws = planned({
      prefixes: ['10.42.0.0/16', '10.4.0.1/32', '10.43.0.0/16'],
      endpoints: ['203.0.113.2'],
    });
    const resources = desiredNetwork([aws]);
    expect(identities(resources, 'sysctl')).toEqual([]);
    expect(identities(resources, 'rule')).toEqual([
      `IPv4 rule 30193: table ${table + 32}, unless marked ${mark}`,
      `IPv4 rule 30224: main table beyond /16, unless marked ${mark}`,
      `IPv4 rule 30225: table ${table + 16}, unless marked ${mark}`,
    ]);
  });

  it('for a profile that routes its own endpoint exempts its packets, whatever the length (kilo#83)', () => {
    const node = planned({ prefixes: ['203.0.113.2/32'], endpoints: ['203.0.113.2'] });
    expect(identities(desiredNetwork([node]), 'sysctl')).toEqual(['sysctl net.ipv4.conf.all.src_valid_mark']);
  });

  it('with Table = off has no route and no rule', () => {
    const home = planned({ prefixes: ['0.0.0.0/0'], endpoints: ['203.0.113.2'], table: 'off' });
    expect(identities(desiredNetwork([home]))).toEqual([
      'link home',
      'MTU of home',
      'address 10.200.200.11/24 on home',
      'firewall table',
    ]);
  });

  it('with a table of the user’s has its routes there, and no rule', () => {
    const home = planned({ prefixes: ['10.42.0.0/16', '0.0.0.0/0'], table: 100, mark: 7 });
    expect(identities(desiredNetwork([home]), 'route', 'rule', 'sysctl')).toEqual([
      'route 10.42.0.0/16 by home in table 100 metric 1',
      'route 0.0.0.0/0 by home in table 100 metric 1',
    ]);
  });

  it('without IPv6 leaves out its addresses, routes and rules', () => {
    const home = planned({
      addresses: ['10.200.200.11/24', 'fd00::11/64'],
      prefixes: ['0.0.0.0/1', '::/1'],
      ipv6: false,
    });
    const texts = identities(desiredNetwork([home]));
    expect(texts.filter((text) => /IPv6|::/.test(text))).toEqual([]);
    expect(texts).toContain(`route 0.0.0.0/1 by home in table ${table + 1} metric 1`);
  });

  it('lets the resolver’s user pass by the tunnels of each family that they take, as the number that it is given', () => {
    const home = planned({ prefixes: ['10.0.0.0/8'] });
    expect(identities(desiredNetwork([home], 99), 'resolver-rule')).toEqual(
      names(4).map((text) => text.replace('60853', '99')),
    );
    const both = planned({ prefixes: ['10.0.0.0/8', 'fd00::/8'] });
    expect(identities(desiredNetwork([both]), 'resolver-rule')).toEqual([...names(4), ...names(6)]);
    expect(identities(desiredNetwork([both]), 'past-rule')).toEqual([past(4), past(6)]);
    expect(identities(desiredNetwork([{ ...both, table: 100 }]), 'past-rule', 'resolver-rule')).toEqual([]);
  });

  it('for two tunnels that use the same lengths has each rule once, and a metric for each one’s turn', () => {
    const home = planned({ prefixes: ['10.0.0.0/8'], order: 3 });
    const office = planned({ interface: 'office', prefixes: ['10.0.0.0/8', '172.16.0.0/12'], order: 5 });
    expect(identities(desiredNetwork([home, office]), 'route', 'rule')).toEqual([
      `route 10.0.0.0/8 by home in table ${table + 8} metric 3`,
      `route 10.0.0.0/8 by office in table ${table + 8} metric 5`,
      `route 172.16.0.0/12 by office in table ${table + 12} metric 5`,
      `IPv4 rule 30232: main table beyond /12, unless marked ${mark}`,
      `IPv4 rule 30233: table ${table + 12}, unless marked ${mark}`,
      `IPv4 rule 30240: main table beyond /8, unless marked ${mark}`,
      `IPv4 rule 30241: table ${table + 8}, unless marked ${mark}`,
    ]);
  });

  it('has a route once for a prefix that several peers have', () => {
    const home = planned({ prefixes: ['10.0.0.0/8', '10.0.0.0/8'] });
    expect(routesOf(desiredNetwork([home]))).toHaveLength(1);
  });

  it('names every resource once', () => {
    fc.assert(
      fc.property(anyTunnels, (tunnels) => {
        const texts = identities(desiredNetwork(tunnels));
        expect(texts).toEqual([...new Set(texts)]);
      }),
    );
  });

  it('has every route before the rules that lead to it, and every link before what is on it', () => {
    const turns: Resource['kind'][] = [
      ...(['link', 'mtu', 'address', 'sysctl', 'firewall', 'route'] as const),
      ...(['past-rule', 'resolver-rule', 'rule'] as const),
    ];
    fc.assert(
      fc.property(anyTunnels, (tunnels) => {
        const order = desiredNetwork(tunnels).map(({ kind }) => turns.indexOf(kind));
        expect(order).toEqual([...order].sort((a, b) => a - b));
      }),
    );
  });

  it('has no table that only one of the two rules of a length leads to, and none without a route', () => {
    fc.assert(
      fc.property(anyTunnels, (tunnels) => {
        const resources = desiredNetwork(tunnels);
        const tables = new Set(
          routesOf(resources).map(({ table: number, prefix }) => `${prefix.family} ${number}`),
        );
        const led = rulesOf(resources).flatMap(({ family, action }) =>
          action.kind === 'tunnels' ? [`${family} ${action.table}`] : [],
        );
        expect(new Set(led)).toEqual(
          new Set([...tables].filter((text) => isOurTable(Number(text.slice(2))))),
        );
      }),
    );
  });
});

describe('the numbers of Adit’s rules and tables', () => {
  const lengths = Array.from({ length: 129 }, (_, length) => length);

  it('put the rules of longer prefixes first, main before the tunnels, and all of them before the main table’s own', () => {
    const inOrder = [...lengths]
      .reverse()
      .flatMap((length) => [rulePriority(length, 'main'), rulePriority(length, 'tunnels')]);
    expect(inOrder).toEqual([...inOrder].sort((a, b) => a - b));
    expect(new Set(inOrder).size).toBe(inOrder.length);
    expect(inOrder.every((priority) => priority > 0 && priority < 32_766)).toBe(true);
  });

  it('do not begin with 51820, which wg-quick looks for as text', () => {
    for (const length of lengths) {
      expect(isOurTable(routingTable(length))).toBe(true);
      expect(`lookup ${routingTable(length)}`).not.toContain('lookup 5182');
    }
    expect([51_820, 254, 255, table - 1, table + 129].map(isOurTable)).toEqual([
      false,
      false,
      false,
      false,
      false,
    ]);
  });
});

describe('the tunnels that need their packets marked', () => {
  const names = (...tunnels: Parameters<typeof planned>[0][]): string[] =>
    tunnelsInNeedOfMark(tunnels.map(planned)).map((tunnel) => tunnel.interface);

  it('are those with an endpoint inside a prefix of any tunnel', () => {
    const full = { interface: 'full', prefixes: ['0.0.0.0/0'], endpoints: ['203.0.113.2'] };
    const split = { interface: 'split', prefixes: ['10.0.0.0/8'], endpoints: ['198.51.100.9'] };
    expect(names(split)).toEqual([]);
    expect(names(full, split)).toEqual(['full', 'split']);
  });

  it('are not those whose endpoint is of the other family', () => {
    expect(names({ prefixes: ['0.0.0.0/0'], endpoints: ['2001:db8::2'] })).toEqual([]);
  });

  it('are those that are called, where half of all addresses go into a tunnel', () => {
    const called = { interface: 'called', hasCallers: true };
    expect(names({ ...called, prefixes: ['10.0.0.0/8'] })).toEqual([]);
    expect(names({ ...called, prefixes: ['128.0.0.0/1'] })).toEqual(['called']);
    expect(names({ ...called, prefixes: ['0.0.0.0/2'] })).toEqual([]);
    expect(names({ ...called, prefixes: ['0.0.0.0/2', '64.0.0.0/2'] })).toEqual(['called']);
    expect(names({ ...called, prefixes: ['2000::/3'] })).toEqual(['called']);
  });

  it('are not those that carry a mark of their own', () => {
    expect(names({ prefixes: ['0.0.0.0/0'], endpoints: ['203.0.113.2'], mark: 7, table: 100 })).toEqual([]);
  });

  it('are none where nothing is routed', () => {
    expect(
      names({ prefixes: ['0.0.0.0/0'], endpoints: ['203.0.113.2'], table: 'off', hasCallers: true }),
    ).toEqual([]);
    const six = { prefixes: ['::/0'], endpoints: ['2001:db8::2'], hasCallers: true };
    expect(names({ ...six, ipv6: false })).toEqual([]);
    expect(names(six)).toEqual(['home']);
  });
});
