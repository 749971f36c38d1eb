import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { overlapsAmong } from '../../../shared/cluster/overlaps/overlaps.ts';
import type { Overlap } from '../../../shared/cluster/overlaps/overlaps.ts';
import { rangesOf } from '../../../shared/cluster/overlaps/profile-ranges.ts';
import type { ProfileRanges } from '../../../shared/cluster/overlaps/profile-ranges.ts';
import {
  formatPrefix,
  overlaps,
  parseInterfaceAddress,
  parsePrefix,
  samePrefix,
} from '../../../shared/network/prefix.ts';
import type { Prefix } from '../../../shared/network/prefix.ts';
import { PrefixSet } from '../../../shared/network/prefix-set.ts';

function prefixes(...texts: string[]): Prefix[] {
  return texts.map((text) => {
    const prefix = parsePrefix(text);
    if (prefix === null) throw new Error(text);
    return prefix;
  });
}

/** A profile with a peer for each list of ranges. */
function profile(
  name: string,
  peers: Readonly<Record<string, readonly string[]>>,
  rest: { address?: string; exclude?: string[]; services?: string[] } = {},
): ProfileRanges {
  const address = parseInterfaceAddress(rest.address ?? `10.99.0.${name.charCodeAt(0)}/32`);
  if (address === null) throw new Error(name);
  return {
    name,
    addresses: [address],
    peers: Object.entries(peers).map(([peer, ranges]) => ({ name: peer, ranges: prefixes(...ranges) })),
    exclude: prefixes(...(rest.exclude ?? [])),
    serviceCidrs: prefixes(...(rest.services ?? [])),
  };
}

function only(pairs: readonly Overlap[]): Overlap {
  const [pair] = pairs;
  if (pair === undefined || pairs.length !== 1) throw new Error(`${pairs.length} pairs`);
  return pair;
}

const k3s = ['10.42.0.0/16', '10.43.0.0/16', '10.4.0.1/32'];

