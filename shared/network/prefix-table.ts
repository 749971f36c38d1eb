import { wordAt } from './address.ts';
import type { Address, Family } from './address.ts';
import { networkOf } from './prefix.ts';
import type { Prefix } from './prefix.ts';
import { PrefixSet } from './prefix-set.ts';

/** Prefixes with an owner each, and the longest that holds an address: the table behind AllowedIPs, or behind routes. */
export interface PrefixTable<Owner> {
  /** Whether there is any prefix of a family. */
  hasFamily(family: Family): boolean;
  ownerOf(prefix: Prefix): Owner | undefined;
  /** Gives a prefix to an owner, taking it from the one before. */
  give(prefix: Prefix, owner: Owner): void;
  /** Removes a prefix if it is this owner's. */
  take(prefix: Prefix, owner: Owner): void;
  /** The longest prefix that holds the address and is longer than `longerThan` bits (default: any). */
  longestFor(
    address: Address,
    longerThan?: number,
  ): { readonly length: number; readonly owner: Owner } | null;
  /** Whether the prefixes of a family together hold every address of it. */
  coversAll(family: Family): boolean;
}

/** An empty table. Looking up, giving and taking cost the same at any size: there is one map for each length. */
export function createPrefixTable<Owner>(): PrefixTable<Owner> {
  const tables = { 4: new Map<number, Bits<Owner>>(), 6: new Map<number, Bits<Owner>>() };
  /** The lengths there are, the longest first. */
  const lengths: Record<Family, number[]> = { 4: [], 6: [] };
  const bitsFor = (prefix: Prefix): Bits<Owner> => {
    const known = tables[prefix.family].get(prefix.length);
    if (known !== undefined) return known;
    const bits: Bits<Owner> = new Map();
    tables[prefix.family].set(prefix.length, bits);
    lengths[prefix.family] = [...tables[prefix.family].keys()].sort((a, b) => b - a);
    return bits;
  };
  return {
    hasFamily: (family) => [...tables[family].values()].some((bits) => bits.size > 0),
    ownerOf: (prefix) => tables[prefix.family].get(prefix.length)?.get(bitsKey(prefix)),
    give(prefix, owner) {
      bitsFor(prefix).set(bitsKey(prefix), owner);
    },
    take(prefix, owner) {
      const bits = tables[prefix.family].get(prefix.length);
      const key = bitsKey(prefix);
      if (bits?.get(key) === owner) bits.delete(key);
    },
    longestFor(address, longerThan = -1) {
      for (const length of lengths[address.family]) {
        if (length <= longerThan) break;
        const owner = tables[address.family].get(length)?.get(bitsKey(networkOf({ address, length })));
        if (owner !== undefined) return { length, owner };
      }
      return null;
    },
    coversAll: (family) => coversAll(family, tables[family]),
  };
}

/**
 * What tells of any address whether it lies in one of these prefixes. It is asked at the same cost however many they are: with 10,000 peers a
 * look at each prefix for each endpoint takes a minute.
 */
export function membershipOf(prefixes: Iterable<Prefix>): (address: Address) => boolean {
  const table = createPrefixTable<true>();
  for (const prefix of prefixes) table.give(prefix, true);
  return (address) => table.longestFor(address) !== null;
}

/** The network bits of one length, packed, and their owners. */
type Bits<Owner> = Map<number | string, Owner>;

/** IPv4 as a small integer, which an engine keeps without allocating; IPv6 as eight characters, one for 16 bits. */
function bitsKey({ family, words }: Prefix): number | string {
  const first = wordAt(words, 0);
  if (family === 4) return first | 0;
  const second = wordAt(words, 1);
  const third = wordAt(words, 2);
  const last = wordAt(words, 3);
  return String.fromCharCode(
    first >>> 16,
    first & 0xffff,
    second >>> 16,
    second & 0xffff,
    third >>> 16,
    third & 0xffff,
    last >>> 16,
    last & 0xffff,
  );
}

function wordsOf(key: number | string): number[] {
  if (typeof key === 'number') return [key >>> 0];
  return [0, 2, 4, 6].map((at) => key.charCodeAt(at) * 0x10000 + key.charCodeAt(at + 1));
}

function coversAll(
  family: Family,
  table: ReadonlyMap<number, ReadonlyMap<number | string, unknown>>,
): boolean {
  // Most tables are far too small, which is known from their sizes alone.
  const share = [...table].reduce((sum, [length, bits]) => sum + bits.size * 2 ** -length, 0);
  if (share < 0.99) return false;
  const prefixes = [...table].flatMap(([length, bits]) =>
    Array.from(bits.keys(), (key): Prefix => ({ family, words: wordsOf(key), length })),
  );
  return PrefixSet.of(prefixes)
    .prefixes()
    .some(({ length }) => length === 0);
}
