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
  return readAddress(text, text.length);
}

/** The address in the first `end` characters of a text. Null as in {@link parseAddress}. */
export function readAddress(text: string, end: number): Address | null {
  return text.includes(':') ? readIPv6(text, end) : readIPv4(text, end);
}

/**
 * The canonical text of an address, as `wg` prints it: the longest run of zero groups shortened, and an IPv4
 * tail in dotted form for the IPv4-compatible and IPv4-mapped ranges.
 *
 * @see glibc resolv/inet_ntop.c inet_ntop6
 */
export function formatAddress({ family, words }: Address): string {
  return family === 4
    ? formatIPv4(wordAt(words, 0), 4)
    : formatIPv6(wordAt(words, 0), wordAt(words, 1), wordAt(words, 2), wordAt(words, 3));
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

function readIPv4(text: string, end: number): Address | null {
  const word = readDottedQuad(text, 0, end);
  return word === null ? null : { family: 4, words: [word] };
}

/** Four decimal octets from `start` up to `end`, or null. */
function readDottedQuad(text: string, start: number, end: number): number | null {
  let word = 0;
  let octet = 0;
  let digits = 0;
  let octets = 0;
  for (let index = start; index <= end; index += 1) {
    const code = index === end ? dot : text.charCodeAt(index);
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

/** The groups of the address that is being read: one list for all, since a file may have a million addresses. */
const groups = new Uint16Array(8);

function readIPv6(text: string, end: number): Address | null {
  let count = 0;
  let gap = -1;
  let index = 0;
  if (text.startsWith(':')) {
    if (text.charCodeAt(1) !== colon) return null;
    index = 1;
  }
  let groupStart = index;
  let value = 0;
  let digits = 0;
  for (; index < end; index += 1) {
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
        gap = count;
        continue;
      }
      if (groupStart === end) return null;
      if (count === 8) return null;
      groups[count] = value;
      count += 1;
      value = 0;
      digits = 0;
    } else if (code === dot && count <= 6) {
      const quad = readDottedQuad(text, groupStart, end);
      if (quad === null) return null;
      groups[count] = quad >>> 16;
      groups[count + 1] = quad & 0xffff;
      count += 2;
      digits = 0;
      break;
    } else {
      return null;
    }
  }
  if (digits > 0) {
    if (count === 8) return null;
    groups[count] = value;
    count += 1;
  }
  if (gap >= 0) {
    if (count === 8) return null;
    const behind = count - gap;
    groups.copyWithin(8 - behind, gap, count);
    groups.fill(0, gap, 8 - behind);
    count = 8;
  }
  if (count !== 8) return null;
  return { family: 6, words: [wordFrom(0), wordFrom(2), wordFrom(4), wordFrom(6)] };
}

function wordFrom(index: number): number {
  return (groups[index] ?? 0) * 0x10000 + (groups[index + 1] ?? 0);
}

function hexDigit(code: number): number {
  if (code >= zero && code <= nine) return code - zero;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

/** The numbers that a byte can be, as text: looked up in half the time that it takes to write them. */
const bytes = Array.from({ length: 256 }, (_, byte) => String(byte));
const dottedBytes = bytes.map((byte) => `.${byte}`);

/** The first `count` bytes of an IPv4 address in dotted form; at least one, at most four. */
export function formatIPv4(word: number, count: number): string {
  const one = bytes[word >>> 24] ?? '';
  if (count < 2) return one;
  const two = one + (dottedBytes[(word >>> 16) & 0xff] ?? '');
  if (count < 3) return two;
  const three = two + (dottedBytes[(word >>> 8) & 0xff] ?? '');
  return count < 4 ? three : three + (dottedBytes[word & 0xff] ?? '');
}

/**
 * Where the text of an IPv6 address is put together, one character code at a time. Joining texts would make a tree of pieces of
 * each address, to be put together when it is printed, and lists of prefixes are long.
 */
const codes: number[] = [];

/** The canonical text of the IPv6 address of four words. */
export function formatIPv6(first: number, second: number, third: number, last: number): string {
  const groups = groupsOf(first, second, third, last);
  const gap = longestZeroRun(groups);
  const isMapped = gap.start === 0 && gap.end === 5 && groups[5] === 0xffff;
  const isDotted = isMapped || (gap.start === 0 && gap.end === 6);
  let size = writeGroups(groups, 0, gap.start, 0);
  if (gap.start < 8) {
    codes[size] = colon;
    codes[size + 1] = colon;
    size = writeGroups(groups, gap.end, isDotted ? 6 : 8, size + 2);
  }
  codes.length = size;
  const text = String.fromCharCode(...codes);
  return isDotted ? `${text}${isMapped ? ':' : ''}${formatIPv4(last, 4)}` : text;
}

function groupsOf(a: number, b: number, c: number, d: number): number[] {
  return [a >>> 16, a & 0xffff, b >>> 16, b & 0xffff, c >>> 16, c & 0xffff, d >>> 16, d & 0xffff];
}

/** Writes groups with colons between them at an index of {@link codes}, and gives the index behind them. */
function writeGroups(groups: readonly number[], from: number, to: number, at: number): number {
  let next = at;
  for (let index = from; index < to; index += 1) {
    if (index > from) {
      codes[next] = colon;
      next += 1;
    }
    next = writeHex(groups[index] ?? 0, next);
  }
  return next;
}

/** As {@link writeGroups}, a group without leading zeros. */
function writeHex(group: number, at: number): number {
  let next = at;
  for (let shift = group > 0xfff ? 12 : group > 0xff ? 8 : group > 0xf ? 4 : 0; shift >= 0; shift -= 4) {
    const digit = (group >>> shift) & 15;
    codes[next] = digit + (digit > 9 ? 0x57 : zero);
    next += 1;
  }
  return next;
}

/** The first longest run of at least two zero groups, `end` behind its last; behind all groups where there is none. */
function longestZeroRun(groups: readonly number[]): { readonly start: number; readonly end: number } {
  let longest = { start: 8, end: 9 };
  let start = 0;
  for (let index = 0; index <= groups.length; index += 1) {
    if (groups[index] === 0) continue;
    if (index - start > longest.end - longest.start) longest = { start, end: index };
    start = index + 1;
  }
  return longest;
}
