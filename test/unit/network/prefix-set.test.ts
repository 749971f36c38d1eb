import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressBits } from '../../../shared/network/address.ts';
import type { Family } from '../../../shared/network/address.ts';
import { formatPrefix, networkOf, parsePrefix } from '../../../shared/network/prefix.ts';
import type { Prefix } from '../../../shared/network/prefix.ts';
import { PrefixSet } from '../../../shared/network/prefix-set.ts';
import { addressOf, intervalOf } from './intervals.ts';
import type { Interval } from './intervals.ts';

const families = [4, 6] as const;

function prefix(text: string): Prefix {
  const parsed = parsePrefix(text);
  if (parsed === null) throw new Error(text);
  return parsed;
}

function setOf(...texts: readonly string[]): PrefixSet {
  return PrefixSet.of(texts.map(prefix));
}

/**
 * A small universe: what the addresses that differ in six bits only, from bit `start` on, stand for. Each of its 127 prefixes
 * can be tried, and what they hold is a number of 64 bits.
 */
interface Universe {
  readonly family: Family;
  readonly start: number;
}

/** With the six bits at both ends, in the middle, and across the borders between words. */
const universes: Readonly<Record<Family, readonly Universe[]>> = {
  4: [0, 9, 26].map((start) => ({ family: 4, start })),
  6: [0, 29, 45, 61, 93, 122].map((start) => ({ family: 6, start })),
};

/** The bits before the six. */
const before = 0x2a5a_a55a_0ff0_5aa5_c33c_8181_e7e7_1234n;

/** The prefix that fixes the first `fixed` of the six bits as `cell` has them. */
function prefixIn({ family, start }: Universe, cell: number, fixed: number): Prefix {
  const bits = addressBits[family];
  const address = (((before >> BigInt(128 - start)) << 6n) | BigInt(cell)) << BigInt(bits - start - 6);
  return networkOf({ address: addressOf(family, address), length: start + fixed });
}

/** What some prefixes hold of a universe: a bit for each of its 64 cells. */
function cellsOf({ family, start }: Universe, prefixes: readonly Prefix[]): bigint {
  const size = BigInt(addressBits[family] - start - 6);
  let cells = 0n;
  for (const each of prefixes) {
    if (each.family !== family) continue;
    const { first, last } = intervalOf(each);
    const count = ((last - first) >> size) + 1n;
    cells |= ((1n << count) - 1n) << ((first >> size) & 63n);
  }
  return cells;
}

/** How many prefixes it takes at least to hold just these cells, of `count` cells from the first on. */
function fewest(cells: bigint, count = 64): number {
  const all = (1n << BigInt(count)) - 1n;
  if ((cells & all) === 0n) return 0;
  if ((cells & all) === all) return 1;
  return fewest(cells, count / 2) + fewest(cells >> BigInt(count / 2), count / 2);
}

