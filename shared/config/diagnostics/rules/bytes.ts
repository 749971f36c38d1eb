import {
  endOfLine,
  lengthOfMark,
  lineCount,
  lineOfOffset,
  spanOfLine,
  startOfLine,
} from '../../syntax/conf-file.ts';
import { encode, firstNotUtf8 } from '../../text/encoding.ts';
import type { Encoding } from '../../text/encoding.ts';
import type { Edit } from '../../text/edit.ts';
import { undoMojibake } from '../../text/mojibake.ts';
import { fixBy, placeOfLine, replacePlace } from '../report.ts';
import type { Place, Report } from '../report.ts';

/** What is wrong below the level of lines. `encoding` is how the bytes were read; absent, there were none. */
export function checkBytes(report: Report, encoding: Encoding | undefined): void {
  checkEncoding(report, encoding);
  checkNuls(report);
  checkLineEnds(report);
  if (encoding?.charset !== 'latin-1' && !report.isAscii) checkMojibake(report);
}

function checkEncoding(report: Report, encoding: Encoding | undefined): void {
  const top: Place = { line: 0, start: 0, end: 0 };
  const isUtf16 = encoding?.charset.startsWith('utf-16') === true;
  // Without a mark it takes another look at the bytes to tell.
  if (isUtf16 && encoding.bom) report.add('encoding-utf16', top, []);
  else if (encoding?.bom === true) report.add('byte-order-mark', top, []);
  if (encoding?.charset === 'latin-1') {
    // Each character is one byte.
    const at = firstNotUtf8(encode(report.file.text, encoding)) ?? 0;
    const line = lineOfOffset(report.file, at);
    report.add('encoding-unknown', { line, start: at, end: at + 1 }, []);
  }
  const length = lengthOfMark(report.file.text);
  if (length > 0) {
    const mark: Place = { line: 0, start: 0, end: length };
    report.add('byte-order-mark', mark, [], () =>
      fixBy('Remove the mark', replacePlace(report.file, mark, '')),
    );
  }
}

/** Only a NUL before the comment matters: behind the `#` nobody looks. */
function checkNuls(report: Report): void {
  const { text } = report.file;
  if (!text.includes('\0')) return;
  for (let line = 0; line < lineCount(report.file); line += 1) {
    const { start, contentEnd } = spanOfLine(report.file, line);
    const at = text.slice(start, contentEnd).indexOf('\0');
    if (at < 0) continue;
    const content: Place = { line, start, end: contentEnd };
    report.add('nul-character', { line, start: start + at, end: start + at + 1 }, [], () =>
      fixBy('Remove the NULs of this line', ...editsFor(report, content, '\0', '')),
    );
  }
}

function checkLineEnds(report: Report): void {
  const { text } = report.file;
  if (lineCount(report.file) > 1 || !/\r[^\r]/.test(text)) return;
  const at = text.indexOf('\r');
  report.add('line-ends-cr', { line: 0, start: at, end: at + 1 }, [], () => {
    const edits = editsFor(report, { line: 0, start: 0, end: text.length }, '\r', '\n');
    // Half a repair would leave two kinds of line ends, and this would no longer be found.
    return edits.length < mostEdits ? fixBy('Use LF line ends', ...edits) : null;
  });
}

/** One edit for each character to be replaced, so that no edit carries a key that stands between them. */
function editsFor(report: Report, place: Place, character: string, replacement: string): Edit[] {
  const edits: Edit[] = [];
  const { text } = report.file;
  for (
    let at = text.indexOf(character, place.start);
    at >= 0 && at < place.end;
    at = text.indexOf(character, at + 1)
  ) {
    if (edits.length === mostEdits) break;
    edits.push(replacePlace(report.file, { line: place.line, start: at, end: at + 1 }, replacement));
  }
  return edits;
}

/** A fix is sent to the interface: it is bounded, and what remains can be fixed by accepting it again. */
const mostEdits = 1000;

/** One diagnostic for the whole file, at the first damaged line. */
function checkMojibake(report: Report): void {
  const { file } = report;
  if (!/[\u0080-\u00ff]/.test(file.text)) return;
  let first: { place: Place; repaired: string } | null = null;
  const edits: Edit[] = [];
  for (let line = 0; line < lineCount(file) && edits.length < mostEdits; line += 1) {
    const place = notAsciiOf(report, line);
    const repaired = place === null ? null : undoMojibake(file.text.slice(place.start, place.end));
    if (place === null || repaired === null) continue;
    first ??= { place, repaired };
    edits.push(replacePlace(file, place, repaired));
  }
  if (first !== null)
    report.add('mojibake', first.place, [first.repaired], () => fixBy('Restore the text', ...edits));
}

/** From the first to the last character of a line that is not ASCII. */
function notAsciiOf(report: Report, line: number): Place | null {
  const { text } = report.file;
  let start = startOfLine(report.file, line);
  let end = endOfLine(report.file, line);
  while (start < end && text.charCodeAt(start) < 0x80) start += 1;
  while (end > start && text.charCodeAt(end - 1) < 0x80) end -= 1;
  return start === end ? null : { ...placeOfLine(report.file, line), start, end };
}
