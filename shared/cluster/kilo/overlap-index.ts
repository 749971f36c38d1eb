import { networkOf } from '../../network/prefix.ts';
import type { Prefix } from '../../network/prefix.ts';

/** How often owners have something. */
class Tally<Owner> {
  readonly #counts = new Map<Owner, number>();
  #total = 0;

  add(owner: Owner, count: 1 | -1): void {
    this.#counts.set(owner, (this.#counts.get(owner) ?? 0) + count);
    this.#total += count;
  }

  /** Whether anybody but this owner has it. */
  isOthers(owner: Owner): boolean {
    return this.#total > (this.#counts.get(owner) ?? 0);
  }
}

/**
 * Prefixes with owners, and whether one overlaps another owner's: asked and changed in a time that does not grow with their number.
 * For every length in use there is a map, in which each prefix is counted at its own bits, and at those of every shorter length in
 * use that it lies in.
 */
export class OverlapIndex<Owner> {
  /** Ascending. */
  readonly #lengths: readonly number[];
  /** By the key of a prefix: who has just that one. */
  readonly #exact = new Map<string, Tally<Owner>>();
  /** By the key of a prefix: who has it or something in it. */
  readonly #within = new Map<string, Tally<Owner>>();

  /** @param lengths of every prefix that will be added or asked for */
  constructor(lengths: Iterable<number>) {
    this.#lengths = [...new Set(lengths)].sort((a, b) => a - b);
  }

  add(prefix: Prefix, owner: Owner): void {
    this.#count(prefix, owner, 1);
  }

  remove(prefix: Prefix, owner: Owner): void {
    this.#count(prefix, owner, -1);
  }

  /** Whether a prefix shares an address with one of another owner. */
  overlapsOthers(prefix: Prefix, owner: Owner): boolean {
    if (this.#within.get(keyOf(prefix))?.isOthers(owner) === true) return true;
    return this.#around(prefix).some((key) => this.#exact.get(key)?.isOthers(owner) === true);
  }

  #count(prefix: Prefix, owner: Owner, count: 1 | -1): void {
    const own = keyOf(prefix);
    tallyAt(this.#exact, own).add(owner, count);
    for (const key of [own, ...this.#around(prefix)]) tallyAt(this.#within, key).add(owner, count);
  }

  /** The keys of the prefixes around this one, of the lengths in use. */
  #around({ family, words, length }: Prefix): string[] {
    return this.#lengths
      .filter((shorter) => shorter < length)
      .map((shorter) => keyOf(networkOf({ address: { family, words }, length: shorter })));
  }
}

function tallyAt<Owner>(tallies: Map<string, Tally<Owner>>, key: string): Tally<Owner> {
  const known = tallies.get(key);
  if (known !== undefined) return known;
  const tally = new Tally<Owner>();
  tallies.set(key, tally);
  return tally;
}

function keyOf({ words, length }: Prefix): string {
  return `${words.join(' ')}/${length}`;
}
