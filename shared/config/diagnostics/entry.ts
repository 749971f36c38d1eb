/**
 * Who refuses a file, or reads it otherwise than its writer meant.
 *
 * - `wg`: `wg setconf`, given what `wg-quick strip` leaves
 * - `strip`: wg-quick's own parser
 * - `up`: `ip`, or wg-quick on the way up
 * - `adit`: only Adit minds
 */
export type Judge = 'wg' | 'strip' | 'up' | 'adit';

/**
 * How bad it is.
 *
 * - `error`: the judge refuses the file, or the tunnel cannot work; Adit does not bring it up
 * - `warning`: it comes up, and something will surprise
 * - `info`: worth knowing
 */
export type Severity = 'error' | 'warning' | 'info';

/** What a person reads: the matter in one sentence, and what to do about it. */
export interface Words {
  readonly message: string;
  readonly hint: string;
}

/** One kind of diagnostic: who minds, how much, what it means in general, and its words for one case. */
export interface Entry<A extends readonly unknown[]> {
  readonly judge: Judge;
  readonly severity: Severity;
  /** For the page that lists all codes. */
  readonly summary: string;
  readonly words: (...details: A) => Words;
}

/** Makes an entry of the catalogue; `words` is the only place where its message is worded. */
export function entry<A extends readonly unknown[]>(
  judge: Judge,
  severity: Severity,
  summary: string,
  words: (...details: A) => Words,
): Entry<A> {
  return { judge, severity, summary, words };
}

/**
 * A piece of the file in quotes: shortened, on one line, and without anything long enough to be a key that was pasted into
 * the wrong place.
 */
export function quoted(text: string): string {
  const shown = text
    .slice(0, 200)
    .replace(/[A-Za-z0-9+/=_-]{32,}/g, '…')
    .replace(/\p{Cc}/gu, '\u{fffd}');
  return `"${shown.length > 48 ? `${shown.slice(0, 47)}…` : shown}"`;
}
