import { addressBits } from './address.ts';
import type { Family } from './address.ts';
import { wordMask } from './prefix.ts';
import type { Prefix } from './prefix.ts';

/**
 * A list of prefixes of one family, a row each, in two typed arrays: a hundred thousand of them are two objects, not two
 * hundred thousand. An index that is no row's, word's or bit's is the caller's mistake, and answered with 0.
 */
export class PackedPrefixes {
  readonly family: Family;
  /** Words in a row: 1 for IPv4, 4 for IPv6. */
  readonly width: number;
  #size = 0;
  #words: Uint32Array;
  #lengths: Uint8Array;

  constructor(family: Family) {
    this.family = family;
    this.width = addressBits[family] / 32;
    this.#words = new Uint32Array(16 * this.width);
    this.#lengths = new Uint8Array(16);
  }

  /** How many rows there are. */
  get size(): number {
    return this.#size;
  }

  /** The length of the prefix in a row. */
  lengthAt(row: number): number {
    return this.#lengths[row] ?? 0;
  }

  /** A word of the prefix in a row; word 0 is the first. */
  wordAt(row: number, word: number): number {
    return this.#words[row * this.width + word] ?? 0;
  }

  /** A bit of the prefix in a row; bit 0 is the first. */
  bitAt(row: number, bit: number): number {
    return (this.wordAt(row, bit >>> 5) >>> (31 - (bit & 31))) & 1;
  }

  /** The prefix in a row, as a value. */
  prefixAt(row: number): Prefix {
    const words = this.#words.subarray(row * this.width, (row + 1) * this.width);
    return { family: this.family, words: [...words], length: this.lengthAt(row) };
  }

  /** How many leading bits the words of a row share with those of another list's row, whatever the lengths are. */
  sharedBits(row: number, others: PackedPrefixes, other: number): number {
    for (let word = 0; word < this.width; word += 1) {
      const difference = this.wordAt(row, word) ^ others.wordAt(other, word);
      if (difference !== 0) return word * 32 + Math.clz32(difference);
    }
    return this.width * 32;
  }

  /** Adds a prefix of this family. */
  push({ words, length }: Prefix): void {
    const start = this.#addRow(length);
    for (let word = 0; word < this.width; word += 1) this.#words[start + word] = words[word] ?? 0;
  }

  /** Adds the prefix in a row of another list. */
  pushRow(others: PackedPrefixes, other: number): void {
    const start = this.#addRow(others.lengthAt(other));
    for (let word = 0; word < this.width; word += 1) this.#words[start + word] = others.wordAt(other, word);
  }

  /** Adds the prefix that parts from the one in a row of another list at a bit, which is its own last. */
  pushBranch(others: PackedPrefixes, other: number, bit: number): void {
    const start = this.#addRow(bit + 1);
    const last = bit >>> 5;
    const turned = others.wordAt(other, last) ^ (0x8000_0000 >>> (bit & 31));
    for (let word = 0; word < last; word += 1) this.#words[start + word] = others.wordAt(other, word);
    this.#words[start + last] = turned & wordMask((bit & 31) + 1);
    for (let word = last + 1; word < this.width; word += 1) this.#words[start + word] = 0;
  }

  /** Puts in the place of the last two rows, which have to be the halves of one prefix, that prefix. */
  joinHalves(): void {
    this.#size -= 1;
    // The lower half begins where the whole does.
    this.#lengths[this.#size - 1] = this.lengthAt(this.#size) - 1;
  }

  /**
   * The rows in order: by address, and of one address the shortest first, so that what lies in a prefix stands behind it. A
   * radix sort: the rows are put in order by their lengths, and then by each byte of the address from the last to the first.
   */
  inOrder(): Uint32Array {
    let order = new Uint32Array(this.#size).map((_, row) => row);
    if (this.#size < 2) return order;
    const digits = this.#lengths.slice(0, this.#size);
    order = orderBy(digits, order);
    for (let byte = this.width * 4 - 1; byte >= 0; byte -= 1) {
      const shift = 24 - (byte & 3) * 8;
      // Of a number that is put in, a Uint8Array keeps the last byte.
      for (let row = 0; row < this.#size; row += 1) digits[row] = this.wordAt(row, byte >>> 2) >>> shift;
      order = orderBy(digits, order);
    }
    return order;
  }

  /** Makes a row of this length, and gives the place of its first word. */
  #addRow(length: number): number {
    if (this.#size === this.#lengths.length) {
      this.#words = copyInto(new Uint32Array(this.#words.length * 4), this.#words);
      this.#lengths = copyInto(new Uint8Array(this.#lengths.length * 4), this.#lengths);
    }
    this.#lengths[this.#size] = length;
    this.#size += 1;
    return (this.#size - 1) * this.width;
  }
}

function copyInto<T extends Uint32Array | Uint8Array>(large: T, small: T): T {
  large.set(small);
  return large;
}

/** Rows by their digits; rows of one digit stay as they were. */
function orderBy(digits: Uint8Array, rows: Uint32Array): Uint32Array<ArrayBuffer> {
  // Where the rows of each digit begin; then, while they are put there, where the next one goes.
  const places = new Uint32Array(257);
  for (let row = 0; row < rows.length; row += 1) {
    const next = (digits[row] ?? 0) + 1;
    places[next] = (places[next] ?? 0) + 1;
  }
  for (let digit = 1; digit < 256; digit += 1)
    places[digit] = (places[digit] ?? 0) + (places[digit - 1] ?? 0);
  const ordered = new Uint32Array(rows.length);
  for (const row of rows) {
    const digit = digits[row] ?? 0;
    const place = places[digit] ?? 0;
    ordered[place] = row;
    places[digit] = place + 1;
  }
  return ordered;
}
