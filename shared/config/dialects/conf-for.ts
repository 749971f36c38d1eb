import type { ConfFile } from '../syntax/conf-file.ts';
import type { Field } from '../syntax/vocabulary.ts';
import { readFwMark } from '../values/fwmark.ts';
import { readSaveConfig } from '../values/save-config.ts';
import { appleRules } from './apple.ts';
import { dialectDifferences } from './dialect-differences.ts';
import { introductionOf, partsOf, textOf } from './parts.ts';
import type { Row } from './parts.ts';
import type { RuleSet } from './rule-set.ts';
import { windowsRules } from './windows.ts';

/** A program of another platform that a configuration can be written for. */
export type ForeignDialect = 'windows' | 'apple';

/** A line that was left out. */
export interface Dropped {
  /** Where it stood, from 1. */
  readonly line: number;
  readonly key: Field;
  /** Why, in a sentence. */
  readonly message: string;
}

/** A configuration that the other program takes, and what it lost on the way. */
export interface ConfForDialect {
  readonly text: string;
  readonly dropped: readonly Dropped[];
}

const ruleSets: Readonly<Record<ForeignDialect, RuleSet>> = { windows: windowsRules, apple: appleRules };

/**
 * Writes a configuration for another program. One that it reads as `wg` and wg-quick do stays as it is, to the character; in
 * another, what only they know is left out, and the rest means the same. Meant for a file without errors.
 */
export function confFor(file: ConfFile, dialect: ForeignDialect): ConfForDialect {
  if (dialectDifferences(file, [dialect]).length === 0) return { text: file.text, dropped: [] };
  const dropped: Dropped[] = [];
  const parts = partsOf(file).map((part) => ({
    ...part,
    rows: part.rows.flatMap((row) => {
      const value = plainValue(row);
      const reason = value === '' ? null : (ruleSets[dialect].fields[row.field]?.(value, false) ?? null);
      if (reason === null && value !== '') return [{ ...row, value }];
      if (reason !== null && !saysNothing(row)) {
        dropped.push({ line: row.line, key: row.field, message: reason.message });
      }
      return [];
    }),
  }));
  dropped.sort((a, b) => a.line - b.line);
  return { text: textOf(introductionOf(file), parts), dropped };
}

/** The value in the form that every program reads. */
function plainValue({ field, value }: Row): string {
  return field === 'PersistentKeepalive' && value === 'off' ? '0' : value;
}

/** Whether a line means no more than no line would. */
function saysNothing({ field, value }: Row): boolean {
  return (
    (field === 'FwMark' && readFwMark(value) === 0) ||
    (field === 'SaveConfig' && readSaveConfig(value) === false) ||
    (field === 'Table' && value === 'auto')
  );
}
