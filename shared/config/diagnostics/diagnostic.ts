import type { Fix } from '../text/edit.ts';
import type { DiagnosticCode } from './catalogue.ts';
import type { Judge, Severity } from './entry.ts';

/** Something to be said about a place in a configuration. */
export interface Diagnostic {
  readonly code: DiagnosticCode;
  readonly severity: Severity;
  readonly judge: Judge;
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
  /** Behind the last character; equal to `column` where there is nothing to mark. */
  readonly endColumn: number;
  /** What is the matter. Never quotes the value of a private or preshared key. */
  readonly message: string;
  /** What to do about it. */
  readonly hint: string;
  /** A repair to offer, where there is one. */
  readonly fix?: Fix;
}
