import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressBits } from '../../../shared/network/address.ts';
import type { Address, Family } from '../../../shared/network/address.ts';
import { contains, formatPrefix, networkOf, parsePrefix } from '../../../shared/network/prefix.ts';
import type { Prefix } from '../../../shared/network/prefix.ts';
import { PrefixSet } from '../../../shared/network/prefix-set.ts';
import { createPrefixTable } from '../../../shared/network/prefix-table.ts';
import type { PrefixTable } from '../../../shared/network/prefix-table.ts';
import { addressOf } from './intervals.ts';

function prefixes(...texts: readonly string[]): Prefix[] {
  return texts.flatMap((text) => parsePrefix(text) ?? []);
}

function tableOf(list: readonly Prefix[]): PrefixTable<number> {
  const table = createPrefixTable<number>();
  list.forEach((prefix, owner) => table.give(prefix, owner));
  return table;
}

/** Addresses that share long beginnings. */
const address: fc.Arbitrary<Address> = fc.constantFrom<Family>(4, 6).chain((family) => {
  const bits = addressBits[family];
  const base = 0x0a2a_0000_0000_0000_8000_0000_0001_ffffn >> BigInt(128 - bits);
  return fc.array(fc.nat(bits - 1), { maxLength: 2 }).map((flips) =>
    addressOf(
      family,
      flips.reduce((value, bit) => value ^ (1n << BigInt(bit)), base),
    ),
  );
});

const anyPrefix = address.chain((value) =>
  fc.nat(addressBits[value.family]).map((length) => networkOf({ address: value, length })),
);

/** Prefixes that change hands: given to one of three owners, or taken from one. */
const changes = fc.array(
  fc.record({ prefix: anyPrefix, owner: fc.nat(2), kind: fc.constantFrom('give', 'give', 'take') }),
  { maxLength: 40 },
);

describe('a table of prefixes', () => {
  it('knows the owner of each, and the longest that holds an address, after any changes', () => {
    fc.assert(
      fc.property(
        changes,
        fc.array(address, { maxLength: 10 }),
        fc.nat(64),
        (steps, addresses, longerThan) => {
          const table = createPrefixTable<number>();
          const model = new Map<string, { prefix: Prefix; owner: number }>();
          for (const { prefix, owner, kind } of steps) {
            const text = formatPrefix(prefix);
            table[kind](prefix, owner);
            if (kind === 'give') model.set(text, { prefix, owner });
            else if (model.get(text)?.owner === owner) model.delete(text);
          }
          for (const { prefix } of steps)
            expect(table.ownerOf(prefix)).toBe(model.get(formatPrefix(prefix))?.owner);
          for (const one of addresses) {
            const holding = [...model.values()].filter(({ prefix }) => contains(prefix, one));
            const [longest] = holding.sort((a, b) => b.prefix.length - a.prefix.length);
            const wanted =
              longest === undefined ? null : { length: longest.prefix.length, owner: longest.owner };
            expect(table.longestFor(one)).toEqual(wanted);
            expect(table.longestFor(one, longerThan)).toEqual(
              (wanted?.length ?? 0) > longerThan ? wanted : null,
            );
          }
          for (const family of [4, 6] as const)
            expect(table.hasFamily(family)).toBe(
              [...model.values()].some(({ prefix }) => prefix.family === family),
            );
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it.each([
    [['0.0.0.0/0'], true],
    [['0.0.0.0/1', '128.0.0.0/1'], true],
    [['0.0.0.0/1', '128.0.0.0/2', '192.0.0.0/2'], true],
    [['0.0.0.0/1', '0.0.0.0/2', '64.0.0.0/2', '10.0.0.0/8'], false],
    [['::/0'], false],
    [[], false],
  ])('of %j covers all of IPv4: %j', (texts, covered) => {
    expect(tableOf(prefixes(...texts)).coversAll(4)).toBe(covered);
  });

  it('covers a family only with the last of its addresses, however it is cut up', () => {
    for (const host of prefixes('10.1.2.3', '2001:db8::1')) {
      const others = PrefixSet.of([host]).complement().prefixes();
      expect(tableOf([...others, host]).coversAll(host.family)).toBe(true);
      expect(tableOf(others).coversAll(host.family)).toBe(false);
    }
  });
});
