import { parseInterfaceAddress } from '../../network/prefix.ts';
import type { InterfaceAddress } from '../../network/prefix.ts';

/**
 * One item of AllowedIPs.
 *
 * - `read`: an address with its length, host bits kept as they were written
 * - `empty`: nothing between two commas or at an end
 * - `incremental`: a `+` or `-` before an item, which `wg` knows since v1.0.20250521
 * - `refused`: anything else
 */
export type AllowedIpReading =
  | { readonly kind: 'read'; readonly address: InterfaceAddress }
  | { readonly kind: 'empty' | 'incremental' | 'refused' };

/**
 * Reads one item, its blanks removed. A bare address is a /32 or /128; no short forms, no netmasks.
 *
 * @see wireguard-tools src/config.c parse_allowedips and parse_ip_prefix
 */
export function readAllowedIp(text: string): AllowedIpReading {
  const address = parseInterfaceAddress(text);
  if (address !== null) return { kind: 'read', address };
  if (text === '') return { kind: 'empty' };
  if (/^[+-]/.test(text) && parseInterfaceAddress(text.slice(1)) !== null) return { kind: 'incremental' };
  return { kind: 'refused' };
}
