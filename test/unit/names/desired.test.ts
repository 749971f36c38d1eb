import { expect, test } from 'vitest';
import { desiredNames, needsRouting } from '../../../shared/names/desired.ts';
import { answererOf } from '../../../shared/names/route-name.ts';
import { wishOf } from '../../../shared/names/wish.ts';
import type { NameWish } from '../../../shared/names/wish.ts';

function wish(
  device: string,
  order: number,
  dns: { servers?: string[]; search?: string[]; domains?: string[] },
): NameWish {
  const { servers = ['10.43.0.10'], search = [], domains = [] } = dns;
  return wishOf({
    interface: device,
    name: `${device} tunnel`,
    order,
    dns: { servers, searchDomains: search, domains },
  });
}

test('a profile without domains sends all names, with its search domains', () => {
  const { links } = desiredNames([wish('a', 1, { search: ['Svc.Example.'] })]);
  expect(links).toEqual([
    { interface: 'a', servers: ['10.43.0.10'], searchDomains: ['svc.example'], scope: { kind: 'all' } },
  ]);
});

test('with domains, its search domains are sent too: nobody else could answer for them', () => {
  const { links } = desiredNames([
    wish('a', 1, { search: ['svc.cluster.local'], domains: ['cluster.local'] }),
  ]);
  expect(links[0]?.scope).toEqual({ kind: 'domains', domains: ['cluster.local', 'svc.cluster.local'] });
});

test('systemd’s routing domains among the search domains are none of ours', () => {
  const [link] = desiredNames([wish('a', 1, { search: ['~.', '~cluster.local', 'svc.example'] })]).links;
  expect(link?.searchDomains).toEqual(['svc.example']);
  expect(link?.scope).toEqual({ kind: 'all' });
});

test('of two that want all names the one that came up first has them, whatever their order here', () => {
  const desired = desiredNames([wish('late', 7, {}), wish('early', 2, {})]);
  expect(desired.links.map((link) => link.interface)).toEqual(['early']);
  expect(desired.denied.get('late')).toEqual({ kind: 'all-taken', by: 'early tunnel' });
});

test('domains stand side by side, and one that is wanted twice is the first’s', () => {
  const desired = desiredNames([
    wish('a', 1, { domains: ['cluster.local'] }),
    wish('b', 2, { domains: ['cluster.local', 'corp.example'] }),
    wish('c', 3, { domains: ['corp.example'] }),
    wish('d', 4, {}),
  ]);
  expect(desired.links.map(({ interface: device, scope }) => [device, scope])).toEqual([
    ['a', { kind: 'domains', domains: ['cluster.local'] }],
    ['b', { kind: 'domains', domains: ['corp.example'] }],
    ['d', { kind: 'all' }],
  ]);
  expect(desired.denied.get('c')).toEqual({ kind: 'domains-taken', by: 'b tunnel' });
  expect(needsRouting(desired)).toBe(true);
});

test('what is no address is no server, and a zone belongs to one', () => {
  const { links } = desiredNames([
    wish('a', 1, { servers: ['fe80::1%eth0', '10.43.0', '::::', '10.43.0.10'] }),
  ]);
  expect(links[0]?.servers).toEqual(['fe80::1%eth0', '10.43.0.10']);
});

test('without servers there is nobody to ask', () => {
  const desired = desiredNames([wish('a', 1, { servers: [], domains: ['cluster.local'] })]);
  expect(desired.links).toEqual([]);
  expect(desired.denied.get('a')).toEqual({ kind: 'no-servers' });
});

test.for([
  ['web.default.svc.cluster.local', 'cluster'],
  ['WEB.Cluster.LOCAL.', 'cluster'],
  ['cluster.local', 'cluster'],
  ['db.prod.cluster.local', 'prod'],
  ['mycluster.local', 'rest'],
  ['local', 'rest'],
  ['', 'rest'],
] as const)('%s is asked of those with the longest domain around it: %s', ([name, answerer]) => {
  const answerers = [
    { id: 'rest', scope: { kind: 'all' } },
    { id: 'cluster', scope: { kind: 'domains', domains: ['cluster.local'] } },
    { id: 'prod', scope: { kind: 'domains', domains: ['prod.cluster.local', 'x.example'] } },
  ] as const;
  expect(answererOf(name, answerers)?.id).toBe(answerer);
});

test('nobody answers for a name that is in no domain', () => {
  expect(answererOf('a.example', [{ scope: { kind: 'domains', domains: ['b.example'] } }])).toBeNull();
});
