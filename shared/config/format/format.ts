import { trim } from '../text/blanks.ts';
import { lineWriter } from '../text/line-writer.ts';
import type { LineWriter } from '../text/line-writer.ts';
import {
  bodyOf,
  commentOfLine,
  endOfLine,
  fieldOfLine,
  kindOfLine,
  lengthOfMark,
  sectionAt,
  sectionCount,
  sectionsOf,
  settingOfLine,
  startOfLine,
  valueText,
} from '../syntax/conf-file.ts';
import type { ConfFile, Section, Setting } from '../syntax/conf-file.ts';
import { leadingComments } from '../syntax/leading-comments.ts';
import { quickFieldOf } from '../syntax/quick.ts';
import { factsOf, fields, rankOf, scriptFields } from '../syntax/vocabulary.ts';
import type { Field } from '../syntax/vocabulary.ts';
import { canonicalValue } from './canonical-value.ts';

/**
 * The canonical text of a configuration: keys in their usual spelling and order, values as `wg` prints them, `Key = value`,
 * one blank line between sections, LF. Comments stay with what they stand at, and so does every line that is not
 * understood. What the file means does not change, and a second time changes nothing.
 *
 * Sections keep their order, because the last peer to name a prefix gets it, and so do lines with the same key.
 */
export function formatConf(file: ConfFile): string {
  const writer = lineWriter();
  let begun = false;
  for (const section of sectionsOf(file)) {
    if (section.index === 0) {
      begun = writePreamble(file, section, writer);
      continue;
    }
    if (begun) writer.push('');
    writeSection(file, section, writer);
    begun = true;
  }
  const lines = writer.text();
  const text = lines === null ? '' : `${lines}\n`;
  // A stray mark must not become the file's own by moving to its beginning.
  return lengthOfMark(text) > 0 ? `\n${text}` : text;
}

/** What stands before the first section: comments in their paragraphs, and lines that nobody reads. False where there is nothing. */
function writePreamble(file: ConfFile, section: Section, writer: LineWriter): boolean {
  let gap = false;
  let begun = false;
  for (let line = section.firstLine; line < endOfOwn(file, section); line += 1) {
    if (kindOfLine(file, line) === 'blank') {
      gap = begun;
      continue;
    }
    if (gap) writer.push('');
    writer.push(rawLine(file, line));
    gap = false;
    begun = true;
  }
  return begun;
}

/** What lines are ordered by: names come first, then keys by their rank, and lines that nobody understands last. */
const nameOrder = 0;
const keyOrder = 1;
const unknownOrder = keyOrder + fields.length;
/** Of a comment, which goes with the next line that has an order, and of a blank line, which goes. */
const commentOrder = unknownOrder + 1;
const blankOrder = unknownOrder + 2;

function writeSection(file: ConfFile, section: Section, writer: LineWriter): void {
  const above = leadingComments(file, section);
  for (let line = above.from; line < above.to; line += 1) writer.push(rawLine(file, line));
  writer.push(headerLine(file, section));
  const from = bodyOf(section);
  // One byte for each line, and a pass for each order: rows of their own would take many times the room.
  const orders = Uint8Array.from({ length: endOfOwn(file, section) - from }, (_, index) =>
    orderOf(file, section, from + index),
  );
  for (const order of [...new Set(orders)].sort((a, b) => a - b)) {
    if (order < commentOrder) writeRows(file, from, orders, order, writer);
  }
  let rest = orders.length;
  while (rest > 0 && !isRow(orders[rest - 1])) rest -= 1;
  writeComments(file, from, orders, rest, orders.length, writer);
}

function isRow(order: number | undefined): boolean {
  return order !== undefined && order !== nameOrder && order < commentOrder;
}

/** Writes the lines of one order, each behind the comments that go with it. */
function writeRows(
  file: ConfFile,
  from: number,
  orders: Uint8Array,
  wanted: number,
  writer: LineWriter,
): void {
  let comments = 0;
  for (let index = 0; index < orders.length; index += 1) {
    const order = orders[index];
    if (order === wanted) {
      if (order !== nameOrder) writeComments(file, from, orders, comments, index, writer);
      writer.push(rowText(file, from + index, order));
    }
    if (isRow(order)) comments = index + 1;
  }
}

function writeComments(
  file: ConfFile,
  from: number,
  orders: Uint8Array,
  start: number,
  end: number,
  writer: LineWriter,
): void {
  for (let index = start; index < end; index += 1) {
    if (orders[index] === commentOrder) writer.push(rawLine(file, from + index));
  }
}

function orderOf(file: ConfFile, section: Section, line: number): number {
  const kind = kindOfLine(file, line);
  if (kind === 'blank') return blankOrder;
  if (kind === 'comment') return isName(file, line) ? nameOrder : commentOrder;
  const field = kind === 'setting' ? fieldOfLine(file, line) : null;
  if (field === null || !isReadHere(file, section, line, field)) return unknownOrder;
  return keyOrder + rankOf(field);
}

function rowText(file: ConfFile, line: number, order: number): string {
  const field = fields[order - keyOrder];
  return field === undefined ? rawLine(file, line) : settingLine(file, settingOfLine(file, line), field);
}

/** Whether somebody reads this setting in its place; the spelling of others is left alone, for it would change who does. */
function isReadHere(file: ConfFile, section: Section, line: number, field: Field): boolean {
  const { section: home, reader } = factsOf(field);
  if (reader === 'wg') return home === section.kind;
  return quickFieldOf(file, section, settingOfLine(file, line)) !== null;
}

function settingLine(file: ConfFile, setting: Setting, field: Field): string {
  if (scriptFields.includes(field)) {
    // Newer versions of wg-quick pass a comment on to bash, so nothing behind the `=` is touched.
    const command = trim(file.text.slice(setting.valueStart, endOfLine(file, setting.line)));
    return `${field} = ${command}`.trimEnd();
  }
  const value = canonicalValue(file, setting, field) ?? trim(valueText(file, setting));
  const comment =
    setting.comment < 0 ? null : file.text.slice(setting.comment, endOfLine(file, setting.line));
  return [`${field} =`, value, comment === null ? '' : trim(comment)].filter((part) => part !== '').join(' ');
}

function headerLine(file: ConfFile, section: Section): string {
  if (section.kind !== 'peer' && !(section.kind === 'interface' && section.plain))
    return rawLine(file, section.firstLine);
  const header = section.kind === 'peer' ? '[Peer]' : '[Interface]';
  const text = rawLine(file, section.firstLine);
  const hash = text.indexOf('#');
  return hash < 0 ? header : `${header} ${text.slice(hash)}`;
}

/** The lines of a section that are not comments of the next one end here. */
function endOfOwn(file: ConfFile, section: Section): number {
  const next = section.index + 1;
  return next < sectionCount(file) ? leadingComments(file, sectionAt(file, next)).from : section.endLine;
}

function isName(file: ConfFile, line: number): boolean {
  return /^name\s*[=:：]/i.test(commentOfLine(file, line)?.slice(0, 100) ?? '');
}

function rawLine(file: ConfFile, line: number): string {
  const start = line === 0 ? lengthOfMark(file.text) : startOfLine(file, line);
  return trim(file.text.slice(start, endOfLine(file, line)));
}
