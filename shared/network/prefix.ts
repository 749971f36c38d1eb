import { addressBits, formatAddress, formatIPv4, formatIPv6, readAddress, wordAt } from './address.ts';
import type { Address, Family } from './address.ts';

/**
 * A range of addresses that share their first `length` bits (RFC 4632). The bits behind `length` are zero:
 * `10.0.0.5/24` as a prefix is `10.0.0.0/24`.
 */
export interface Prefix {
  readonly family: Family;
  readonly words: readonly number[];
  /** Bits that are fixed: 0..32 or 0..128. */
  readonly length: number;
}

/** An address with the length of the network it stands in, host bits kept: an `Address =` of an interface. */
export interface InterfaceAddress {
  readonly address: Address;
  /** Bits of the network: 0..32 or 0..128. */
  readonly length: number;
}

/**
 * Reads `ADDRESS[/LENGTH]`; a bare address has all its bits. Host bits are kept, as `ip address add` keeps them.
 *
 * @returns null for anything `wg` refuses (`/33`, `/255.0.0.0`, `/`, a sign, a zone)
 * @see wireguard-tools src/config.c parse_allowedips
 */
export function parseInterfaceAddress(text: string): InterfaceAddress | null {
  const slash = text.indexOf('/');
  const address = readAddress(text, slash < 0 ? text.length : slash);
  if (address === null) return null;
  const bits = addressBits[address.family];
  const length = slash < 0 ? bits : readLength(text, slash + 1, bits);
  return length === null ? null : { address, length };
}

/** The decimal number from `start` to the end of the text, if it is at most `most`. */
function readLength(text: string, start: number, most: number): number | null {
  if (start === text.length) return null;
  let length = 0;
  for (let index = start; index < text.length; index += 1) {
    const digit = text.charCodeAt(index) - 0x30;
    if (digit < 0 || digit > 9) return null;
    length = length * 10 + digit;
    if (length > most) return null;
  }
  return length;
}

/** The same text as a prefix: host bits cleared. Null as in {@link parseInterfaceAddress}. */
export function parsePrefix(text: string): Prefix | null {
  const parsed = parseInterfaceAddress(text);
  return parsed === null ? null : networkOf(parsed);
}

/** The network an interface address stands in. */
export function networkOf({ address, length }: InterfaceAddress): Prefix {
  return { family: address.family, words: maskWords(address.words, length), length };
}

/** The prefix of one address: /32 or /128. */
export function hostPrefix(address: Address): Prefix {
  return { family: address.family, words: address.words, length: addressBits[address.family] };
}

/** `ADDRESS/LENGTH`, the address as {@link formatAddress} gives it, the length always written. */
export function formatPrefix({ family, words, length }: Prefix): string {
  return family === 4
    ? formatIPv4Prefix(wordAt(words, 0), length)
    : formatIPv6Prefix(wordAt(words, 0), wordAt(words, 1), wordAt(words, 2), wordAt(words, 3), length);
}

/** As {@link formatPrefix}, from the bare numbers. */
export function formatIPv4Prefix(word: number, length: number): string {
  return formatIPv4(word, (length + 7) >>> 3) + (ipv4Endings[length] ?? '');
}

/** As {@link formatPrefix}, from the bare numbers. */
export function formatIPv6Prefix(
  first: number,
  second: number,
  third: number,
  last: number,
  length: number,
): string {
  return formatIPv6(first, second, third, last) + (ipv6Endings[length] ?? '');
}

const ipv6Endings = Array.from({ length: addressBits[6] + 1 }, (_, length) => `/${length}`);

/** With the bytes that a length does not reach into, which are zeros: `.0.0/12` for 12. */
const ipv4Endings = ipv6Endings
  .slice(0, addressBits[4] + 1)
  .map((ending, length) => '.0'.repeat(Math.min(3, 4 - Math.ceil(length / 8))) + ending);

/** `ADDRESS/LENGTH` with the host bits kept. */
export function formatInterfaceAddress({ address, length }: InterfaceAddress): string {
  return `${formatAddress(address)}/${length}`;
}

/** Whether the address lies in the prefix; false across families. */
export function contains(prefix: Prefix, address: Address): boolean {
  return prefix.family === address.family && sameLeadingBits(prefix.words, address.words, prefix.length);
}

/** Whether every address of `inner` lies in `outer`. A prefix covers itself. */
export function covers(outer: Prefix, inner: Prefix): boolean {
  return (
    outer.family === inner.family &&
    outer.length <= inner.length &&
    sameLeadingBits(outer.words, inner.words, outer.length)
  );
}

/** Whether two prefixes share an address: one covers the other. */
export function overlaps(a: Prefix, b: Prefix): boolean {
  return covers(a, b) || covers(b, a);
}

/** Whether two prefixes are equal. */
export function samePrefix(a: Prefix, b: Prefix): boolean {
  return a.length === b.length && covers(a, b);
}

/** The words with every bit behind `length` cleared. */
function maskWords(words: readonly number[], length: number): number[] {
  if (words.length === 1) return [(wordAt(words, 0) & wordMask(length)) >>> 0];
  return words.map((word, index) => (word & wordMask(length - index * 32)) >>> 0);
}

function sameLeadingBits(a: readonly number[], b: readonly number[], length: number): boolean {
  for (let index = 0; index * 32 < length; index += 1) {
    if (((wordAt(a, index) ^ wordAt(b, index)) & wordMask(length - index * 32)) !== 0) return false;
  }
  return true;
}

/** A 32-bit mask with the first `bits` bits set; `bits` may be out of 0..32 on either side. */
export function wordMask(bits: number): number {
  if (bits <= 0) return 0;
  return bits >= 32 ? 0xffffffff : (0xffffffff << (32 - bits)) >>> 0;
}
