/** What a run is asked to do. */
export interface Order {
  readonly count: number;
  /** The first input is made from this seed, the next from the one after it. */
  readonly seed: number;
  /** Hears how far it is, in words. */
  readonly tell: (words: string) => void;
}

/** An input for which something is wrong, made as small as it goes. */
export interface Finding {
  /** For a file: lower case, with dashes. */
  readonly name: string;
  readonly extension: string;
  readonly bytes: Uint8Array;
  /** What is wrong, both sides in words. */
  readonly words: string;
  /** The folder in which it belongs, from the root of the repository. */
  readonly home: string;
}

/** How a run went. */
export interface Outcome {
  /** What was counted, a line each. */
  readonly lines: readonly string[];
  readonly findings: readonly Finding[];
}

/** Something that can be tried with generated inputs; `npm run fuzz NAME` runs it alone. */
export interface FuzzPart {
  readonly defaultCount: number;
  /** Why it cannot run here; null where it can. */
  readonly reasonNotTo: () => string | null;
  readonly run: (order: Order) => Promise<Outcome>;
}
