import type { Entry, Judge, Severity } from './entry.ts';
import { elsewhereEntries } from './words/elsewhere.ts';
import { interfaceEntries } from './words/interface.ts';
import { keyEntries } from './words/keys.ts';
import { lineEntries } from './words/lines.ts';
import { peerEntries } from './words/peers.ts';
import { profileEntries } from './words/profile.ts';
import { togetherEntries } from './words/together.ts';

/** Every kind of diagnostic. Codes are stable: scripts and tests rely on them. */
export const catalogue = {
  ...lineEntries,
  ...keyEntries,
  ...interfaceEntries,
  ...peerEntries,
  ...profileEntries,
  ...togetherEntries,
  ...elsewhereEntries,
};

/** A stable word for a kind of diagnostic. */
export type DiagnosticCode = keyof typeof catalogue;

/** What the words of a code need to know of the case. */
export type DetailsOf<C extends DiagnosticCode> = Parameters<(typeof catalogue)[C]['words']>;

/** A code with its judge, its severity and what it means in general; `docs/diagnostics.md` is generated from this. */
export interface CodeFacts {
  readonly code: DiagnosticCode;
  readonly judge: Judge;
  readonly severity: Severity;
  readonly summary: string;
}

/** Every code, in the order of the catalogue. */
export const diagnosticCodes: readonly CodeFacts[] = (Object.keys(catalogue) as DiagnosticCode[]).map(
  (code) => {
    const { judge, severity, summary }: Entry<never> = catalogue[code];
    return { code, judge, severity, summary };
  },
);
