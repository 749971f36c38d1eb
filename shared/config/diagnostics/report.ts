import { endOfLine, startOfLine } from '../syntax/conf-file.ts';
import type { ConfFile, Setting } from '../syntax/conf-file.ts';
import type { Edit, Fix } from '../text/edit.ts';
import { catalogue } from './catalogue.ts';
import type { DetailsOf, DiagnosticCode } from './catalogue.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { Words } from './entry.ts';

/** A place in a file: a line, and offsets into the text that lie on it. */
export interface Place {
  readonly line: number;
  readonly start: number;
  readonly end: number;
}

/** How many findings of one code are told one by one; the rest is counted, so that a million mistakes stay a small answer. */
const mostOfOneCode = 200;

/** Collects what the rules find. */
export class Report {
  readonly file: ConfFile;
  /** Whether the whole text is ASCII, which saves looking at every line. */
  readonly isAscii: boolean;
  readonly #found: Diagnostic[] = [];
  readonly #counts = new Map<DiagnosticCode, { count: number; next: Place | null }>();

  constructor(file: ConfFile) {
    this.file = file;
    this.isAscii = /^[\0-\x7f]*$/.test(file.text);
  }

  /** Notes a finding. Details given as a function, and the fix, are only made where the finding is told. */
  add<C extends DiagnosticCode>(
    code: C,
    place: Place,
    details: DetailsOf<C> | (() => DetailsOf<C>),
    fix?: () => Fix | null,
  ): void {
    const known = this.#counts.get(code) ?? { count: 0, next: null };
    known.count += 1;
    this.#counts.set(code, known);
    if (known.count > mostOfOneCode) {
      known.next ??= place;
      return;
    }
    // The catalogue pairs each code with its details; TypeScript cannot see that they belong together here.
    const words = catalogue[code].words as (...details: DetailsOf<C>) => Words;
    this.#push(code, place, words(...(typeof details === 'function' ? details() : details)), fix?.() ?? null);
  }

  /** Everything found, by place. */
  finish(): Diagnostic[] {
    for (const [code, { count, next }] of this.#counts) {
      if (next === null) continue;
      const more = count - mostOfOneCode;
      this.#push(
        code,
        next,
        {
          message: `There ${more === 1 ? 'is one more place' : `are ${more} more places`} like this from here on: ${catalogue[code].summary}`,
          hint: 'Look at the first ones; the cause is probably the same.',
        },
        null,
      );
    }
    return this.#found.sort(byPlace);
  }

  #push(code: DiagnosticCode, place: Place, words: Words, fix: Fix | null): void {
    const { severity, judge } = catalogue[code];
    const start = startOfLine(this.file, place.line);
    this.#found.push({
      code,
      severity,
      judge,
      line: place.line + 1,
      column: place.start - start + 1,
      endColumn: place.end - start + 1,
      ...words,
      ...(fix === null ? {} : { fix }),
    });
  }
}

/** Orders diagnostics by where they begin. */
export function byPlace(a: Diagnostic, b: Diagnostic): number {
  return a.line - b.line || a.column - b.column;
}

/** The whole of a line, without its line end. */
export function placeOfLine(file: ConfFile, line: number): Place {
  return { line, start: startOfLine(file, line), end: endOfLine(file, line) };
}

/** Where the key of a setting stands. */
export function placeOfKey(setting: Setting): Place {
  return { line: setting.line, start: setting.keyStart, end: setting.keyEnd };
}

/** Where its value stands. */
export function placeOfValue(setting: Setting): Place {
  return { line: setting.line, start: setting.valueStart, end: setting.valueEnd };
}

/** The edit that puts other text at a place. */
export function replacePlace(file: ConfFile, place: Place, text: string): Edit {
  const start = startOfLine(file, place.line);
  return {
    line: place.line + 1,
    column: place.start - start + 1,
    endLine: place.line + 1,
    endColumn: place.end - start + 1,
    text,
  };
}

/** The edit that removes a line with its line end. */
export function removeLine(line: number): Edit {
  return { line: line + 1, column: 1, endLine: line + 2, endColumn: 1, text: '' };
}

/** A fix of these edits. */
export function fixBy(title: string, ...edits: Edit[]): Fix {
  return { title, edits };
}
