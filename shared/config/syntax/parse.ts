import { lowerAscii, skipBlanks, squeezeShort, trim, trimEnd } from '../text/blanks.ts';
import { lineStartsOf } from '../text/edit.ts';
import { isHeaderMark, markOfHeader, markOfLine, spanOfLine } from './conf-file.ts';
import type { ConfFile, SectionKind } from './conf-file.ts';
import { fieldNamed } from './vocabulary.ts';

/**
 * Reads a configuration. Takes any text, never fails, and takes time and memory in proportion to its length. What is wrong
 * with the text is for `diagnose` to say.
 *
 * A byte order mark before the first line is passed over, where `wg` would take it for content.
 *
 * @see wireguard-tools src/config.c config_read_line, process_line; src/wg-quick/linux.bash parse_options
 */
export function parse(text: string): ConfFile {
  const lineStarts = lineStartsOf(text);
  const lineMarks = new Uint8Array(lineStarts.length);
  let headers = 0;
  for (let line = 0; line < lineStarts.length; line += 1) {
    const mark = markFor({ text, lineStarts }, line);
    lineMarks[line] = mark;
    if (isHeaderMark(mark)) headers += 1;
  }
  const file = { text, lineStarts, lineMarks, sectionLines: new Uint32Array(headers + 1) };
  let section = 0;
  for (let line = 0; section < headers; line += 1) {
    if (isHeaderMark(lineMarks[line] ?? 0)) file.sectionLines[++section] = line;
  }
  return file;
}

/** The text of a configuration. An unedited one gives exactly what was parsed. */
export function print(file: ConfFile): string {
  return file.text;
}

function markFor(file: Pick<ConfFile, 'text' | 'lineStarts'>, line: number): number {
  const { text } = file;
  const { start, contentEnd, end, equals } = spanOfLine(file, line);
  const first = skipBlanks(text, start, contentEnd);
  if (first === contentEnd) return contentEnd === end ? blank : comment;
  if (text.charCodeAt(first) === 0x5b) return headerMarkFor(text.slice(first, contentEnd));
  const field = fieldNamed(text.slice(first, trimEnd(text, first, equals < 0 ? contentEnd : equals)));
  return markOfLine(equals < 0 ? 'other' : 'setting', field);
}

const blank = markOfLine('blank', null);
const comment = markOfLine('comment', null);

const interfaceHeader = markOfHeader('interface', true);
const peerHeader = markOfHeader('peer', false);

function headerMarkFor(content: string): number {
  if (content === '[Peer]') return peerHeader;
  if (content === '[Interface]') return interfaceHeader;
  const squeezed = lowerAscii(squeezeShort(content, '[Interface]'.length) ?? '');
  const kind: SectionKind =
    squeezed === '[interface]' ? 'interface' : squeezed === '[peer]' ? 'peer' : 'unknown';
  // wg-quick looks no further than the first `=`, so it even finds [Interface] where `wg` finds no section at all.
  const equals = content.indexOf('=');
  const plain = lowerAscii(trim(equals < 0 ? content : content.slice(0, equals))) === '[interface]';
  return markOfHeader(kind, plain);
}
