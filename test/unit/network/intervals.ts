import { addressBits } from '../../../shared/network/address.ts';
import type { Address, Family } from '../../../shared/network/address.ts';
import type { Prefix } from '../../../shared/network/prefix.ts';

/** The model of a prefix: an address is a whole number, a prefix the interval of those it holds. */
export interface Interval {
  readonly family: Family;
  readonly first: bigint;
  readonly last: bigint;
}

/** The number of an address. */
export function numberOf({ words }: Pick<Address, 'words'>): bigint {
  return words.reduce((sum, word) => sum * 2n ** 32n + BigInt(word), 0n);
}

/** The address of a number. */
export function addressOf(family: Family, value: bigint): Address {
  const count = addressBits[family] / 32;
  const words = Array.from({ length: count }, (_, index) =>
    Number((value >> BigInt(32 * (count - 1 - index))) & 0xffff_ffffn),
  );
  return { family, words };
}

/** The interval of a prefix; the bits behind its length do not matter. */
export function intervalOf({ family, words, length }: Prefix): Interval {
  const size = 2n ** BigInt(addressBits[family] - length);
  const first = (numberOf({ words }) / size) * size;
  return { family, first, last: first + size - 1n };
}