describe('a set of prefixes, in small universes', () => {
  it.each([...universes[4], ...universes[6]])(
    'is without another just what it should be, for every two prefixes: IPv$family from bit $start',
    (universe) => {
      const all = Array.from({ length: 7 }, (_, fixed) =>
        Array.from({ length: 2 ** fixed }, (_, index) => prefixIn(universe, index << (6 - fixed), fixed)),
      )
        .flat()
        .map((one) => ({ one, set: PrefixSet.of([one]), cells: cellsOf(universe, [one]) }));
      expect(all).toHaveLength(127);
      const wrong = all.flatMap((a) =>
        all.flatMap((b) => {
          const rest = a.set.without(b.set).prefixes();
          const wanted = a.cells & ~b.cells;
          const isRight = cellsOf(universe, rest) === wanted && rest.length === fewest(wanted);
          return isRight ? [] : [`${formatPrefix(a.one)} without ${formatPrefix(b.one)}`];
        }),
      );
      expect(wrong).toEqual([]);
    },
  );

  const choices = fc.array(
    fc.record({
      family: fc.constantFrom(...families),
      cell: fc.nat(63),
      fixed: fc.constantFrom(0, 1, 2, 3, 4, 5, 5, 6, 6, 6),
    }),
    { maxLength: 30 },
  );

  it('is without another just what it should be, for many prefixes of both families', () => {
    fc.assert(
      fc.property(
        fc.record({ 4: fc.constantFrom(...universes[4]), 6: fc.constantFrom(...universes[6]) }),
        choices,
        choices,
        (universe, included, excluded) => {
          const [include = [], exclude = []] = [included, excluded].map((chosen) =>
            chosen.map(({ family, cell, fixed }) => prefixIn(universe[family], cell, fixed)),
          );
          const rest = PrefixSet.of(include).without(PrefixSet.of(exclude)).prefixes();
          for (const family of families) {
            const wanted = cellsOf(universe[family], include) & ~cellsOf(universe[family], exclude);
            expect(cellsOf(universe[family], rest)).toBe(wanted);
            expect(rest.filter((one) => one.family === family)).toHaveLength(fewest(wanted));
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

/** The model: intervals of whole numbers, ascending, with gaps between them. */
function joined(prefixes: readonly Prefix[], family: Family): Interval[] {
  const intervals = prefixes.filter((one) => one.family === family).map(intervalOf);
  intervals.sort((a, b) => (a.first < b.first ? -1 : 1));
  const result: Interval[] = [];
  for (const { first, last } of intervals) {
    const open = result.at(-1);
    if (open === undefined || first > open.last + 1n) result.push({ family, first, last });
    else result[result.length - 1] = { ...open, last: last > open.last ? last : open.last };
  }
  return result;
}

function lessIntervals(wholes: readonly Interval[], holes: readonly Interval[]): Interval[] {
  return holes.reduce<readonly Interval[]>(
    (rest, hole) =>
      rest.flatMap(({ family, first, last }) =>
        [
          { family, first, last: hole.first - 1n < last ? hole.first - 1n : last },
          { family, first: hole.last + 1n > first ? hole.last + 1n : first, last },
        ].filter((part) => part.first <= part.last),
      ),
    wholes,
  ) as Interval[];
}

/** The largest prefix that begins where an interval does and stays in it, again and again. */
function prefixesOf({ family, first, last }: Interval): Prefix[] {
  const result: Prefix[] = [];
  let next = first;
  while (next <= last) {
    let length = addressBits[family];
    for (let size = 2n; length > 0 && next % size === 0n && next + size - 1n <= last; size *= 2n) length -= 1;
    result.push({ ...addressOf(family, next), length });
    next += 1n << BigInt(addressBits[family] - length);
  }
  return result;
}

function byModel(include: readonly Prefix[], exclude: readonly Prefix[]): string[] {
  return families.flatMap((family) =>
    lessIntervals(joined(include, family), joined(exclude, family)).flatMap(prefixesOf).map(formatPrefix),
  );
}

/** A prefix anywhere, or near others: with few bits that differ from theirs. */
const anyPrefix: fc.Arbitrary<Prefix> = fc.constantFrom(...families).chain((family) => {
  const bits = addressBits[family];
  const near = fc
    .array(fc.nat(bits - 1), { maxLength: 3 })
    .map((flips) => flips.reduce((value, bit) => value ^ (1n << BigInt(bit)), before >> BigInt(128 - bits)));
  const far = fc.bigInt({ min: 0n, max: (1n << BigInt(bits)) - 1n });
  return fc
    .tuple(fc.oneof(near, far), fc.nat(bits))
    .map(([value, length]) => networkOf({ address: addressOf(family, value), length }));
});

const anyPrefixes = fc.array(anyPrefix, { maxLength: 60 });

describe('a set of prefixes, against intervals of whole numbers', () => {
  it('is the fewest prefixes that hold the same addresses, ascending', () => {
    fc.assert(
      fc.property(anyPrefixes, (prefixes) => {
        expect(PrefixSet.of(prefixes).texts()).toEqual(byModel(prefixes, []));
      }),
      { numRuns: 1_000 },
    );
  });

  it('is without another the fewest prefixes that hold the rest', () => {
    const wide = fc
      .array(anyPrefix, { maxLength: 6 })
      .map((some) => [...some, prefix('::/0'), prefix('0.0.0.0/0')]);
    fc.assert(
      fc.property(fc.oneof(anyPrefixes, wide), anyPrefixes, (include, exclude) => {
        expect(PrefixSet.of(include).without(PrefixSet.of(exclude)).texts()).toEqual(
          byModel(include, exclude),
        );
      }),
      { numRuns: 1_000 },
    );
  });

  it('has as complement all that it does not hold', () => {
    fc.assert(
      fc.property(anyPrefixes, (prefixes) => {
        const set = PrefixSet.of(prefixes);
        const complement = set.complement();
        expect(complement.texts()).toEqual(byModel([prefix('0.0.0.0/0'), prefix('::/0')], prefixes));
        expect(complement.complement().texts()).toEqual(set.texts());
        expect(set.without(complement).texts()).toEqual(set.texts());
        expect(PrefixSet.of([...set.prefixes(), ...complement.prefixes()]).texts()).toEqual([
          '0.0.0.0/0',
          '::/0',
        ]);
      }),
    );
  });

  it('does not depend on order or repetition, and is what it was after it was used', () => {
    fc.assert(
      fc.property(anyPrefixes, anyPrefixes, (prefixes, others) => {
        const set = PrefixSet.of(prefixes);
        const texts = set.texts();
        expect(PrefixSet.of([...prefixes, ...prefixes].reverse()).texts()).toEqual(texts);
        expect(PrefixSet.of(set.prefixes()).texts()).toEqual(texts);
        set.without(PrefixSet.of(others));
        PrefixSet.of(others).without(set);
        expect(set.texts()).toEqual(texts);
        expect(set.prefixes().map(formatPrefix)).toEqual(texts);
        expect(set.isEmpty).toBe(prefixes.length === 0);
        expect(set.without(set).isEmpty).toBe(true);
      }),
    );
  });
});

describe('a set of prefixes', () => {
  it('is all but the private networks where these are excluded', () => {
    const rest = setOf('0.0.0.0/0').without(setOf('192.168.0.0/16', '10.0.0.0/8')).texts();
    expect(rest.join(', ')).toBe(
      '0.0.0.0/5, 8.0.0.0/7, 11.0.0.0/8, 12.0.0.0/6, 16.0.0.0/4, 32.0.0.0/3, 64.0.0.0/2, 128.0.0.0/2, 192.0.0.0/9, ' +
        '192.128.0.0/11, 192.160.0.0/13, 192.169.0.0/16, 192.170.0.0/15, 192.172.0.0/14, 192.176.0.0/12, ' +
        '192.192.0.0/10, 193.0.0.0/8, 194.0.0.0/7, 196.0.0.0/6, 200.0.0.0/5, 208.0.0.0/4, 224.0.0.0/3',
    );
    const ipv6 = setOf('::/0').without(setOf('fc00::/7')).texts();
    expect(ipv6).toEqual(['::/1', '8000::/2', 'c000::/3', 'e000::/4', 'f000::/5', 'f800::/6', 'fe00::/7']);
  });

  it.each([
    [['0.0.0.0/1', '128.0.0.0/1'], ['0.0.0.0/0']],
    [
      ['::/1', '8000::/1', '10.0.0.0/8'],
      ['10.0.0.0/8', '::/0'],
    ],
    [['10.0.0.0/24', '10.0.1.0/24', '10.0.2.0/23', '10.0.4.0/22'], ['10.0.0.0/21']],
    [
      ['10.0.1.0/24', '10.0.2.0/24'],
      ['10.0.1.0/24', '10.0.2.0/24'],
    ],
    [['10.0.0.0/8', '10.1.2.3/32', '10.0.0.0/8', '10.0.0.0/9'], ['10.0.0.0/8']],
    [
      ['::ffff:10.0.0.0/104', '10.0.0.0/8'],
      ['10.0.0.0/8', '::ffff:10.0.0.0/104'],
    ],
    [['255.255.255.255/32', '255.255.255.254/32'], ['255.255.255.254/31']],
    [[], []],
  ])('of %j is %j', (texts, merged) => {
    expect(setOf(...texts).texts()).toEqual(merged);
  });

  it.each([
    [['10.0.0.0/8'], ['10.0.0.0/8'], []],
    [['10.0.0.0/8'], ['0.0.0.0/0'], []],
    [['10.0.0.0/8'], ['11.0.0.0/8', '9.0.0.0/8', '::/0'], ['10.0.0.0/8']],
    [['0.0.0.0/0'], ['255.255.255.255/32', '0.0.0.0/1'], 31],
    [['::/0'], ['::/128'], 128],
    [['::/0'], ['ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128', '::/128'], 254],
  ])('of %j without %j is %j', (include, exclude, rest) => {
    const texts = setOf(...include)
      .without(setOf(...exclude))
      .texts();
    if (typeof rest === 'number') expect(texts).toHaveLength(rest);
    else expect(texts).toEqual(rest);
  });

  it('may have a hundred thousand prefixes', () => {
    const hosts = Array.from({ length: 100_000 }, (_, index) => ({
      ...addressOf(4, BigInt(index) * 2n),
      length: 32,
    }));
    const set = PrefixSet.of(hosts);
    expect(set.prefixes()).toHaveLength(100_000);
    expect(
      set
        .complement()
        .prefixes()
        .filter(({ length }) => length === 32),
    ).toHaveLength(100_000);
  });
});
