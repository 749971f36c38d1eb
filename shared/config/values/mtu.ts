import { readCNumber } from './number.ts';

/** What a TUN device takes, in bytes. */
export const mtuRange = { least: 68, most: 65_535 } as const;

/** The least MTU with which Linux keeps IPv6 on a link (RFC 8200 section 5). */
export const leastMtuForIPv6 = 1280;

/**
 * An MTU, which `ip link set` reads.
 *
 * - `read`: bytes, in range
 * - `ambiguous`: `ip` reads octal, hexadecimal or a sign; `bytes` is what it makes of it
 * - `out-of-range`, `refused`: `ip` refuses it
 */
export type MtuReading =
  | { readonly kind: 'read' | 'ambiguous'; readonly bytes: number }
  | { readonly kind: 'out-of-range' | 'refused' };

/**
 * Reads an MTU, outer blanks removed.
 *
 * @see iproute2 ip/iplink.c iplink_parse, lib/utils.c get_integer; drivers/net/tun.c MIN_MTU, MAX_MTU
 */
export function readMtu(text: string): MtuReading {
  const bytes = readCNumber(text);
  if (bytes === null) return { kind: 'refused' };
  if (bytes < mtuRange.least || bytes > mtuRange.most) return { kind: 'out-of-range' };
  return { kind: /^[1-9]/.test(text) ? 'read' : 'ambiguous', bytes };
}
