/** What is other than at the last reading. */
export interface RecordsChange {
  /** The texts of records that are new or differ. */
  readonly changed: readonly string[];
  /** The keys of records that are there no more. */
  readonly removed: readonly string[];
}

/**
 * The records of an engine's answer, one a peer, compared as texts with those of the answer before: only what differs is worth
 * decoding. An engine prints its peers in any order. Where nothing changed, this takes one look into a set for each.
 */
export class Records {
  readonly #keyOf: (record: string) => string;
  #last: ReadonlySet<string> = new Set();

  /** @param keyOf the key of a record, of which there is one with each key */
  constructor(keyOf: (record: string) => string) {
    this.#keyOf = keyOf;
  }

  /** The difference between the records of the answer before and these. */
  take(records: readonly string[]): RecordsChange {
    const last = this.#last;
    const changed = records.filter((record) => !last.has(record));
    if (changed.length === 0 && records.length === last.size) return { changed, removed: [] };
    // All anew: a record that stayed would keep the whole answer in memory of which it is a piece.
    const now = new Set(records);
    const changedKeys = new Set(changed.map(this.#keyOf));
    const gone = [...last].filter((record) => !now.has(record)).map(this.#keyOf);
    this.#last = now;
    return { changed, removed: gone.filter((key) => !changedKeys.has(key)) };
  }
}
