import { compareAddresses } from '../address.ts';
import type { Address } from '../address.ts';
import { contains, covers } from '../prefix.ts';
import type { Prefix } from '../prefix.ts';

/**
 * One address for each part of the address space in which all of some prefixes say the same: for each prefix one of it that lies in no
 * more specific one of them; none where those fill it.
 */
export function cellsOf(prefixes: readonly Prefix[]): Address[] {
  const sorted = [...prefixes].sort(inOrder);
  return sorted.flatMap((prefix, index) => {
    const next = sorted[index + 1];
    // Of equal ones the last has all that is more specific behind it.
    if (next?.length === prefix.length && covers(prefix, next)) return [];
    return firstFree(prefix, sorted, index + 1) ?? [];
  });
}

/** Ascending, and what is less specific before what lies in it. */
function inOrder(a: Prefix, b: Prefix): number {
  return compareAddresses(a, b) || a.length - b.length;
}

function firstFree(prefix: Prefix, sorted: readonly Prefix[], from: number): Address | null {
  let free: Address | null = { family: prefix.family, words: prefix.words };
  for (let index = from; index < sorted.length; index += 1) {
    const inner = sorted[index];
    if (inner === undefined || free === null || !covers(prefix, inner)) break;
    if (contains(inner, free)) free = addressBehind(inner);
    // What comes next begins behind the address.
    else if (compareAddresses(inner, free) > 0) break;
  }
  return free !== null && contains(prefix, free) ? free : null;
}

/** The first address behind a prefix; null behind the last there is. */
function addressBehind({ family, words, length }: Prefix): Address | null {
  const next = [...words];
  let step = length % 32 === 0 ? 1 : 2 ** (32 - (length % 32));
  for (let index = Math.ceil(length / 32) - 1; index >= 0; index -= 1) {
    const sum = (next[index] ?? 0) + step;
    next[index] = sum % 2 ** 32;
    if (sum < 2 ** 32) return { family, words: next };
    step = 1;
  }
  return null;
}
