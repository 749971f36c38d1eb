/** 4 for IPv4, 6 for IPv6. */
export type Family = 4 | 6;

/** Bits in an address of each family. */
export const addressBits: Readonly<Record<Family, 32 | 128>> = { 4: 32, 6: 128 };

/**
 * An IP address as a value. `words` holds the bits from the most significant down, 32 to a word, each an
 * unsigned integer: one word for IPv4, four for IPv6. No zone: WireGuard routes know none.
 */
export interface Address {
  readonly family: Family;
  readonly words: readonly number[];
}

/**
 * Reads an address as `wg` does: with a colon it is IPv6, without one IPv4.
 *
 * @returns null where `inet_pton` would refuse (leading zeros, short forms such as `127.1`, a zone)
 * @see wireguard-tools src/config.c parse_ip; glibc resolv/inet_pton.c
 */
export function parseAddress(text: string): Address | null {
  return text.includes(':') ? parseIPv6(text) : parseIPv4(text);
}

/**
 * The canonical text of an address, as `wg` prints it: the longest run of zero groups shortened, and an IPv4
 * tail in dotted form for the IPv4-compatible and IPv4-mapped ranges.
 *
 * @see glibc resolv/inet_ntop.c inet_ntop6
 */
export function formatAddress(address: Address): string {
  return address.family === 4 ? formatIPv4(wordAt(address.words, 0)) : formatIPv6(address.words);
}

/** Whether two addresses are the same, family and bits. */
export function sameAddress(a: Address, b: Address): boolean {
  return a.family === b.family && a.words.every((word, index) => word === b.words[index]);
}

/** Orders IPv4 before IPv6 and then by value; for `Array.prototype.sort`. */
export function compareAddresses(a: Address, b: Address): number {
  if (a.family !== b.family) return a.family - b.family;
  for (let index = 0; index < a.words.length; index += 1) {
    const difference = wordAt(a.words, index) - wordAt(b.words, index);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** The word at an index known to exist; keeps the arithmetic free of undefined. */
export function wordAt(words: readonly number[], index: number): number {
  return words[index] ?? 0;
}

const zero = 0x30;
const nine = 0x39;
const dot = 0x2e;
const colon = 0x3a;

function parseIPv4(text: string): Address | null {
  const word = readDottedQuad(text, 0);
  return word === null ? null : { family: 4, words: [word] };
}

/** Four decimal octets from `start` to the end of the text, or null. */
function readDottedQuad(text: string, start: number): number | null {
  let word = 0;
  let octet = 0;
  let digits = 0;
  let octets = 0;
  for (let index = start; index <= text.length; index += 1) {
    const code = index === text.length ? dot : text.charCodeAt(index);
    if (code === dot) {
      if (digits === 0 || octets === 4) return null;
      word = word * 256 + octet;
      octets += 1;
      octet = 0;
      digits = 0;
    } else if (code >= zero && code <= nine) {
      if (digits > 0 && octet === 0) return null;
      octet = octet * 10 + (code - zero);
      digits += 1;
      if (octet > 255) return null;
    } else {
      return null;
    }
  }
  return octets === 4 ? word : null;
}

function parseIPv6(text: string): Address | null {
  const groups: number[] = [];
  let gap = -1;
  let index = 0;
  if (text.startsWith(':')) {
    if (text.charCodeAt(1) !== colon) return null;
    index = 1;
  }
  let groupStart = index;
  let value = 0;
  let digits = 0;
  for (; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    const digit = hexDigit(code);
    if (digit >= 0) {
      digits += 1;
      if (digits > 4) return null;
      value = value * 16 + digit;
    } else if (code === colon) {
      groupStart = index + 1;
      if (digits === 0) {
        if (gap >= 0) return null;
        gap = groups.length;
        continue;
      }
      if (groupStart === text.length) return null;
      if (groups.length === 8) return null;
      groups.push(value);
      value = 0;
      digits = 0;
    } else if (code === dot && groups.length <= 6) {
      const quad = readDottedQuad(text, groupStart);
      if (quad === null) return null;
      groups.push(quad >>> 16, quad & 0xffff);
      digits = 0;
      break;
    } else {
      return null;
    }
  }
  if (digits > 0) groups.push(value);
  if (groups.length > 8) return null;
  if (gap >= 0) {
    if (groups.length === 8) return null;
    groups.splice(gap, 0, ...new Array<number>(8 - groups.length).fill(0));
  }
  return groups.length === 8 ? { family: 6, words: wordsOfGroups(groups) } : null;
}

function hexDigit(code: number): number {
  if (code >= zero && code <= nine) return code - zero;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

function wordsOfGroups(groups: readonly number[]): number[] {
  const words: number[] = [];
  for (let index = 0; index < 8; index += 2) {
    words.push(wordAt(groups, index) * 0x10000 + wordAt(groups, index + 1));
  }
  return words;
}

function formatIPv4(word: number): string {
  return `${word >>> 24}.${(word >>> 16) & 255}.${(word >>> 8) & 255}.${word & 255}`;
}

function formatIPv6(words: readonly number[]): string {
  const groups = words.flatMap((word) => [word >>> 16, word & 0xffff]);
  const gap = longestZeroRun(groups);
  const mapped = gap.length === 5 && groups[5] === 0xffff;
  const dotted = gap.start === 0 && (gap.length === 6 || mapped);
  const shown = dotted ? groups.slice(0, 6) : groups;
  const head = shown.slice(0, gap.length > 0 ? gap.start : shown.length).map(hex);
  const tail = gap.length > 0 ? shown.slice(gap.start + gap.length).map(hex) : [];
  if (dotted) tail.push(formatIPv4(wordAt(words, 3)));
  return gap.length > 0 ? `${head.join(':')}::${tail.join(':')}` : head.join(':');
}

function hex(group: number): string {
  return group.toString(16);
}

/** The first longest run of at least two zero groups; length 0 where there is none. */
function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  let start = 0;
  for (let index = 0; index <= groups.length; index += 1) {
    if (index < groups.length && groups[index] === 0) continue;
    if (index - start > best.length) best = { start, length: index - start };
    start = index + 1;
  }
  return best.length >= 2 ? best : { start: 0, length: 0 };
}
