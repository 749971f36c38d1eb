import { canonicalValue } from '../format/canonical-value.ts';
import { keyIn } from '../meaning/peer-section.ts';
import {
  bodyOf,
  endOfLine,
  kindOfLine,
  sectionAt,
  sectionCount,
  sectionsOf,
  settingOfLine,
  textOfLine,
  valueText,
} from '../syntax/conf-file.ts';
import type { ConfFile, Section } from '../syntax/conf-file.ts';
import { leadingComments } from '../syntax/leading-comments.ts';
import { factsOf, rankOf } from '../syntax/vocabulary.ts';
import type { Field } from '../syntax/vocabulary.ts';
import { trim } from '../text/blanks.ts';

/** A setting with what is said about it. */
export interface Row {
  /** Comments on lines of their own above it. */
  readonly comments: readonly string[];
  readonly field: Field;
  /** Canonical where it can be. */
  readonly value: string;
  /** The comment behind it, with its `#`; empty without one. */
  readonly comment: string;
  /** Where it stands, from 1. */
  readonly line: number;
}

/** All that a file says of its interface or of one peer, in one section. */
export interface Part {
  readonly kind: 'interface' | 'peer';
  /** Comments above the header, and behind it. */
  readonly comments: readonly string[];
  readonly rows: readonly Row[];
  /** Comments below the last setting. */
  readonly closing: readonly string[];
}

/**
 * A configuration without errors in the one form that every program reads alike: one interface, then each peer once, each key
 * in its usual spelling, and of a key that does not add up only the line that counts. Comments stay.
 */
export function partsOf(file: ConfFile): Part[] {
  const merged = new Map<string, Part>();
  for (const section of sectionsOf(file)) {
    if (section.kind !== 'interface' && section.kind !== 'peer') continue;
    const part = readPart(file, section, section.kind);
    const name =
      section.kind === 'interface' ? '' : (keyIn(file, section, 'PublicKey') ?? `${section.index}`);
    const before = merged.get(name);
    merged.set(name, before === undefined ? part : merge(before, part));
  }
  const parts = [...merged.values()].map((part) => ({ ...part, rows: lastOfEach(part.rows) }));
  return [
    ...parts.filter(({ kind }) => kind === 'interface'),
    ...parts.filter(({ kind }) => kind === 'peer'),
  ];
}

/** What stands before the first section and belongs to none. */
export function introductionOf(file: ConfFile): string[] {
  const end = endOfOwn(file, sectionAt(file, 0));
  return linesOf(file, 0, end).filter((line) => line !== '');
}

/** The text of some parts. */
export function textOf(introduction: readonly string[], parts: readonly Part[]): string {
  const blocks = parts.map(({ kind, comments, rows, closing }) => [
    ...comments,
    kind === 'interface' ? '[Interface]' : '[Peer]',
    ...rows.flatMap((row) => [...row.comments, textOfRow(row)]),
    ...closing,
  ]);
  return [introduction, ...blocks]
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.map((line) => `${line}\n`).join(''))
    .join('\n');
}

function textOfRow({ field, value, comment }: Row): string {
  return [`${field} =`, value, comment].filter((word) => word !== '').join(' ');
}

function readPart(file: ConfFile, section: Section, kind: Part['kind']): Part {
  const above = leadingComments(file, section);
  const header = textOfLine(file, section.firstLine);
  const hash = header.indexOf('#');
  const rows: Row[] = [];
  let comments: string[] = [];
  for (let line = bodyOf(section); line < endOfOwn(file, section); line += 1) {
    const lineKind = kindOfLine(file, line);
    if (lineKind === 'comment') comments.push(trim(textOfLine(file, line)));
    const setting = lineKind === 'setting' ? settingOfLine(file, line) : null;
    const field = setting?.field ?? null;
    if (setting === null || field === null || factsOf(field).section !== kind) continue;
    const value = canonicalValue(file, setting, field) ?? trim(valueText(file, setting));
    const comment = setting.comment < 0 ? '' : trim(file.text.slice(setting.comment, endOfLine(file, line)));
    rows.push({ comments, field, value, comment, line: line + 1 });
    comments = [];
  }
  return {
    kind,
    comments: [...linesOf(file, above.from, above.to), ...(hash < 0 ? [] : [trim(header.slice(hash))])],
    rows,
    closing: comments,
  };
}

/** The AllowedIPs of a later section replace those of an earlier one; its other keys count, where it has them. */
function merge(before: Part, after: Part): Part {
  const isReplaced = (row: Row): boolean => row.field === 'AllowedIPs';
  return {
    kind: before.kind,
    comments: [...before.comments, ...after.comments],
    rows: [...before.rows.filter((row) => !isReplaced(row)), ...after.rows],
    closing: [...before.closing, ...after.closing],
  };
}

/** In the usual order, without the lines that a later one overrides. What those comment on is gone, and so are their comments. */
function lastOfEach(rows: readonly Row[]): Row[] {
  const last = new Map(rows.map((row) => [row.field, row]));
  return rows
    .filter((row) => factsOf(row.field).repeats || last.get(row.field) === row)
    .sort((a, b) => rankOf(a.field) - rankOf(b.field));
}

/** The lines of a section that are not comments of the next one end here. */
function endOfOwn(file: ConfFile, section: Section): number {
  const next = section.index + 1;
  return next < sectionCount(file) ? leadingComments(file, sectionAt(file, next)).from : section.endLine;
}

function linesOf(file: ConfFile, from: number, to: number): string[] {
  const lines: string[] = [];
  for (let line = from; line < to; line += 1) lines.push(trim(textOfLine(file, line)));
  return lines;
}
