/**
 * How bad it is.
 *
 * - `error`: something does not work, and this is what was found to be in the way
 * - `warning`: it may be in the way
 * - `note`: worth knowing; nothing is wrong with it
 */
export type FindingSeverity = 'error' | 'warning' | 'note';

/** Whose machine a command is for. */
export type Place = 'here' | 'relay' | 'gateway' | 'peer' | 'target';

/** Something to type, and where. */
export interface CommandAt {
  readonly where: Place;
  readonly command: string;
  /** What it should show, or what to look for in what it shows; null where that goes without saying. */
  readonly shows: string | null;
}

/** What a person reads of a finding. */
export interface FindingWords {
  /** What was found, in a sentence or two: what was measured, and what follows. */
  readonly message: string;
  /** What remains to be seen, or what to do. */
  readonly hint: string;
  /** What to look at at each end, or what changes it. */
  readonly commands: readonly CommandAt[];
}

/** One kind of finding: how bad it is, what it means in general, and its words for one case. */
export interface FindingEntry<A extends readonly unknown[]> {
  readonly severity: FindingSeverity;
  /** For the page that lists all codes. */
  readonly summary: string;
  readonly words: (...details: A) => FindingWords;
}

/** Makes an entry of the catalogue; `words` is the only place where it is worded. */
export function findingEntry<A extends readonly unknown[]>(
  severity: FindingSeverity,
  summary: string,
  words: (...details: A) => FindingWords,
): FindingEntry<A> {
  return { severity, summary, words };
}
