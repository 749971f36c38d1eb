import { parseAddress } from '../../network/address.ts';
import type { Address } from '../../network/address.ts';
import { parseInterfaceAddress } from '../../network/prefix.ts';
import type { InterfaceAddress } from '../../network/prefix.ts';

/**
 * Reads `ADDRESS/LENGTH` as Kilo does: host bits are kept, an IPv4-mapped address is IPv4, and without a length it is nothing.
 *
 * @returns null where Kilo ignores the value
 * @see Go net.ParseCIDR; kilo pkg/k8s/backend.go normalizeIP
 */
export function parseCidr(text: string): InterfaceAddress | null {
  if (!text.includes('/')) return null;
  const parsed = parseInterfaceAddress(text);
  if (parsed === null) return null;
  const address = unmapped(parsed.address);
  if (address === parsed.address) return parsed;
  return { address, length: Math.max(0, parsed.length - 96) };
}

/**
 * Reads an address as Go does: IPv4-mapped is IPv4, a zone is refused.
 *
 * @see Go net.ParseIP
 */
export function parseIp(text: string): Address | null {
  const address = parseAddress(text);
  return address === null ? null : unmapped(address);
}

/** `::ffff:10.0.0.1` as 10.0.0.1 (RFC 4291 section 2.5.5.2); any other address as it is. */
function unmapped(address: Address): Address {
  const [first, second, third, last] = address.words;
  const isMapped = address.family === 6 && first === 0 && second === 0 && third === 0xffff;
  return isMapped ? { family: 4, words: [last ?? 0] } : address;
}
