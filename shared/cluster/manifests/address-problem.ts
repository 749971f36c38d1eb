import type { Address } from '../../network/address.ts';

/**
 * Why an address cannot be a laptop's in a cluster, in a few words; null where it can.
 *
 * @see kubernetes pkg/apis/core/validation ValidateEndpointIP
 */
export function addressProblem({ family, words }: Address): string | null {
  const [first = 0] = words;
  const isRest = words.slice(1, -1).every((word) => word === 0) && (family === 4 || first === 0);
  const last = words.at(-1) ?? 0;
  if (family === 4) {
    if (first >>> 24 === 0) return 'means no host';
    if (first >>> 24 === 127) return 'means this machine itself';
    if (first >>> 16 === 0xa9fe) return 'is good on one link only';
    return first >>> 28 >= 0xe ? 'means many hosts or none' : null;
  }
  if (first === 0 && words[1] === 0 && words[2] === 0xffff) return 'is IPv4 in the form of IPv6';
  if (isRest && last === 0) return 'means no host';
  if (isRest && last === 1) return 'means this machine itself';
  if (first >>> 22 === 0x3fa) return 'is good on one link only';
  return first >>> 24 === 0xff ? 'means many hosts' : null;
}
