import { applyEdits } from '../text/edit.ts';
import type { Edit } from '../text/edit.ts';
import {
  bodyOf,
  endOfLine,
  kindOfLine,
  lineEndOf,
  sectionAt,
  sectionCount,
  settingOfLine,
  spanOfLine,
  startOfLine,
} from './conf-file.ts';
import type { ConfFile, Section, Setting } from './conf-file.ts';
import { leadingComments } from './leading-comments.ts';
import { parse } from './parse.ts';
import { rankOf } from './vocabulary.ts';
import type { Field } from './vocabulary.ts';

/**
 * Sets a key in a section, and changes nothing else: the last line that has it gets the value and keeps its spelling,
 * blanks and comment. Without such a line one is put in, behind the keys that come before it in the canonical order.
 *
 * @throws RangeError for a section that is not there, and for a value that would not stay one: with a line end, or with a `#`
 */
export function setField(file: ConfFile, section: number, field: Field, value: string): ConfFile {
  if (/[\n\r\0#]/.test(value)) throw new RangeError(`the value of ${field} would not stay on its line`);
  const target = sectionToChange(file, section);
  const last = settingsWith(file, target, field).at(-1);
  if (last === undefined) return insertLine(file, lineForNew(file, target, field), `${field} = ${value}`);
  if (last.valueStart < last.valueEnd) {
    return edited(file, replacement(file, last.line, last.valueStart, last.valueEnd, value));
  }
  const { equals, contentEnd } = spanOfLine(file, last.line);
  return edited(
    file,
    replacement(file, last.line, equals + 1, contentEnd, last.comment < 0 ? ` ${value}` : ` ${value} `),
  );
}

/** Removes every line that has a key in a section. */
export function removeField(file: ConfFile, section: number, field: Field): ConfFile {
  const target = sectionToChange(file, section);
  return edited(file, ...settingsWith(file, target, field).map(({ line }) => lineRemoval(line)));
}

/**
 * Gives a section a name: the line `# Name = X` under its header, changed or put in; null removes it.
 *
 * @throws RangeError for a section that is not there, and for a name with a line end
 */
export function setName(file: ConfFile, section: number, name: string | null): ConfFile {
  if (name !== null && /[\n\r]/.test(name)) throw new RangeError('the name would not stay on its line');
  const target = sectionToChange(file, section);
  for (let line = bodyOf(target); line < target.endLine; line += 1) {
    const text = file.text.slice(startOfLine(file, line), endOfLine(file, line));
    const match = kindOfLine(file, line) === 'comment' ? /^\s*#+\s*name\s*[=:：]\s*/i.exec(text) : null;
    if (match === null) continue;
    if (name === null) return edited(file, lineRemoval(line));
    const start = startOfLine(file, line) + match[0].length;
    return edited(file, replacement(file, line, start, endOfLine(file, line), name));
  }
  return name === null ? file : insertLine(file, target.firstLine + 1, `# Name = ${name}`);
}

/** Puts a [Peer] at the end, a blank line before it. `lines` are its settings and comments, in order. */
export function addPeer(file: ConfFile, lines: readonly string[]): ConfFile {
  const end = lineEndOf(file);
  let used = file.text.length;
  while (used > 0 && /[\r\n]/.test(file.text.charAt(used - 1))) used -= 1;
  const before = used === 0 ? '' : file.text.slice(0, used) + end + end;
  return parse(before + ['[Peer]', ...lines].map((line) => line + end).join(''));
}

/** Removes a section with the comments that belong to it. */
export function removeSection(file: ConfFile, section: number): ConfFile {
  const target = sectionToChange(file, section);
  const isLast = section === sectionCount(file) - 1;
  const to = isLast ? target.endLine : leadingComments(file, sectionAt(file, section + 1)).from;
  const from = leadingComments(file, target).from;
  return edited(file, { line: from + 1, column: 1, endLine: to + 1, endColumn: 1, text: '' });
}

function sectionToChange(file: ConfFile, index: number): Section {
  if (index < 1 || index >= sectionCount(file)) throw new RangeError(`there is no section ${index}`);
  return sectionAt(file, index);
}

function settingsWith(file: ConfFile, section: Section, field: Field): Setting[] {
  const found: Setting[] = [];
  for (let line = bodyOf(section); line < section.endLine; line += 1) {
    const setting = kindOfLine(file, line) === 'setting' ? settingOfLine(file, line) : null;
    if (setting?.field === field) found.push(setting);
  }
  return found;
}

/** Behind the last key of a lower rank, and otherwise under the header and its name. */
function lineForNew(file: ConfFile, section: Section, field: Field): number {
  let behind = section.firstLine + 1;
  while (behind < section.endLine && kindOfLine(file, behind) === 'comment') behind += 1;
  for (let line = bodyOf(section); line < section.endLine; line += 1) {
    const setting = kindOfLine(file, line) === 'setting' ? settingOfLine(file, line) : null;
    const before = setting?.field ?? null;
    if (before !== null && rankOf(before) < rankOf(field)) behind = line + 1;
  }
  return behind;
}

/** Puts a line in, with the line end of the one before it. A last line without one gets one. */
function insertLine(file: ConfFile, line: number, text: string): ConfFile {
  const end = endOfLine(file, line - 1);
  const next = file.lineStarts[line];
  if (next === undefined) return edited(file, replacement(file, line - 1, end, end, lineEndOf(file) + text));
  return edited(file, replacement(file, line, next, next, text + file.text.slice(end, next)));
}

function replacement(file: ConfFile, line: number, from: number, to: number, text: string): Edit {
  const start = startOfLine(file, line);
  return { line: line + 1, column: from - start + 1, endLine: line + 1, endColumn: to - start + 1, text };
}

function lineRemoval(line: number): Edit {
  return { line: line + 1, column: 1, endLine: line + 2, endColumn: 1, text: '' };
}

function edited(file: ConfFile, ...edits: Edit[]): ConfFile {
  return edits.length === 0 ? file : parse(applyEdits(file.text, edits));
}
