import { parseAddress } from '../../network/address.ts';
import { parseInterfaceAddress } from '../../network/prefix.ts';
import type { InterfaceAddress } from '../../network/prefix.ts';
import { netmaskLength } from './netmask.ts';
import { readCNumber } from './number.ts';

/**
 * One word of Address, which nobody reads before `ip address add` does.
 *
 * - `read`: an address and its length; `spelling` is `bare` without a length and `netmask` with one in dotted form
 * - `ambiguous`: `ip` takes it for something that few people mean by it: `10.1` is 10.1.0.0, `/010` is /8
 * - `refused`: `ip` refuses it
 */
export type InterfaceAddressReading =
  | {
      readonly kind: 'read';
      readonly address: InterfaceAddress;
      readonly spelling: 'plain' | 'bare' | 'netmask';
    }
  | { readonly kind: 'ambiguous' | 'refused' };

/**
 * Reads one word of Address.
 *
 * @see iproute2 lib/utils.c get_prefix_1, get_addr_ipv4, get_netmask; net/ipv6/addrconf.c ipv6_add_addr
 */
export function readInterfaceAddress(text: string): InterfaceAddressReading {
  const [addressText, lengthText] = splitOnce(text, '/');
  const plain = lengthText === undefined || /^(0|[1-9][0-9]*)$/.test(lengthText);
  const address = plain ? parseInterfaceAddress(text) : null;
  if (address !== null) {
    if (isUnassignable(address)) return { kind: 'refused' };
    return { kind: 'read', address, spelling: lengthText === undefined ? 'bare' : 'plain' };
  }
  const host = parseAddress(addressText);
  const mask = lengthText === undefined ? null : netmaskLength(lengthText);
  if (host?.family === 4 && mask !== null) {
    return { kind: 'read', address: { address: host, length: mask }, spelling: 'netmask' };
  }
  return { kind: isReadByIp(addressText, lengthText) ? 'ambiguous' : 'refused' };
}

/** IPv6 addresses that the kernel refuses for an interface: `::`, `::1`, multicast. It refuses no IPv4 address. */
function isUnassignable({ address }: InterfaceAddress): boolean {
  if (address.family === 4) return false;
  const [first = 0, second = 0, third = 0, last = 0] = address.words;
  const nearlyZero = first === 0 && second === 0 && third === 0;
  return first >>> 24 === 0xff || (nearlyZero && last <= 1);
}

function isReadByIp(address: string, length: string | undefined): boolean {
  // To ip the word stands for 0.0.0.0.
  if (address === 'default') return length === undefined;
  const bits = address.includes(':') ? 128 : 32;
  const known = bits === 128 ? parseAddress(address) !== null : isNumbersAndDots(address);
  if (!known) return false;
  if (length === undefined) return true;
  const value = readCNumber(length);
  return (value !== null && value >= 0 && value <= bits) || (bits === 32 && netmaskLength(length) !== null);
}

/** One to four bytes in C's notation; what is missing at the end is zero. */
function isNumbersAndDots(text: string): boolean {
  const parts = text.split('.', 5);
  return parts.length <= 4 && parts.every((part) => isByte(readCNumber(part)));
}

function isByte(value: number | null): boolean {
  return value !== null && value >= 0 && value <= 255;
}

function splitOnce(text: string, separator: string): [string, string?] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
