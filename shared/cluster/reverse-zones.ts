import { PrefixSet } from '../network/prefix-set.ts';
import type { Family } from '../network/address.ts';
import type { Prefix } from '../network/prefix.ts';

/** Zones in which the names of addresses are, and how many could not be had. */
export interface ReverseZones {
  /** `43.10.in-addr.arpa`; the largest first. */
  readonly zones: readonly string[];
  /** How many there would be beside these. */
  readonly leftOut: number;
}

/** How an address is spelled in a reverse zone. @see RFC 1035 3.5; RFC 3596 2.5 */
interface Spelling {
  readonly root: string;
  readonly labelBits: number;
  readonly radix: number;
  /** Labels of the largest zone that many are put together in: 16 bits of IPv4, 32 of IPv6. */
  readonly fewest: number;
}

const spellings: Readonly<Record<Family, Spelling>> = {
  4: { root: 'in-addr.arpa', labelBits: 8, radix: 10, fewest: 2 },
  6: { root: 'ip6.arpa', labelBits: 4, radix: 16, fewest: 8 },
};

/** Of more zones than this side by side, the one above them is taken: a cluster has a Pod CIDR for each of its nodes. */
const mostSiblings = 16;

/**
 * The reverse zones of prefixes. A prefix that ends inside a label has several. Where many are side by side, or all are too many, the
 * zone above them is taken, unless it is larger than the network of a cluster.
 *
 * @param most how many zones there may be
 */
export function reverseZones(prefixes: readonly Prefix[], most: number): ReverseZones {
  const whole = PrefixSet.of(prefixes).prefixes();
  const zones = ([4, 6] as const).flatMap((family) => {
    const spelling = spellings[family];
    const own = whole.filter((prefix) => prefix.family === family && prefix.length > 0);
    const paths = own.flatMap((prefix) => pathsOf(prefix, spelling));
    const few = joined(paths, spelling, mostSiblings);
    return withoutInner(few.length <= most ? few : joined(few, spelling, 1)).map((path) => ({
      path,
      name: nameOf(path, spelling),
    }));
  });
  zones.sort((a, b) => a.path.length - b.path.length);
  return { zones: zones.slice(0, most).map(({ name }) => name), leftOut: Math.max(0, zones.length - most) };
}

/** Labels from the root on, with dots between: the other way round than in a name. */
function pathsOf({ words, length }: Prefix, { labelBits, radix, fewest }: Spelling): string[] {
  const whole = Math.floor(length / labelBits);
  const count = 2 ** (whole * labelBits === length ? 0 : labelBits - (length % labelBits));
  const labels = Array.from({ length: Math.ceil(length / labelBits) }, (_, at) =>
    labelAt(words, at, labelBits),
  );
  const text = (numbers: readonly number[]): string =>
    numbers.map((number) => number.toString(radix)).join('.');
  if (count === 1) return [text(labels)];
  if (count > mostSiblings && whole >= fewest) return [text(labels.slice(0, whole))];
  const last = labels[whole] ?? 0;
  return Array.from({ length: count }, (_, index) => text([...labels.slice(0, whole), last + index]));
}

function labelAt(words: readonly number[], at: number, bits: number): number {
  const perWord = 32 / bits;
  const word = words[Math.floor(at / perWord)] ?? 0;
  return (word >>> (32 - bits * ((at % perWord) + 1))) & (2 ** bits - 1);
}

/** Puts those together that are more than so many side by side, the longest first. */
function joined(paths: readonly string[], { fewest }: Spelling, siblingsLeft: number): string[] {
  const left = new Set(paths);
  const depths = [...new Set(paths.map(depthOf))];
  for (let depth = Math.max(0, ...depths); depth > fewest; depth -= 1) {
    const families = new Map<string, string[]>();
    for (const path of left) {
      if (depthOf(path) !== depth) continue;
      const outer = outerOf(path);
      const siblings = families.get(outer) ?? [];
      siblings.push(path);
      families.set(outer, siblings);
    }
    for (const [outer, siblings] of families) {
      if (siblings.length <= siblingsLeft) continue;
      for (const path of siblings) left.delete(path);
      left.add(outer);
    }
  }
  return [...left];
}

function withoutInner(paths: readonly string[]): string[] {
  const all = new Set(paths);
  return paths.filter((path) => {
    for (let outer = outerOf(path); outer !== ''; outer = outerOf(outer)) if (all.has(outer)) return false;
    return true;
  });
}

function outerOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('.')));
}

function depthOf(path: string): number {
  return path.split('.').length;
}

function nameOf(path: string, { root }: Spelling): string {
  return `${path.split('.').reverse().join('.')}.${root}`;
}
