import { readDigits } from './number.ts';

/**
 * Seconds between keepalives: `off` or 0..65535, its blanks removed.
 *
 * @returns 0 for off, or null where `wg` refuses
 * @see wireguard-tools src/config.c parse_persistent_keepalive
 */
export function readKeepalive(text: string): number | null {
  return /^off$/i.test(text) ? 0 : readDigits(text, 65_535);
}
