const most = 0xffff_ffff_ffff_ffffn;

/**
 * Reads decimal digits as C's `strtoul` does on a 64-bit machine and `wg` then uses them: digits only, as long as they like.
 *
 * @param limit the largest value allowed, below 2^53
 * @returns null for no digits, for anything else than digits, and above the limit
 * @see wireguard-tools src/config.c parse_persistent_keepalive
 */
export function readDigits(text: string, limit: number): number | null {
  if (!/^[0-9]+$/.test(text)) return null;
  const value = Number(text);
  return value <= limit ? value : null;
}

/**
 * Reads a number as glibc's `getaddrinfo` reads a port: `strtoul` in base 10 with an optional sign, kept in an `int`. So
 * `+5` is 5, 4294967296 is 0, -4294967295 is 1 and 70000 is 70000, of which only 16 bits remain later.
 *
 * @returns null where it is no number for glibc, which then looks for a service of that name: also where the `int` is negative
 * @see glibc nss/getaddrinfo.c getaddrinfo
 */
export function readPortNumber(text: string): number | null {
  const match = /^([+-]?)([0-9]+)$/.exec(text);
  if (match === null) return null;
  const [, sign = '', digits = ''] = match;
  // Twenty digits hold any unsigned 64-bit number; a longer one only needs to stay too large.
  const magnitude = BigInt(digits.replace(/^0+(?=.)/, '').slice(0, 21));
  const value = magnitude > most ? most : sign === '-' ? (most + 1n - magnitude) & most : magnitude;
  const int = Number(BigInt.asIntN(32, value));
  return int < 0 ? null : int;
}

/**
 * A number as C's `strtol` reads it in base 0: a leading 0 makes it octal, 0x hexadecimal; a sign is allowed.
 *
 * @returns null for anything else
 */
export function readCNumber(text: string): number | null {
  const match = /^([+-]?)(?:0[xX]([0-9a-fA-F]+)|(0[0-7]*)|([1-9][0-9]*))$/.exec(text);
  if (match === null) return null;
  const [, sign, hex, octal, decimal] = match;
  const value =
    hex !== undefined ? parseInt(hex, 16) : octal !== undefined ? parseInt(octal, 8) : Number(decimal);
  return sign === '-' ? -value : value;
}
