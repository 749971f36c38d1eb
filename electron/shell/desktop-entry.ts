/**
 * The text of a desktop entry, changed key by key: every line that is not asked for stays as it is, comments and keys of
 * others included. The rules are those of the Desktop Entry Specification 1.5.
 */

/** The group that says what is started. */
const mainGroup = '[Desktop Entry]';

/** The value of a key of the main group as it is written; null where there is none. */
export function entryValue(text: string, key: string): string | null {
  const { lines, begin, end } = mainGroupOf(text);
  const found = lines.slice(begin, end).filter((line) => keyOf(line) === key);
  return (
    found
      .at(-1)
      // What stands around a value is of ASCII; another space, such as U+00A0, is the value's own.
      ?.replace(/^[^=]*=[ \t]*/, '')
      .replace(/[ \t\r]+$/, '') ?? null
  );
}

/** The entry with other values for some keys of the main group; null takes a key out. The values are written as they are. */
export function changedEntry(text: string, changes: Readonly<Record<string, string | null>>): string {
  const { lines, begin, end } = mainGroupOf(text);
  const missing = new Map(Object.entries(changes));
  const changed = lines.slice(begin, end).flatMap((line) => {
    const key = keyOf(line);
    if (key === null || !Object.hasOwn(changes, key)) return [line];
    const value = missing.get(key);
    missing.delete(key);
    return value === undefined || value === null ? [] : [`${key}=${value}`];
  });
  // New keys come behind the last that is there, and before the empty lines that part the groups.
  const empty = [...changed].reverse().findIndex((line) => line.trim() !== '');
  const last = empty < 0 ? 0 : changed.length - empty;
  const added = [...missing].flatMap(([key, value]) => (value === null ? [] : [`${key}=${value}`]));
  return [
    ...lines.slice(0, begin),
    ...changed.slice(0, last),
    ...added,
    ...changed.slice(last),
    ...lines.slice(end),
  ].join('\n');
}

/** A text as the value of a key of type string; a space at its begin or end is escaped, so that no reader takes it off. */
export function stringValue(text: string): string {
  return text
    .replaceAll('\\', '\\\\')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t')
    .replaceAll(/^ | $/g, '\\s');
}

/** The text that a value of type string stands for. */
export function textOf(value: string): string {
  const letters: Readonly<Record<string, string>> = { s: ' ', n: '\n', t: '\t', r: '\r' };
  return value.replaceAll(/\\(.)/g, (_, letter: string) => letters[letter] ?? letter);
}

/** The value of `Exec` that starts a program with exactly these words. */
export function execValue(words: readonly string[]): string {
  return stringValue(words.map(execWord).join(' '));
}

/** Quoted where the specification reserves a character of it; `%` begins a field code. */
function execWord(word: string): string {
  const literal = word.replaceAll('%', '%%');
  return /^[\w%@+:,./-]+$/.test(literal) ? literal : `"${literal.replaceAll(/["`$\\]/g, '\\$&')}"`;
}

/** The lines of an entry, with a main group among them: `begin` is behind its header, `end` before the next. */
function mainGroupOf(text: string): { lines: string[]; begin: number; end: number } {
  const lines = text.split('\n');
  const header = lines.findIndex((line) => line.trim() === mainGroup);
  if (header < 0) return { lines: [mainGroup, ...lines], begin: 1, end: 1 };
  const length = lines.slice(header + 1).findIndex((line) => line.trimStart().startsWith('['));
  return { lines, begin: header + 1, end: length < 0 ? lines.length : header + 1 + length };
}

/** The key that a line gives a value to. */
function keyOf(line: string): string | null {
  return /^\s*([A-Za-z0-9-]+(?:\[[^\]]*\])?)\s*=/.exec(line)?.[1] ?? null;
}
