import { skipBlanks, squeeze, squeezeShort, trim, trimEnd } from '../text/blanks.ts';
import { fields, rankOf } from './vocabulary.ts';
import type { Field, KeyedSection } from './vocabulary.ts';

const lineKinds = ['blank', 'comment', 'header', 'setting', 'other'] as const;

/**
 * What a line is.
 *
 * - `blank`: nothing but blanks
 * - `comment`: a `#` with nothing before it
 * - `header`: begins with `[`, whether or not it names a section
 * - `setting`: has an `=`
 * - `other`: anything else, which `wg` cannot read
 */
export type LineKind = (typeof lineKinds)[number];

const sectionKinds = ['preamble', 'interface', 'peer', 'unknown'] as const satisfies readonly (
  KeyedSection | 'preamble' | 'unknown'
)[];

/** `preamble` is what stands before the first header; `unknown` has a header that names neither section. */
export type SectionKind = (typeof sectionKinds)[number];

/**
 * A configuration, lossless: an index over its text. For each line it holds where it begins and what it is, in five bytes,
 * and for each section four more; the rest is found again when it is asked for. So a file with a million headers stays
 * small, and the text is never out of step with its tree.
 *
 * Lines and sections count from 0 here; diagnostics and edits count lines from 1.
 */
export interface ConfFile {
  readonly text: string;
  /** The offset of each line. */
  readonly lineStarts: Uint32Array;
  /** What each line is, packed; {@link kindOfLine} and {@link fieldOfLine} read it. */
  readonly lineMarks: Uint8Array;
  /** The line of each section's header; section 0 is the preamble and has none, so its entry is 0. */
  readonly sectionLines: Uint32Array;
}

/** A section: the preamble, or a header and the lines up to the next one. */
export interface Section {
  readonly index: number;
  readonly kind: SectionKind;
  /**
   * Whether wg-quick knows the header as its `[Interface]`: blanks around it only. In `[ Interface ]` wg-quick finds none
   * of its own keys, although `wg` reads the section.
   */
  readonly plain: boolean;
  /** The line of the header; for the preamble the first line of the file. */
  readonly firstLine: number;
  /** The line behind the last one. */
  readonly endLine: number;
}

/** The parts of a line as offsets into the text. */
export interface LineSpan {
  readonly start: number;
  /** The first `#`, or the end of the line. */
  readonly contentEnd: number;
  /** The end of the line without its LF or CR LF. */
  readonly end: number;
  /** The first `=` of the content, or -1. */
  readonly equals: number;
}

/** A key and its value as offsets into the text, both without outer blanks. */
export interface Setting {
  readonly line: number;
  /** Null for a key that does not exist. */
  readonly field: Field | null;
  readonly keyStart: number;
  readonly keyEnd: number;
  readonly valueStart: number;
  readonly valueEnd: number;
  /** The offset of the `#` of a trailing comment, or -1. */
  readonly comment: number;
}

const kindBits = 3;
const kindMask = (1 << kindBits) - 1;
const headerKind = lineKinds.indexOf('header');

/** The mark of a line that is no header. */
export function markOfLine(kind: Exclude<LineKind, 'header'>, field: Field | null): number {
  return lineKinds.indexOf(kind) | ((field === null ? 0 : rankOf(field) + 1) << kindBits);
}

/** The mark of a header. */
export function markOfHeader(kind: SectionKind, plain: boolean): number {
  return headerKind | (((sectionKinds.indexOf(kind) << 1) | (plain ? 1 : 0)) << kindBits);
}

/** Whether a mark is that of a header. */
export function isHeaderMark(mark: number): boolean {
  return (mark & kindMask) === headerKind;
}

/** What a line is. */
export function kindOfLine(file: ConfFile, line: number): LineKind {
  return lineKinds[(file.lineMarks[line] ?? 0) & kindMask] ?? 'blank';
}

/** The key of a line; null for a key that does not exist and for a header. */
export function fieldOfLine(file: ConfFile, line: number): Field | null {
  const mark = file.lineMarks[line] ?? 0;
  return isHeaderMark(mark) ? null : (fields[(mark >> kindBits) - 1] ?? null);
}

/** How many lines there are: one more than there are LFs. */
export function lineCount(file: ConfFile): number {
  return file.lineStarts.length;
}

/** How many sections there are, the preamble counted. */
export function sectionCount(file: ConfFile): number {
  return file.sectionLines.length;
}

/** The section of an index; behind the last one, an empty preamble. */
export function sectionAt(file: ConfFile, index: number): Section {
  const firstLine = file.sectionLines[index] ?? lineCount(file);
  const endLine = file.sectionLines[index + 1] ?? lineCount(file);
  const mark = index === 0 ? 0 : (file.lineMarks[firstLine] ?? 0) >> kindBits;
  return { index, kind: sectionKinds[mark >> 1] ?? 'unknown', plain: (mark & 1) === 1, firstLine, endLine };
}

