import { parseAddress } from '../../network/address.ts';

/**
 * The length of a prefix whose mask is written out, `255.255.255.0` being 24.
 *
 * @returns null where the text is no IPv4 address, or its bits are not ones followed by zeros
 */
export function netmaskLength(text: string): number | null {
  const mask = parseAddress(text);
  const word = mask?.family === 4 ? mask.words[0] : undefined;
  if (word === undefined) return null;
  const zeros = ~word >>> 0;
  return (zeros & (zeros + 1)) === 0 ? Math.clz32(zeros) : null;
}
