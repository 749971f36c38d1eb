import { addressBits, compareAddresses, formatAddress, formatBytes, readAddress, wordAt } from './address.ts';
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
export function formatPrefix(prefix: Prefix): string {
  const { family, words, length } = prefix;
  const text = family === 4 ? formatBytes(wordAt(words, 0), (length + 7) >>> 3) : formatAddress(prefix);
  return text + (endings[family][length] ?? '');
}

/** What follows the bytes of an IPv4 address that a length reaches into, `.0.0/12` for 12; and an IPv6 address, `/64`. */
const endings = {
  4: lengths(4, (length) => '.0'.repeat(Math.min(3, 4 - Math.ceil(length / 8)))),
  6: lengths(6, () => ''),
};

function lengths(family: Family, before: (length: number) => string): string[] {
  return Array.from({ length: addressBits[family] + 1 }, (_, length) => `${before(length)}/${length}`);
}

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

/**
 * Orders IPv4 before IPv6, then by address, and of one address the shorter first, so that what lies in a prefix stands
 * behind it; for `Array.prototype.sort`.
 */
export function comparePrefixes(a: Prefix, b: Prefix): number {
  const byAddress = compareAddresses(a, b);
  return byAddress === 0 ? a.length - b.length : byAddress;
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