/** The sections in order, made one by one. */
export function* sectionsOf(file: ConfFile): Generator<Section> {
  for (let index = 0; index < sectionCount(file); index += 1) yield sectionAt(file, index);
}

/** The first line of a section behind its header. */
export function bodyOf(section: Section): number {
  return section.index === 0 ? section.firstLine : section.firstLine + 1;
}

/** The settings of a section in order, those with unknown keys too. */
export function* settingsOf(file: ConfFile, section: Section): Generator<Setting> {
  for (let line = bodyOf(section); line < section.endLine; line += 1) {
    if (kindOfLine(file, line) === 'setting') yield settingOfLine(file, line);
  }
}

/** The offset at which a line begins; the end of the text for one behind the last. */
export function startOfLine(file: Pick<ConfFile, 'text' | 'lineStarts'>, line: number): number {
  return file.lineStarts[line] ?? file.text.length;
}

/** The line that an offset lies on. */
export function lineOfOffset(file: Pick<ConfFile, 'lineStarts'>, offset: number): number {
  let [low, high] = [0, file.lineStarts.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((file.lineStarts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The end of a line, its LF or CR LF left out. */
export function endOfLine(file: Pick<ConfFile, 'text' | 'lineStarts'>, line: number): number {
  const next = file.lineStarts[line + 1];
  if (next === undefined) return file.text.length;
  const end = next - 1;
  return end > startOfLine(file, line) && file.text.charCodeAt(end - 1) === 0x0d ? end - 1 : end;
}

/** The text of a line without its line end. */
export function textOfLine(file: ConfFile, line: number): string {
  return file.text.slice(startOfLine(file, line), endOfLine(file, line));
}

/** The line end that a file uses, going by its first one; LF for a single line. */
export function lineEndOf(file: ConfFile): '\n' | '\r\n' {
  const first = file.lineStarts[1];
  return first !== undefined && file.text.charAt(first - 2) === '\r' ? '\r\n' : '\n';
}

/** Finds the parts of a line. */
export function spanOfLine(file: Pick<ConfFile, 'text' | 'lineStarts'>, line: number): LineSpan {
  const { text } = file;
  const start = line === 0 ? lengthOfMark(text) : startOfLine(file, line);
  const end = endOfLine(file, line);
  let equals = -1;
  let at = start;
  for (; at < end; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x23) break;
    if (code === 0x3d && equals < 0) equals = at;
  }
  return { start, contentEnd: at, end, equals };
}

/** The key and value of a line. Without `=` the whole content is both, which is how wg-quick reads it. */
export function settingOfLine(file: ConfFile, line: number): Setting {
  const { text } = file;
  const { start, contentEnd, end, equals } = spanOfLine(file, line);
  const keyStart = skipBlanks(text, start, contentEnd);
  const valueStart = skipBlanks(text, equals < 0 ? keyStart : equals + 1, contentEnd);
  return {
    line,
    field: fieldOfLine(file, line),
    keyStart,
    keyEnd: trimEnd(text, keyStart, equals < 0 ? contentEnd : equals),
    valueStart,
    valueEnd: trimEnd(text, valueStart, contentEnd),
    comment: contentEnd < end ? contentEnd : -1,
  };
}

/** The key as it is written, blanks inside it kept. */
export function keyText(file: ConfFile, setting: Setting): string {
  return file.text.slice(setting.keyStart, setting.keyEnd);
}

/** The value as it is written, without outer blanks. */
export function valueText(file: ConfFile, setting: Setting): string {
  return file.text.slice(setting.valueStart, setting.valueEnd);
}

/** The value as `wg` reads it: all blanks removed. */
export function squeezedValue(file: ConfFile, setting: Setting): string {
  return squeeze(valueText(file, setting));
}

/** The value as {@link squeezedValue} gives it, or null where it is longer than `most` characters. */
export function squeezedUpTo(file: ConfFile, setting: Setting, most: number): string | null {
  return squeezeShort(valueText(file, setting), most);
}

/** The value as wg-quick reads it: outer blanks removed. */
export function trimmedValue(file: ConfFile, setting: Setting): string {
  return trim(valueText(file, setting));
}

/** The comment of a line without its `#`s and outer blanks; null where it has none. */
export function commentOfLine(file: ConfFile, line: number): string | null {
  const { contentEnd, end } = spanOfLine(file, line);
  return contentEnd < end ? trim(file.text.slice(contentEnd, end).replace(/^#+/, '')) : null;
}

/** How many byte order marks the text begins with; they are part of no line. */
export function lengthOfMark(text: string): number {
  let length = 0;
  while (text.charCodeAt(length) === 0xfeff) length += 1;
  return length;
}
