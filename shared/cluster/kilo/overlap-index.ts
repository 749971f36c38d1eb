import { networkOf } from '../../network/prefix.ts';
import type { Prefix } from '../../network/prefix.ts';

/** How often owners have something. Mostly there is one owner, and no table is made for it. */
class Tally<Owner> {
  readonly #owner: Owner;
  #count = 0;
  #others: Map<Owner, number> | null = null;
  #total = 0;

  constructor(owner: Owner) {
    this.#owner = owner;
  }

  add(owner: Owner, count: 1 | -1): void {
    this.#total += count;
    if (owner === this.#owner) {
      this.#count += count;
      return;
    }
    this.#others ??= new Map<Owner, number>();
    this.#others.set(owner, (this.#others.get(owner) ?? 0) + count);
  }

  /** Whether anybody but this owner has it. */
  isOthers(owner: Owner): boolean {
    return this.#total > (owner === this.#owner ? this.#count : (this.#others?.get(owner) ?? 0));
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
  readonly #exact = new Map<PrefixKey, Tally<Owner>>();
  /** By the key of a prefix: who has it or something in it. */
  readonly #within = new Map<PrefixKey, Tally<Owner>>();

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
    tallyAt(this.#exact, own, owner).add(owner, count);
    tallyAt(this.#within, own, owner).add(owner, count);
    for (const key of this.#around(prefix)) tallyAt(this.#within, key, owner).add(owner, count);
  }

  /** The keys of the prefixes around this one, of the lengths in use. */
  #around({ family, words, length }: Prefix): PrefixKey[] {
    const keys: PrefixKey[] = [];
    for (const shorter of this.#lengths) {
      if (shorter >= length) break;
      keys.push(keyOf(networkOf({ address: { family, words }, length: shorter })));
    }
    return keys;
  }
}

/** Of IPv4 a number, of IPv6 a text. */
type PrefixKey = number | string;

function tallyAt<Owner>(tallies: Map<PrefixKey, Tally<Owner>>, key: PrefixKey, owner: Owner): Tally<Owner> {
  const known = tallies.get(key);
  if (known !== undefined) return known;
  const tally = new Tally(owner);
  tallies.set(key, tally);
  return tally;
}

function keyOf({ family, words, length }: Prefix): PrefixKey {
  return family === 4 ? (words[0] ?? 0) * 64 + length : `${words.join(' ')}/${length}`;
}