describe('overlaps of profiles', () => {
  it('finds that two clusters with the ranges of every k3s exclude each other, and how to go from one to the other', () => {
    const pair = only(overlapsAmong([profile('east', { e: k3s }), profile('west', { w: k3s })]));
    expect(pair).toMatchObject({ a: 'east', b: 'west', kind: 'equal', addresses: [] });
    expect(pair.ranges).toEqual(['10.4.0.1/32', '10.42.0.0/15']);
    expect(pair.choices.map(({ command }) => command)).toEqual([
      'adit up west --switch',
      'adit up east --switch',
    ]);
  });

  it('offers the nodes that do not collide, and Services, each with the exact ranges that remain', () => {
    const east = profile('east', { one: ['10.42.0.0/24', '10.43.0.0/16'] });
    const west = profile(
      'west',
      { zero: ['10.42.0.0/25', '10.42.1.0/24'], two: ['10.42.2.0/24'], services: ['10.96.0.0/12'] },
      { services: ['10.96.0.0/12'], exclude: ['192.168.0.0/16'] },
    );
    const pair = only(overlapsAmong([east, west]));
    expect(pair).toMatchObject({ kind: 'partial', ranges: ['10.42.0.0/25'] });
    expect(pair.choices).toEqual([
      {
        kind: 'nodes',
        profile: 'west',
        nodes: ['two', 'services'],
        allowedIps: ['10.42.1.0/24', '10.42.2.0/24', '10.96.0.0/12'],
        command: 'adit set west exclude=10.42.0.0/25,192.168.0.0/16',
      },
      {
        kind: 'services',
        profile: 'west',
        nodes: ['services'],
        allowedIps: ['10.96.0.0/12'],
        command: 'adit set west exclude=10.42.0.0/25,10.42.1.0/24,10.42.2.0/24,192.168.0.0/16',
      },
      {
        kind: 'nodes',
        profile: 'east',
        nodes: [],
        allowedIps: ['10.42.0.128/25', '10.43.0.0/16'],
        command: 'adit set east exclude=10.42.0.0/25',
      },
    ]);
  });

  it('has a profile for everything collide with another of its kind, and with nothing else', () => {
    const home = profile('home', { relay: ['0.0.0.0/1', '128.0.0.0/1'] });
    const cafe = profile('cafe', { relay: ['0.0.0.0/0'] });
    expect(overlapsAmong([home, profile('east', { e: k3s })])).toEqual([]);
    expect(only(overlapsAmong([home, cafe]))).toMatchObject({ kind: 'equal', ranges: ['0.0.0.0/0'] });
    const both = profile('both', { relay: ['0.0.0.0/0'], east: k3s });
    expect(only(overlapsAmong([both, profile('east', { e: k3s })])).ranges).toEqual([
      '10.4.0.1/32',
      '10.42.0.0/15',
    ]);
  });

  it('tells of one address in two tunnels', () => {
    const east = profile('east', { e: ['10.42.0.0/16'] }, { address: '10.5.0.1/24' });
    const west = profile('west', { w: ['10.44.0.0/16'] }, { address: '10.5.0.1/32' });
    expect(only(overlapsAmong([east, west]))).toMatchObject({
      kind: 'partial',
      ranges: [],
      addresses: ['10.5.0.1'],
      choices: [],
    });
  });

  it('writes the names of hostile profiles as words of a shell', () => {
    const pair = only(overlapsAmong([profile('a b', { e: k3s }), profile('$(id)', { w: k3s })]));
    expect(pair.choices.map(({ command }) => command)).toEqual([
      "adit up '$(id)' --switch",
      "adit up 'a b' --switch",
    ]);
  });

  it('counts what stays out of a profile as out of it', () => {
    const [address] = profile('x', {}).addresses;
    if (address === undefined) throw new Error('no address');
    const tunnel = {
      name: 'x',
      addresses: [address],
      exclude: prefixes('10.42.0.0/17'),
      peers: [{ publicKey: 'K', name: null, allowedIps: prefixes('10.42.0.0/16', '10.43.0.0/16') }],
    } as unknown as Parameters<typeof rangesOf>[0];
    expect(rangesOf(tunnel).peers.map(({ name, ranges }) => [name, ranges.map(formatPrefix)])).toEqual([
      ['K', ['10.42.128.0/17', '10.43.0.0/16']],
    ]);
  });

  it('says of any two lists what a look at each pair of their ranges says', () => {
    const range = fc
      .tuple(fc.nat(7), fc.integer({ min: 13, max: 18 }))
      .map(([block, length]) => prefixes(`10.${block * 2}.${block * 32}.0/${length}`))
      .map(([prefix]) => (prefix === undefined ? '' : formatPrefix(prefix)));
    const list = fc.array(range, { maxLength: 6 });
    fc.assert(
      fc.property(list, list, (ofA, ofB) => {
        const [a, b] = [prefixes(...ofA), prefixes(...ofB)];
        const [pair] = overlapsAmong([profile('a', { p: ofA }), profile('b', { p: ofB })]);
        const isMet = a.some((one) => b.some((other) => overlaps(one, other)));
        const isEqual = a.some((one) => b.some((other) => samePrefix(one, other)));
        expect(pair?.kind ?? null).toBe(isEqual ? 'equal' : isMet ? 'partial' : null);
        const narrower = a.flatMap((one) =>
          b.filter((other) => overlaps(one, other)).map((other) => (one.length > other.length ? one : other)),
        );
        expect(pair?.ranges ?? []).toEqual(PrefixSet.of(narrower).texts());
        for (const { allowedIps, kind } of pair?.choices ?? []) {
          if (kind !== 'nodes') continue;
          expect(
            PrefixSet.of(prefixes(...allowedIps))
              .without(PrefixSet.of(narrower))
              .texts(),
          ).toEqual(allowedIps);
        }
      }),
    );
  });

  it('compares 10,000 ranges with 10,000 others within a second', () => {
    const many = (second: number): string[] =>
      Array.from({ length: 10_000 }, (_, index) => `10.${second + (index >>> 8)}.${index & 255}.0/24`);
    const sides = [profile('a', { p: many(0) }), profile('b', { p: many(20) })];
    const before = process.cpuUsage();
    const pair = only(overlapsAmong(sides));
    expect(process.cpuUsage(before).user / 1000).toBeLessThan(1000);
    expect(pair.kind).toBe('equal');
  });
});
