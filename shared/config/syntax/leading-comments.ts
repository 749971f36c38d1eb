import { commentOfLine, kindOfLine } from './conf-file.ts';
import type { ConfFile, Section } from './conf-file.ts';

/** Lines `from` up to, not including, `to`. */
export interface LineRange {
  readonly from: number;
  readonly to: number;
}

/**
 * The comment block that belongs to a section although it stands above its header: comments directly above it, with a blank
 * line or the beginning of the file above them. Without that blank line they are the end of the section before, except
 * for the one line that wg-gen-web writes. Attached the other way round, the names of peers would shift by one.
 */
export function leadingComments(file: ConfFile, section: Section): LineRange {
  const to = section.firstLine;
  if (section.index === 0) return { from: to, to };
  let from = to;
  while (from > 0 && kindOfLine(file, from - 1) === 'comment') from -= 1;
  if (from === 0 || kindOfLine(file, from - 1) === 'blank') return { from, to };
  return { from: isGeneratedHeader(commentOfLine(file, to - 1) ?? '') ? to - 1 : to, to };
}

/** The end of a header comment of wg-gen-web, which no other comment has. */
function isGeneratedHeader(comment: string): boolean {
  return comment.length < 1000 && /\s\/\sUpdated:\s.+\s\/\sCreated:\s/.test(comment);
}
