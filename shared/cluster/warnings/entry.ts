/** What a person reads of a warning. */
export interface WarningWords {
  /** What is the matter, in a sentence or two. */
  readonly message: string;
  /** The next step, with the line to type where there is one. */
  readonly hint: string;
}

/** One kind of warning: what it means in general, and its words for one case. */
export interface WarningEntry<A extends readonly unknown[]> {
  /** For the page that lists all codes. */
  readonly summary: string;
  /** @param subject what it is about: `node/a` */
  readonly words: (subject: string, ...details: A) => WarningWords;
}

/** Makes an entry of the catalogue; `words` is the only place where it is worded. */
export function warningEntry<A extends readonly unknown[]>(
  summary: string,
  words: (subject: string, ...details: A) => WarningWords,
): WarningEntry<A> {
  return { summary, words };
}

/** The name in `node/a`. */
export function nameIn(subject: string): string {
  return subject.slice(subject.indexOf('/') + 1);
}

/** A value as it was written, in quotes; the beginning of a long one. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
