import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressBits, formatAddress, parseAddress } from '../../../shared/network/address.ts';
import type { Address, Family } from '../../../shared/network/address.ts';
import {
  contains,
  covers,
  formatInterfaceAddress,
  formatPrefix,
  hostPrefix,
  networkOf,
  overlaps,
  parseInterfaceAddress,
  parsePrefix,
  samePrefix,
} from '../../../shared/network/prefix.ts';
import type { InterfaceAddress, Prefix } from '../../../shared/network/prefix.ts';
import { addressOf, intervalOf, numberOf } from './intervals.ts';

/** Addresses that share long beginnings with each other, so that prefixes meet, nest and just miss. */
const address: fc.Arbitrary<Address> = fc.constantFrom<Family>(4, 6).chain((family) => {
  const bits = addressBits[family];
  const base = 0x0a2a_0000_0000_0000_8000_0000_0001_ffffn >> BigInt(128 - bits);
  return fc.array(fc.nat(bits - 1), { maxLength: 3 }).map((flips) =>
    addressOf(
      family,
      flips.reduce((value, bit) => value ^ (1n << BigInt(bit)), base),
    ),
  );
});

const interfaceAddress: fc.Arbitrary<InterfaceAddress> = address.chain((value) =>
  fc.nat(addressBits[value.family]).map((length) => ({ address: value, length })),
);

const prefix: fc.Arbitrary<Prefix> = interfaceAddress.map(networkOf);

const many = { numRuns: 3_000 };

describe('a prefix, against intervals of whole numbers', () => {
  it('has the bits behind its length cleared', () => {
    fc.assert(
      fc.property(interfaceAddress, (value) => {
        const network = networkOf(value);
        const { first } = intervalOf({ ...network, words: value.address.words });
        expect(numberOf(network)).toBe(first);
        expect(network.words.every((word) => Number.isInteger(word) && word >= 0)).toBe(true);
      }),
      many,
    );
  });

  it('contains just the addresses between its first and its last', () => {
    fc.assert(
      fc.property(prefix, address, (range, value) => {
        const { family, first, last } = intervalOf(range);
        const expected = family === value.family && first <= numberOf(value) && numberOf(value) <= last;
        expect(contains(range, value)).toBe(expected);
      }),
      many,
    );
  });

  it('contains its own first and last address, and not their neighbours', () => {
    fc.assert(
      fc.property(prefix, (range) => {
        const { family, first, last } = intervalOf(range);
        const holds = (value: bigint): boolean => contains(range, addressOf(family, value));
        expect([holds(first), holds(last)]).toEqual([true, true]);
        if (first > 0n) expect(holds(first - 1n)).toBe(false);
        if (last + 1n < 2n ** BigInt(addressBits[family])) expect(holds(last + 1n)).toBe(false);
      }),
      many,
    );
  });

  it('covers, overlaps and equals as intervals do', () => {
    fc.assert(
      fc.property(prefix, prefix, (a, b) => {
        const [x, y] = [intervalOf(a), intervalOf(b)];
        const sameFamily = x.family === y.family;
        expect(covers(a, b)).toBe(sameFamily && x.first <= y.first && y.last <= x.last);
        expect(overlaps(a, b)).toBe(sameFamily && x.first <= y.last && y.first <= x.last);
        expect(samePrefix(a, b)).toBe(sameFamily && x.first === y.first && x.last === y.last);
      }),
      many,
    );
  });
});

describe('the text of a prefix', () => {
  it('survives being printed and read', () => {
    fc.assert(
      fc.property(interfaceAddress, (value) => {
        expect(parseInterfaceAddress(formatInterfaceAddress(value))).toEqual(value);
        expect(parsePrefix(formatPrefix(networkOf(value)))).toEqual(networkOf(value));
        expect(parsePrefix(formatInterfaceAddress(value))).toEqual(networkOf(value));
      }),
    );
  });

  it.each([
    ['10.0.0.5/24', '10.0.0.0/24'],
    ['10.0.0.5', '10.0.0.5/32'],
    ['fd00::5', 'fd00::5/128'],
    ['255.255.255.255/0', '0.0.0.0/0'],
    ['ffff::/1', '8000::/1'],
    ['10.0.0.0/08', '10.0.0.0/8'],
    ['::ffff:10.0.0.0/104', '::ffff:10.0.0.0/104'],
  ])('%s is %s', (text, canonical) => {
    const parsed = parsePrefix(text);
    expect(parsed === null ? null : formatPrefix(parsed)).toBe(canonical);
  });

  it.each([
    '',
    '/8',
    '10.0.0.0/',
    '10.0.0.0/33',
    '::/129',
    '10.0.0.0/255.0.0.0',
    '10.0.0.0/-1',
    '10.0.0.0/+8',
    '10.0.0.0/8/8',
    '10.0.0.0/ 8',
    '10.0.0.0/8 ',
    '10.0.0.0/1e1',
    '010.0.0.0/8',
    'fe80::1%lo/64',
    '10.0.0.0 /8',
  ])('%j is none', (text) => {
    expect(parseInterfaceAddress(text)).toBeNull();
  });

  it('keeps the host bits of an interface address', () => {
    const parsed = parseInterfaceAddress('10.200.200.11/24');
    expect(parsed === null ? null : formatInterfaceAddress(parsed)).toBe('10.200.200.11/24');
  });

  it('of one address has all its bits', () => {
    for (const text of ['192.0.2.1', '2001:db8::1']) {
      const value = parseAddress(text);
      if (value === null) throw new Error(text);
      const host = hostPrefix(value);
      expect(formatAddress(host)).toBe(text);
      expect(host.length).toBe(addressBits[value.family]);
    }
  });
});
