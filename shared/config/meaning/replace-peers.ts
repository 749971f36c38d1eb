import { applyEdits } from '../text/edit.ts';
import type { Edit } from '../text/edit.ts';
import { lineEndOf, sectionAt, sectionCount } from '../syntax/conf-file.ts';
import type { ConfFile } from '../syntax/conf-file.ts';
import { leadingComments } from '../syntax/leading-comments.ts';
import { parse } from '../syntax/parse.ts';
import { keyIn } from './peer-section.ts';

/**
 * Takes the [Peer] sections of some public keys out, each with the comments that belong to it, and puts others at the end, a blank line
 * before each. All else stays as it is. In time proportional to the text.
 *
 * @param keys as the file writes them
 * @param sections the lines of each, header first
 */
export function replacePeers(
  file: ConfFile,
  keys: ReadonlySet<string>,
  sections: readonly (readonly string[])[],
): ConfFile {
  const count = sectionCount(file);
  const edits: Edit[] = [];
  for (let index = 1; index < count; index += 1) {
    const section = sectionAt(file, index);
    if (section.kind !== 'peer' || !keys.has(keyIn(file, section, 'PublicKey') ?? '')) continue;
    const from = leadingComments(file, section).from;
    const to = index === count - 1 ? section.endLine : leadingComments(file, sectionAt(file, index + 1)).from;
    edits.push({ line: from + 1, column: 1, endLine: to + 1, endColumn: 1, text: '' });
  }
  const rest = applyEdits(file.text, edits);
  const end = lineEndOf(file);
  let used = rest.length;
  while (used > 0 && /[\r\n]/.test(rest.charAt(used - 1))) used -= 1;
  const texts = sections.map((lines) => lines.map((line) => line + end).join(''));
  const head = used === 0 ? [] : [rest.slice(0, used) + end];
  return parse([...head, ...texts].join(end));
}
