import { textWriter } from './text-writer.ts';

/**
 * The blanks of the language. `wg` removes HT, LF, VT, FF, CR and SP wherever they stand, inside keys and values too; bash,
 * which reads the file for wg-quick, drops every NUL before `wg` can see it. No other character is a blank: a no-break
 * space, a full-width space or a byte order mark is content.
 *
 * @see wireguard-tools src/ctype.h char_is_space; bash builtins/read.def
 */
export function isBlank(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d) || code === 0;
}

const anyBlank = /[\0\t-\r ]/;
const everyBlank = /[\0\t-\r ]+/g;

/** Up to here an expression is fastest; in a longer line it would leave a piece of memory behind for every blank. */
const short = 4096;

/** The text without its blanks, as `wg` reads a line, a key or a value. */
export function squeeze(text: string): string {
  if (!anyBlank.test(text)) return text;
  if (text.length <= short) return text.replace(everyBlank, '');
  const writer = textWriter();
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (!isBlank(code)) writer.push(code);
  }
  return writer.text();
}

/** The text without its blanks, or null where more than `most` characters remain. Looks no further than it has to. */
export function squeezeShort(text: string, most: number): string | null {
  if (text.length <= short) {
    const squeezed = squeeze(text);
    return squeezed.length <= most ? squeezed : null;
  }
  let squeezed = '';
  for (let at = 0; at < text.length; at += 1) {
    if (isBlank(text.charCodeAt(at))) continue;
    if (squeezed.length === most) return null;
    squeezed += text.charAt(at);
  }
  return squeezed;
}

/** The first offset in `from..to` that is not a blank; `to` where all are. */
export function skipBlanks(text: string, from: number, to: number): number {
  let at = from;
  while (at < to && isBlank(text.charCodeAt(at))) at += 1;
  return at;
}

/** The end of the last character in `from..to` that is not a blank; `from` where all are. */
export function trimEnd(text: string, from: number, to: number): number {
  let at = to;
  while (at > from && isBlank(text.charCodeAt(at - 1))) at -= 1;
  return at;
}

/** The text without outer blanks and without NULs: what wg-quick compares keys with. */
export function trim(text: string): string {
  const start = skipBlanks(text, 0, text.length);
  const inner = text.slice(start, trimEnd(text, start, text.length));
  return inner.includes('\0') ? inner.replaceAll('\0', '') : inner;
}

/**
 * The text in lower case, ASCII letters only, as `strcasecmp` compares in the C locale.
 *
 * @returns null where another character would have made `toLowerCase` match what `wg` does not: U+212A KELVIN SIGN becomes `k`
 */
export function lowerAscii(text: string): string | null {
  return /^[\0-\x7f]*$/.test(text) ? text.toLowerCase() : null;
}
