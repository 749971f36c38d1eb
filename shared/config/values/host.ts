import { formatAddress, parseAddress } from '../../network/address.ts';
import type { Address } from '../../network/address.ts';
import { readCNumber } from './number.ts';

/**
 * The host of an endpoint as glibc's `getaddrinfo` reads it.
 *
 * - `address`: a literal. `shorthand` where only `inet_aton` takes it (`127.1`, `0x7f.1`, `010.0.0.1`, which is 8.0.0.1)
 * - `name`: a name that glibc asks for
 * - `numeric-name`: the same, but its last label is a number: no such domain can exist, it is a misspelled address
 * - `escaped-name`: a name with backslashes, which DNS software takes for escapes: `\\n` is n, `\\118pn` is vpn
 * - `wildcard`: `*`, which `wg` takes for this machine's own loopback
 * - `refused`: glibc refuses it without asking anyone
 */
export type HostReading =
  | {
      readonly kind: 'address';
      readonly address: Address;
      readonly zone: string | null;
      readonly shorthand: boolean;
    }
  | { readonly kind: 'name' | 'numeric-name'; readonly name: string }
  /** `name` is without its escapes. */
  | { readonly kind: 'escaped-name'; readonly name: string }
  | { readonly kind: 'wildcard' }
  | { readonly kind: 'refused' };

/**
 * Reads a host without brackets and blanks.
 *
 * @see glibc nss/getaddrinfo.c, resolv/inet_addr.c inet_aton_exact, resolv/inet6_scopeid_pton.c, resolv/res-name-checking.c
 */
export function readHost(text: string): HostReading {
  if (text === '*') return { kind: 'wildcard' };
  const word = parseAton(text);
  if (word !== null) {
    const address: Address = { family: 4, words: [word] };
    return { kind: 'address', address, zone: null, shorthand: formatAddress(address) !== text };
  }
  if (text.includes(':')) return readIPv6Host(text);
  const name = text.includes('\\') ? unescaped(text) : text;
  if (name === null || !isHostName(name)) return { kind: 'refused' };
  if (name !== text) return { kind: 'escaped-name', name };
  return { kind: endsInNumber(text) ? 'numeric-name' : 'name', name: text };
}

function readIPv6Host(text: string): HostReading {
  const percent = text.indexOf('%');
  const address = parseAddress(percent < 0 ? text : text.slice(0, percent));
  if (address?.family !== 6) return { kind: 'refused' };
  if (percent < 0) return { kind: 'address', address, zone: null, shorthand: false };
  const zone = text.slice(percent + 1);
  if (!isZone(address, zone)) return { kind: 'refused' };
  return { kind: 'address', address, zone, shorthand: false };
}

/** A number of an interface goes with every address, a name only with link-local ones; whether it exists is not known here. */
function isZone(address: Address, zone: string): boolean {
  if (/^[0-9]+$/.test(zone)) return Number(zone) <= 0xffff_ffff;
  const top = (address.words[0] ?? 0) >>> 16;
  const linkLocal = (top & 0xffc0) === 0xfe80 || (top & 0xff0f) === 0xff02;
  return linkLocal && /^[A-Za-z0-9._-]{1,15}$/.test(zone);
}

/**
 * The numbers-and-dots forms of an IPv4 address: one to four parts, each decimal, octal with a leading 0, or hexadecimal
 * with 0x; the last part fills the bytes that remain.
 *
 * @returns the address as an unsigned number, or null
 */
export function parseAton(text: string): number | null {
  const parts = text.split('.', 5);
  if (parts.length > 4) return null;
  let address = 0;
  for (const [index, part] of parts.entries()) {
    // inet_aton takes no sign, which is all that sets it apart from other numbers in C's notation.
    const value = /^[0-9]/.test(part) ? readCNumber(part) : null;
    if (value === null) return null;
    const last = index === parts.length - 1;
    if (value > (last ? 256 ** (4 - index) - 1 : 255)) return null;
    address += last ? value : value * 256 ** (3 - index);
  }
  return address;
}

/**
 * Whether glibc asks for a name at all: labels of letters, digits, `-` and `_`, 63 characters each and 253 in all, the
 * first not beginning with `-`; a dot at the end is allowed. Other alphabets need their `xn--` form, since `wg` does not
 * ask for the conversion.
 */
export function isHostName(text: string): boolean {
  if (text === '.') return true;
  const name = text.endsWith('.') ? text.slice(0, -1) : text;
  return name.length <= 253 && /^(?!-)[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63})*$/.test(name);
}

/** The longest name there can be, each of its characters written in four. */
const longestEscaped = 254 * 4;

/**
 * A name without its escapes (RFC 4343 section 2.1); null where one is cut off or out of range, or stands for a dot within a
 * label.
 *
 * @see glibc resolv/ns_name.c ns_name_pton
 */
function unescaped(text: string): string | null {
  if (text.length > longestEscaped) return null;
  const name = text.replace(/\\([0-9]{3}|[^0-9]|)/g, (_, escaped: string) => {
    const character = /^[0-9]/.test(escaped) ? String.fromCharCode(Number(escaped)) : escaped;
    // A slash is in no name.
    return /^[A-Za-z0-9_-]$/.test(character) ? character : '/';
  });
  return name.includes('/') ? null : name;
}

/** Whether the last label of a name is a number, which no top-level domain is (RFC 3696 section 2). */
function endsInNumber(name: string): boolean {
  return /(^|\.)([0-9]+|0[xX][0-9a-fA-F]*)\.?$/.test(name);
}
