import { addressBits, compareAddresses, wordAt } from './address.ts';
import { comparePrefixes, covers, wordMask } from './prefix.ts';
import type { Prefix } from './prefix.ts';

/** `0.0.0.0/0` and `::/0`. */
export const everyAddress: readonly Prefix[] = [
  { family: 4, words: [0], length: 0 },
  { family: 6, words: [0, 0, 0, 0], length: 0 },
];

/**
 * The fewest prefixes that together hold exactly the addresses of these: ascending, IPv4 first, none inside another, no two
 * that are the halves of a third. Two lists hold the same addresses just if this makes them equal.
 */
export function mergePrefixes(prefixes: readonly Prefix[]): Prefix[] {
  const merged: Prefix[] = [];
  for (const prefix of sortPrefixes(prefixes)) {
    let last = merged.at(-1);
    if (last !== undefined && covers(last, prefix)) continue;
    let whole = prefix;
    while (last !== undefined && areHalves(last, whole)) {
      whole = { ...last, length: last.length - 1 };
      merged.pop();
      last = merged.at(-1);
    }
    merged.push(whole);
  }
  return merged;
}

/**
 * The fewest prefixes that hold exactly the addresses that are in `include` and not in `exclude`, in the order of
 * {@link mergePrefixes}.
 *
 * @param become what each prefix is turned into, the moment it is found: ten thousands of them need not wait for their text
 */
export function excludePrefixes(include: readonly Prefix[], exclude: readonly Prefix[]): Prefix[];
export function excludePrefixes<T>(
  include: readonly Prefix[],
  exclude: readonly Prefix[],
  become: (prefix: Prefix) => T,
): T[];
export function excludePrefixes(
  include: readonly Prefix[],
  exclude: readonly Prefix[],
  become: (prefix: Prefix) => unknown = (prefix) => prefix,
): unknown[] {
  const rest: unknown[] = [];
  const keep = (prefix: Prefix): void => {
    rest.push(become(prefix));
  };
  const holes = mergePrefixes(exclude);
  let next = 0;
  for (const whole of mergePrefixes(include)) {
    while (isBefore(holes[next], whole)) next += 1;
    const first = next;
    while (isInside(holes[next], whole)) next += 1;
    if (next > first) keepAround(holes.slice(first, next), whole.length, keep);
    else if (!isInside(whole, holes[next])) keep(whole);
  }
  return rest;
}

/** The fewest prefixes that hold exactly the addresses, of both families, that none of these holds. */
export function complementPrefixes(prefixes: readonly Prefix[]): Prefix[] {
  return excludePrefixes(everyAddress, prefixes);
}

function sortPrefixes(prefixes: readonly Prefix[]): Prefix[] {
  const ipv6 = prefixes.filter(({ family }) => family === 6).sort(comparePrefixes);
  return [...sortIPv4(prefixes.filter(({ family }) => family === 4)), ...ipv6];
}

/** A prefix of IPv4 fits in one number, and numbers sort in half the time. */
function sortIPv4(prefixes: readonly Prefix[]): Prefix[] {
  const keys = new Float64Array(prefixes.length);
  prefixes.forEach(({ words, length }, index) => {
    keys[index] = wordAt(words, 0) * 64 + length;
  });
  const sorted: Prefix[] = [];
  for (const key of keys.sort()) {
    const length = key % 64;
    sorted.push({ family: 4, words: [(key - length) / 64], length });
  }
  return sorted;
}

/** Whether a prefix ends before another begins. */
function isBefore(prefix: Prefix | undefined, other: Prefix): boolean {
  return prefix !== undefined && compareAddresses(prefix, other) < 0 && !covers(prefix, other);
}

function isInside(inner: Prefix | undefined, outer: Prefix | undefined): boolean {
  return inner !== undefined && outer !== undefined && covers(outer, inner);
}

/** Whether two prefixes, the lower first, are the halves of a shorter one. */
function areHalves(lower: Prefix, upper: Prefix): boolean {
  return (
    lower.family === upper.family &&
    lower.length === upper.length &&
    lower.length > 0 &&
    sharedBits(lower, upper) === lower.length - 1
  );
}

/**
 * Keeps what is around holes in a prefix of `length` bits. From each hole to the next the way leads up to the last bits they share
 * and down again. On the way up lie, at each 0, the halves behind the one hole; on the way down, at each 1, those before the other.
 */
function keepAround(holes: readonly Prefix[], length: number, keep: (prefix: Prefix) => void): void {
  let before: Prefix | null = null;
  for (const hole of holes) {
    // At the bit behind those they share, the one is a 0 and the other a 1: neither has anything of the other's to keep.
    const from: number = before === null ? length : sharedBits(before, hole) + 1;
    if (before !== null) keepBehind(before, from, keep);
    keepBefore(hole, from, keep);
    before = hole;
  }
  if (before !== null) keepBehind(before, length, keep);
}

/** Keeps what lies before a hole in the prefix of its first `from` bits, ascending. */
function keepBefore(hole: Prefix, from: number, keep: (prefix: Prefix) => void): void {
  for (let start = 0; start < hole.length; start += 32) {
    let ones = wordAt(hole.words, start / 32) & ~wordMask(from - start);
    while (ones !== 0) {
      const bit = Math.clz32(ones);
      ones ^= 0x8000_0000 >>> bit;
      keep(branchAt(hole, start + bit));
    }
  }
}

/** Keeps what lies behind a hole in the prefix of its first `from` bits, ascending. */
function keepBehind(hole: Prefix, from: number, keep: (prefix: Prefix) => void): void {
  for (let start = (hole.words.length - 1) * 32; start >= 0; start -= 32) {
    let zeros = ~wordAt(hole.words, start / 32) & wordMask(hole.length - start) & ~wordMask(from - start);
    while (zeros !== 0) {
      const last = zeros & -zeros;
      zeros ^= last;
      keep(branchAt(hole, start + Math.clz32(last)));
    }
  }
}

/** The prefix that parts from another at a bit, which is its own last. */
function branchAt({ family, words }: Prefix, bit: number): Prefix {
  const at = bit >>> 5;
  const shift = 31 - (bit & 31);
  const word = (((wordAt(words, at) >>> shift) ^ 1) << shift) >>> 0;
  return { family, words: words.length === 1 ? [word] : wordsUpTo(words, at, word), length: bit + 1 };
}

function wordsUpTo(words: readonly number[], at: number, word: number): number[] {
  return [
    at > 0 ? wordAt(words, 0) : word,
    at > 1 ? wordAt(words, 1) : at === 1 ? word : 0,
    at > 2 ? wordAt(words, 2) : at === 2 ? word : 0,
    at === 3 ? word : 0,
  ];
}

/** How many leading bits two prefixes of one family share. */
function sharedBits(a: Prefix, b: Prefix): number {
  for (let index = 0; index < a.words.length; index += 1) {
    const difference = wordAt(a.words, index) ^ wordAt(b.words, index);
    if (difference !== 0) return index * 32 + Math.clz32(difference);
  }
  return addressBits[a.family];
}
