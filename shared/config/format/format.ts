import { trim } from '../text/blanks.ts';
import {
  bodyOf,
  commentOfLine,
  endOfLine,
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
  const blocks: string[] = [];
  for (const section of sectionsOf(file)) {
    const lines = section.index === 0 ? preambleLines(file, section) : sectionLines(file, section);
    if (lines.length > 0) blocks.push(lines.join('\n'));
  }
  const text = blocks.length === 0 ? '' : `${blocks.join('\n\n')}\n`;
  // A stray mark must not become the file's own by moving to its beginning.
  return lengthOfMark(text) > 0 ? `\n${text}` : text;
}

/** What stands before the first section: comments in their paragraphs, and lines that nobody reads. */
function preambleLines(file: ConfFile, section: Section): string[] {
  const lines: string[] = [];
  for (let line = section.firstLine; line < endOfOwn(file, section); line += 1) {
    if (kindOfLine(file, line) !== 'blank') lines.push(rawLine(file, line));
    else if (lines.length > 0 && lines.at(-1) !== '') lines.push('');
  }
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/** A line of the output, and what it is ordered by. */
interface Row {
  readonly rank: number;
  readonly lines: readonly string[];
}

/** Names come first, lines that nobody understands last. */
const nameRank = -1;
const unknownRank = fields.length;

function sectionLines(file: ConfFile, section: Section): string[] {
  const above = leadingComments(file, section);
  const head: string[] = [];
  for (let line = above.from; line < above.to; line += 1) head.push(rawLine(file, line));
  head.push(headerLine(file, section));
  const rows: Row[] = [];
  let comments: string[] = [];
  for (let line = bodyOf(section); line < endOfOwn(file, section); line += 1) {
    const kind = kindOfLine(file, line);
    if (kind === 'blank') continue;
    if (kind === 'comment') {
      const text = rawLine(file, line);
      if (isName(file, line)) rows.push({ rank: nameRank, lines: [text] });
      else comments.push(text);
      continue;
    }
    const row = rowFor(file, section, line);
    rows.push({ rank: row.rank, lines: [...comments, row.text] });
    comments = [];
  }
  rows.sort((a, b) => a.rank - b.rank);
  return [...head, ...rows.flatMap(({ lines }) => lines), ...comments];
}

function rowFor(file: ConfFile, section: Section, line: number): { rank: number; text: string } {
  const setting = kindOfLine(file, line) === 'setting' ? settingOfLine(file, line) : null;
  const field = setting?.field ?? null;
  if (setting === null || field === null || !isReadHere(file, section, setting, field)) {
    return { rank: unknownRank, text: rawLine(file, line) };
  }
  return { rank: rankOf(field), text: settingLine(file, setting, field) };
}

/** Whether somebody reads this setting in its place; the spelling of others is left alone, for it would change who does. */
function isReadHere(file: ConfFile, section: Section, setting: Setting, field: Field): boolean {
  const { section: home, reader } = factsOf(field);
  return reader === 'wg-quick' ? quickFieldOf(file, section, setting) !== null : home === section.kind;
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
