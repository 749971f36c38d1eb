import { addressBits } from '../../network/address.ts';
import type { Address, Family } from '../../network/address.ts';
import { networkOf } from '../../network/prefix.ts';
import type { Prefix } from '../../network/prefix.ts';

/** Which peer each prefix belongs to: the table behind AllowedIPs, where one prefix has one owner. */
export interface PrefixTable {
  /** Whether there is any prefix of a family. */
  hasFamily(family: Family): boolean;
  ownerOf(prefix: Prefix): number | undefined;
  /** Gives a prefix to an owner, taking it from the one before. */
  give(prefix: Prefix, owner: number): void;
  /** Removes a prefix if it is this owner's. */
  take(prefix: Prefix, owner: number): void;
  /** The longest prefix that holds the address and is longer than `longerThan` bits (default: any). */
  longestFor(
    address: Address,
    longerThan?: number,
  ): { readonly length: number; readonly owner: number } | null;
  /** Whether the prefixes of a family together hold every address of it. */
  coversAll(family: Family): boolean;
}

/** An empty table. Looking up, giving and taking cost the same at any size: there is one map for each length. */
export function createPrefixTable(): PrefixTable {
  const tables = { 4: new Map<number, Bits>(), 6: new Map<number, Bits>() };
  const bitsFor = (prefix: Prefix): Bits => {
    const known = tables[prefix.family].get(prefix.length);
    if (known !== undefined) return known;
    const bits: Bits = new Map();
    tables[prefix.family].set(prefix.length, bits);
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
      for (let length = addressBits[address.family]; length > longerThan; length -= 1) {
        const bits = tables[address.family].get(length);
        if (bits === undefined) continue;
        const owner = bits.get(bitsKey(networkOf({ address, length })));
        if (owner !== undefined) return { length, owner };
      }
      return null;
    },
    coversAll: (family) => coversAll(tables[family], family),
  };
}

/** The network bits of one length, packed, and their owners. */
type Bits = Map<number | string, number>;

/** IPv4 as a small integer, which an engine keeps without allocating; IPv6 as eight characters, one for 16 bits. */
function bitsKey({ family, words }: Prefix): number | string {
  const [first = 0, second = 0, third = 0, last = 0] = words;
  if (family === 4) return first | 0;
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

/**
 * Adds up the shares of the prefixes that lie in no shorter one. Prefixes of more than 48 bits are left out: it would take
 * 2^48 of them to matter, and what remains adds up without rounding.
 */
function coversAll(tables: ReadonlyMap<number, Bits>, family: Family): boolean {
  const lengths = [...tables.keys()].filter((length) => length <= 48).sort((a, b) => a - b);
  // Even without any overlap most tables are far too small, which is known from their sizes alone.
  if (lengths.reduce((sum, length) => sum + (tables.get(length)?.size ?? 0) * 2 ** -length, 0) < 1)
    return false;
  let share = 0;
  for (const [index, length] of lengths.entries()) {
    const shorter = lengths.slice(0, index);
    for (const key of tables.get(length)?.keys() ?? []) {
      const address: Address = { family, words: wordsOf(key) };
      const inside = shorter.some((other) =>
        tables.get(other)?.has(bitsKey(networkOf({ address, length: other }))),
      );
      if (!inside) share += 2 ** -length;
    }
  }
  return share === 1;
}

function wordsOf(key: number | string): number[] {
  if (typeof key === 'number') return [key >>> 0];
  return [0, 2, 4, 6].map((at) => key.charCodeAt(at) * 0x10000 + key.charCodeAt(at + 1));
}
