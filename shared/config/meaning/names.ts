import { bodyOf, commentOfLine, kindOfLine, sectionAt } from '../syntax/conf-file.ts';
import type { ConfFile, Section } from '../syntax/conf-file.ts';
import { leadingComments } from '../syntax/leading-comments.ts';
import { settingsNamed } from './peer-section.ts';

/** A comment longer than this is no name, and no pattern is tried on it. */
const longestComment = 1000;

/** What the helper's contract takes for a name. */
const longestName = 255;

/**
 * What the file calls a section, from the first of these that is there:
 *
 * 1. `# Name = X` in the section, or in the comment block that belongs to it
 * 2. the comment above the header that wg-gen-web or another generator writes
 * 3. a comment on the line of the header, the PublicKey or the AllowedIPs
 * 4. for a peer, a comment of one line above its header
 *
 * @see wg-gen-web template/template.go wgTpl
 */
export function nameOf(file: ConfFile, section: Section): string | null {
  const above = leadingComments(file, section);
  const own = [...commentLines(file, bodyOf(section), endOfOwn(file, section))];
  const before = [...commentLines(file, above.from, above.to)];
  return (
    firstName([...own, ...before, headerComment(file, section)], namedBy) ??
    firstName(before, generatedBy) ??
    trailingName(file, section) ??
    (section.kind === 'peer' && before.length === 1 ? firstName(before, plainTitle) : null)
  );
}

/** The line behind the last one of a section that is not a comment block of the next section. */
function endOfOwn(file: ConfFile, section: Section): number {
  const next = sectionAt(file, section.index + 1);
  return next.firstLine < next.endLine ? leadingComments(file, next).from : section.endLine;
}

function* commentLines(file: ConfFile, from: number, to: number): Generator<string> {
  for (let line = from; line < to; line += 1) {
    if (kindOfLine(file, line) !== 'comment') continue;
    const text = commentOfLine(file, line);
    if (text !== null) yield text;
  }
}

function headerComment(file: ConfFile, section: Section): string {
  return (section.kind === 'preamble' ? null : commentOfLine(file, section.firstLine)) ?? '';
}

function trailingName(file: ConfFile, section: Section): string | null {
  const comments = [headerComment(file, section)];
  for (const field of ['PublicKey', 'AllowedIPs'] as const) {
    for (const { comment, line } of settingsNamed(file, section, field)) {
      if (comment >= 0) comments.push(commentOfLine(file, line) ?? '');
    }
  }
  return firstName(comments, plainTitle);
}

function firstName(comments: readonly string[], read: (comment: string) => string | null): string | null {
  for (const comment of comments) {
    const name = comment.length > longestComment ? null : read(comment);
    const clean = name === null ? '' : cleanName(name);
    if (clean !== '') return clean;
  }
  return null;
}

function namedBy(comment: string): string | null {
  return /^name\s*[=:：]\s*(.+)$/i.exec(comment)?.[1] ?? null;
}

/** The patterns of generators: wg-gen-web; PiVPN; the install scripts that write `Client X` and `BEGIN_PEER X`. */
const generated = [
  /^(.*?)\s\/\s\S*\s\/\sUpdated:\s.+?\s\/\sCreated:\s.+$/,
  /^begin\s+(\S.*?)\s*#*$/i,
  /^Client\s+(\S+)$/,
  /^BEGIN_PEER\s+(\S+)$/,
];

function generatedBy(comment: string): string | null {
  for (const pattern of generated) {
    const name = pattern.exec(comment)?.[1];
    if (name !== undefined) return name;
  }
  return null;
}

/** A comment that reads like a title: no setting or header that was commented out, no rule of dashes, no long prose. */
function plainTitle(comment: string): string | null {
  const title = comment.replace(/^[-=*#\s]{1,80}/, '').replace(/[-=*#\s]{1,80}$/, '');
  return title.length <= 64 && !/[=＝]|^\[/.test(title) && /[\p{L}\p{N}]/u.test(title) ? title : null;
}

/** A name is shown and sent about: one with a key in it is none. */
function cleanName(name: string): string {
  if (/[A-Za-z0-9+/_-]{40}/.test(name)) return '';
  const printable = name.replace(/\p{Cc}+/gu, ' ').trim();
  return printable.length <= longestName ? printable : printable.slice(0, longestName).trim();
}
