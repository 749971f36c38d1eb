import type { Field } from '../syntax/vocabulary.ts';

/**
 * A program that reads these files by its own rules.
 *
 * - `windows`: WireGuard for Windows
 * - `apple`: WireGuard for macOS and iOS
 * - `wg-2025`: `wg` since v1.0.20250521 and wg-quick since v1.0.20260223
 */
export type Dialect = 'windows' | 'apple' | 'wg-2025';

/** What becomes of a line: the whole file is refused, the line is left out, or it means something else. */
export type Effect = 'refused' | 'ignored' | 'different';

/** What a rule says, in words. */
export interface Finding {
  readonly effect: Effect;
  readonly message: string;
}

/** A line that another program reads differently; places as in a diagnostic. */
export interface DialectDifference extends Finding {
  readonly dialect: Dialect;
  readonly line: number;
  readonly column: number;
  readonly endColumn: number;
}

/** Says what a dialect makes of a value, outer blanks removed; null for the same as `wg`. */
export type FieldRule = (value: string, hasComment: boolean) => Finding | null;

/** How a dialect differs. Null is no difference. */
export interface RuleSet {
  readonly blanksInside: Finding | null;
  readonly secondInterface: Finding | null;
  readonly interfaceAfterPeer: Finding | null;
  readonly samePeerAgain: Finding | null;
  readonly repeatedKey: Finding | null;
  readonly emptyValue: (field: Field) => Finding | null;
  /** What becomes of a file without PrivateKey. */
  readonly noPrivateKey: Finding | null;
  readonly fields: Partial<Record<Field, FieldRule>>;
}

/** A finding that the file is refused. */
export function refused(message: string): Finding {
  return { effect: 'refused', message };
}

/** A finding that the line is left out. */
export function ignored(message: string): Finding {
  return { effect: 'ignored', message };
}

/** A finding that the line means something else. */
export function different(message: string): Finding {
  return { effect: 'different', message };
}
