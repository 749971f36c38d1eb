/**
 * The mark of outer packets: `off`, decimal, or hexadecimal behind a lower-case `0x`, its blanks removed.
 *
 * @returns 0 for off, or null where `wg` refuses
 * @see wireguard-tools src/config.c parse_fwmark
 */
export function readFwMark(text: string): number | null {
  if (/^off$/i.test(text)) return 0;
  const match = /^(?:0x([0-9a-fA-F]+)|([0-9]+))$/.exec(text);
  if (match === null) return null;
  const [, hex, decimal] = match;
  const value = hex === undefined ? Number(decimal) : parseInt(hex, 16);
  return value <= 0xffff_ffff ? value : null;
}

/** A mark as `wg` prints it. */
export function formatFwMark(mark: number): string {
  return mark === 0 ? 'off' : `0x${mark.toString(16)}`;
}
