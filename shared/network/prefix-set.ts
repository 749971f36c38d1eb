import type { Family } from './address.ts';
import { PackedPrefixes } from './packed-prefixes.ts';
import { formatIPv4Prefix, formatIPv6Prefix, wordMask } from './prefix.ts';
import type { Prefix } from './prefix.ts';

/**
 * A set of addresses of both families. It never changes, and is kept as the fewest prefixes that hold just its addresses:
 * ascending, none inside another, no two the halves of a third. So sets are equal where their prefixes are.
 */
export class PrefixSet {
  readonly #packed: Readonly<Record<Family, PackedPrefixes>>;

  private constructor(packed: Readonly<Record<Family, PackedPrefixes>>) {
    this.#packed = packed;
  }

  /** Every address there is: `0.0.0.0/0` and `::/0`. */
  static readonly all = PrefixSet.of([
    { family: 4, words: [0], length: 0 },
    { family: 6, words: [0, 0, 0, 0], length: 0 },
  ]);

  /** The addresses that are in any of these prefixes. */
  static of(prefixes: Iterable<Prefix>): PrefixSet {
    const packed = { 4: new PackedPrefixes(4), 6: new PackedPrefixes(6) };
    for (const prefix of prefixes) packed[prefix.family].push(prefix);
    return new PrefixSet({ 4: merge(packed[4]), 6: merge(packed[6]) });
  }

  /** Whether it holds no address. */
  get isEmpty(): boolean {
    return this.#packed[4].size === 0 && this.#packed[6].size === 0;
  }

  /** The addresses of this set that are not in the other. */
  without(other: PrefixSet): PrefixSet {
    return new PrefixSet({
      4: subtract(this.#packed[4], other.#packed[4]),
      6: subtract(this.#packed[6], other.#packed[6]),
    });
  }

  /** The addresses of both families that are not in this set. */
  complement(): PrefixSet {
    return PrefixSet.all.without(this);
  }

  /** Its prefixes: IPv4 first, ascending. */
  prefixes(): Prefix[] {
    return [this.#packed[4], this.#packed[6]].flatMap((packed) =>
      Array.from({ length: packed.size }, (_, row) => packed.prefixAt(row)),
    );
  }

  /** Its prefixes in the same order, as `wg` prints them. */
  texts(): string[] {
    const { 4: ipv4, 6: ipv6 } = this.#packed;
    const texts: string[] = [];
    for (let row = 0; row < ipv4.size; row += 1)
      texts.push(formatIPv4Prefix(ipv4.wordAt(row, 0), ipv4.lengthAt(row)));
    for (let row = 0; row < ipv6.size; row += 1) texts.push(ipv6Text(ipv6, row));
    return texts;
  }
}

function ipv6Text(prefixes: PackedPrefixes, row: number): string {
  const first = prefixes.wordAt(row, 0);
  const second = prefixes.wordAt(row, 1);
  const third = prefixes.wordAt(row, 2);
  const last = prefixes.wordAt(row, 3);
  return formatIPv6Prefix(first, second, third, last, prefixes.lengthAt(row));
}

/** The same addresses in the fewest prefixes, in order. */
function merge(prefixes: PackedPrefixes): PackedPrefixes {
  const merged = new PackedPrefixes(prefixes.family);
  for (const row of prefixes.inOrder()) {
    const last = merged.size - 1;
    if (last >= 0 && merged.sharedBits(last, prefixes, row) >= merged.lengthAt(last)) continue;
    merged.pushRow(prefixes, row);
    while (endsInHalves(merged)) merged.joinHalves();
  }
  return merged;
}

/** Whether the last two prefixes are the halves of one. */
function endsInHalves(prefixes: PackedPrefixes): boolean {
  const last = prefixes.size - 1;
  const length = prefixes.lengthAt(last);
  return (
    last > 0 &&
    length === prefixes.lengthAt(last - 1) &&
    length === prefixes.sharedBits(last - 1, prefixes, last) + 1
  );
}

/**
 * What holes leave of prefixes, both merged. From a hole to the next the way leads up, to the last bits they share, and down
 * again. On the way up there lies at each 0 a half behind the one hole, and on the way down at each 1 a half before the
 * other: these are what is left, and already the fewest.
 */
function subtract(wholes: PackedPrefixes, holes: PackedPrefixes): PackedPrefixes {
  const rest = new PackedPrefixes(wholes.family);
  let hole = 0;
  for (let whole = 0; whole < wholes.size; whole += 1) {
    const length = wholes.lengthAt(whole);
    let isCovered = false;
    let before: number | null = null;
    for (; hole < holes.size; hole += 1) {
      const shared = holes.sharedBits(hole, wholes, whole);
      const holeLength = holes.lengthAt(hole);
      isCovered = holeLength <= length && shared >= holeLength;
      const isBehind = shared < length && holes.bitAt(hole, shared) === 1;
      if (isCovered || isBehind) break;
      if (shared < length) continue;
      // At the bit behind those they share the one hole has a 0 and the other a 1: neither half is left.
      const from = before === null ? length : holes.sharedBits(before, holes, hole) + 1;
      if (before !== null) keepBehind(rest, holes, before, from);
      keepBefore(rest, holes, hole, from);
      before = hole;
    }
    if (before !== null) keepBehind(rest, holes, before, length);
    else if (!isCovered) rest.pushRow(wholes, whole);
  }
  return rest;
}

/** Adds what lies before a hole in the prefix of its first `from` bits, ascending. */
function keepBefore(rest: PackedPrefixes, holes: PackedPrefixes, hole: number, from: number): void {
  for (let word = 0; word < holes.width; word += 1) {
    let ones = holes.wordAt(hole, word) & ~wordMask(from - word * 32);
    while (ones !== 0) {
      const bit = Math.clz32(ones);
      ones ^= 0x8000_0000 >>> bit;
      rest.pushBranch(holes, hole, word * 32 + bit);
    }
  }
}

/** Adds what lies behind a hole in the prefix of its first `from` bits, ascending. */
function keepBehind(rest: PackedPrefixes, holes: PackedPrefixes, hole: number, from: number): void {
  for (let word = holes.width - 1; word >= 0; word -= 1) {
    const inside = wordMask(holes.lengthAt(hole) - word * 32) & ~wordMask(from - word * 32);
    let zeros = ~holes.wordAt(hole, word) & inside;
    while (zeros !== 0) {
      const lowest = zeros & -zeros;
      zeros ^= lowest;
      rest.pushBranch(holes, hole, word * 32 + Math.clz32(lowest));
    }
  }
}
