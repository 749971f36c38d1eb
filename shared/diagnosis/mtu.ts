import type { Family } from '../network/address.ts';

/** WireGuard fills what it encrypts up to a multiple of this (whitepaper section 5.4.6). Bytes. */
const padding = 16;

/** Headers around a packet: of IP, 8 of UDP, 16 of WireGuard, and its tag of 16. Bytes. */
const overhead: Readonly<Record<Family, number>> = { 4: 20 + 8 + 16 + 16, 6: 40 + 8 + 16 + 16 };

/** The largest packet that a tunnel can carry over a path even where an end with a larger MTU fills it up. @param outer largest packet there, in bytes */
export function innerMtu(outer: number, family: Family): number {
  return Math.floor((outer - overhead[family]) / padding) * padding;
}

/** The largest packet that a tunnel makes whose MTU is `inner` bytes: it fills up no further than that (wireguard-go `calculatePaddingSize`). */
export function outerSize(inner: number, family: Family): number {
  return inner + overhead[family];
}

/** The least that is looked for: what every host takes (RFC 791). Bytes. */
const least = 576;

/**
 * The largest size that passes, found by halving. What is larger than a size that is lost is taken to be lost too.
 *
 * @param passes whether a packet of so many bytes is answered
 * @param most the largest size that matters, in bytes
 * @param step the answer is `most`, or a multiple of this: sizes between count as the multiple below
 * @returns null where not even the least, 576 bytes, passes
 */
export async function largestPassing(
  passes: (bytes: number) => Promise<boolean>,
  most: number,
  step = padding,
): Promise<number | null> {
  if (await passes(most)) return most;
  let low = Math.ceil(least / step);
  if (low * step >= most || !(await passes(low * step))) return null;
  let high = Math.ceil(most / step);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (await passes(middle * step)) low = middle;
    else high = middle;
  }
  return low * step;
}
