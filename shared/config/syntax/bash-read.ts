const mark = '\x01';

/** A word with a blank behind it: further ones follow, or an empty one. NULs are gone before bash looks. */
const severalWords = /^[ \t\0]*[^ \t\0][^ \t]*[ \t]/;

/** The offsets of the U+0001 that {@link asBashReads} leaves out. */
export function* lostInBash(text: string): Generator<number> {
  for (let at = text.indexOf(mark); at >= 0; at = text.indexOf(mark, at + 1)) {
    const end = endOfBlanks(text, at + 1);
    const isLast = end === text.length || text.charAt(end) === '\n';
    if (!isLast || !/[ \t]/.test(text.slice(at + 1, end))) continue;
    if (severalWords.test(text.slice(text.lastIndexOf('\n', at) + 1, at))) yield at;
  }
}

/**
 * A text as wg-quick has it once bash has read its lines. U+0001 is a mark of bash's own there, and where it is the last of several
 * words on a line with blanks behind it, they are taken off together. Every other line stays as it is.
 *
 * @see bash builtins/read.def read_builtin, subst.c strip_trailing_ifs_whitespace
 */
export function asBashReads(text: string): string {
  let read = '';
  let done = 0;
  for (const at of lostInBash(text)) {
    read += text.slice(done, at);
    done = endOfBlanks(text, at + 1);
  }
  return done === 0 ? text : read + text.slice(done);
}

function endOfBlanks(text: string, from: number): number {
  let at = from;
  while (at < text.length && ' \t\0'.includes(text.charAt(at))) at += 1;
  return at;
}
