import { lowerAscii, trim } from '../text/blanks.ts';
import { lineCount, startOfLine } from './conf-file.ts';
import { lostInBash } from './bash-read.ts';
import type { ConfFile } from './conf-file.ts';
import { quickFieldNamed } from './quick.ts';

/**
 * What `wg-quick strip` prints, character for character: the lines that are left for `wg setconf` once wg-quick has taken
 * out its own keys. It takes them only under a header that is exactly `[Interface]`, and only spelled without inner blanks.
 * Holds the private key.
 *
 * @see wireguard-tools src/wg-quick/linux.bash parse_options and cmd_strip
 */
export function stripConf(file: ConfFile): string {
  const kept: string[] = [];
  const lost = lostInBash(file.text);
  let nextLost = lost.next();
  let inInterface = false;
  for (let line = 0; line < lineCount(file); line += 1) {
    const start = startOfLine(file, line);
    // A CR before the LF is content to bash.
    const end = (file.lineStarts[line + 1] ?? file.text.length + 1) - 1;
    let read = withoutOuterSpace(file.text.slice(start, end).replaceAll('\0', ''));
    if (nextLost.done !== true && nextLost.value < end) {
      // The blanks before what is lost stay.
      read = file.text
        .slice(start, nextLost.value)
        .replaceAll('\0', '')
        .replace(/^[ \t]+/, '');
      nextLost = lost.next();
    }
    // A last line without LF is only noticed if something is on it.
    if (line === lineCount(file) - 1 && read === '') break;
    const key = quickKeyOf(read);
    if (key.startsWith('[')) inInterface = lowerAscii(key) === '[interface]';
    if (inInterface && quickFieldNamed(key) !== null) continue;
    kept.push(read, '\n');
  }
  return `${kept.join('')}\n`;
}

/** What wg-quick compares with its keys: what stands before the first `=` of the content, outer blanks removed. */
function quickKeyOf(line: string): string {
  const hash = line.indexOf('#');
  const content = hash < 0 ? line : line.slice(0, hash);
  const equals = content.indexOf('=');
  return trim(equals < 0 ? content : content.slice(0, equals));
}

/** Without the outer spaces and tabs, which bash's `read` takes off. */
function withoutOuterSpace(line: string): string {
  let start = 0;
  let end = line.length;
  while (start < end && isSpaceOrTab(line.charCodeAt(start))) start += 1;
  while (end > start && isSpaceOrTab(line.charCodeAt(end - 1))) end -= 1;
  return line.slice(start, end);
}

function isSpaceOrTab(code: number): boolean {
  return code === 0x20 || code === 0x09;
}
