import { isBlank, skipBlanks, squeeze } from '../text/blanks.ts';

/** A part of a line that must not be shown, as offsets into the line. */
export interface SecretSpan {
  readonly start: number;
  readonly end: number;
}

/**
 * The two keys by name, with anything but letters between their letters: `wg` passes over blanks there, bash over NULs, and
 * people write dashes. Case, and letters that fold to the same, do not matter.
 */
const secretName = new RegExp(
  ['privatekey', 'presharedkey'].map((name) => Array.from(name).join('[^a-z]*')).join('|'),
  'giu',
);

const publicName = /p[^a-z]*u[^a-z]*b|^[^a-z]*peer:/iu;

/**
 * What keys are written in; bash passes over a NUL anywhere, and an editor shows none. The length is counted outside, where an
 * engine cannot run out of stack over it.
 */
const base64Run = /[A-Za-z0-9+/_-][A-Za-z0-9+/_\-\0]*(?:=\0*)*/g;

/** Letters without `=`: enough to be a key, even a damaged one. Shorter parts of one are only known by the name before them. */
const shortestLoose = 39;

/** Letters of a key in base64, without its `=`. */
const keyLetters = 43;

/**
 * Finds the values that stand behind the name of a secret key: settings, however they are spelled and whether or not they
 * are valid; the same in comments; what `wg show` prints.
 */
export function namedSecrets(line: string): SecretSpan[] {
  const spans: SecretSpan[] = [];
  let done = 0;
  for (const match of line.matchAll(secretName)) {
    const nameEnd = match.index + match[0].length;
    if (nameEnd <= done) continue;
    const start = valueStart(line, nameEnd, !/[a-z]/iu.test(line.slice(0, match.index)));
    if (start === null) continue;
    const end = valueEnd(line, start);
    done = Math.max(done, end);
    if (start < end) spans.push({ start, end });
  }
  return spans;
}

/**
 * Finds what looks like a key and is not known to be a public one, wherever it stands: in a comment, in a command, on a line
 * of its own, behind a misspelled name. A known secret is found there with blanks in it too.
 *
 * @param known values that are secret elsewhere in the file, as {@link secretOf} gives them: they are secret here too
 */
export function looseSecrets(line: string, known: ReadonlySet<string>): SecretSpan[] {
  const spans: SecretSpan[] = [];
  const value = valueOf(line);
  if (value !== null && known.has(secretOf(line.slice(value.start, value.end)))) spans.push(value);
  let before = 0;
  for (const match of line.matchAll(base64Run)) {
    const written = secretOf(match[0]);
    if (written.length < shortestLoose) continue;
    const span = { start: match.index, end: match.index + match[0].length };
    const isPublic = publicName.test(line.slice(before, span.start));
    before = span.end;
    if (holdsKnown(written, known) || (!isPublic && looksRandom(written))) spans.push(span);
  }
  return spans;
}

/** A secret in the form in which two spellings of it compare as equal. */
export function secretOf(value: string): string {
  const squeezed = squeeze(value);
  let end = squeezed.length;
  while (squeezed.charAt(end - 1) === '=') end -= 1;
  return squeezed.slice(0, end);
}

/** Whether a run of letters is a known secret, or has a whole key among more letters that is one. */
function holdsKnown(written: string, known: ReadonlySet<string>): boolean {
  if (known.has(written)) return true;
  for (let at = 0; at + keyLetters <= written.length; at += 1) {
    if (known.has(written.slice(at, at + keyLetters))) return true;
  }
  return false;
}

/** Where the value of a setting stands, whatever its name; null in a line that is none. */
function valueOf(line: string): SecretSpan | null {
  const equals = line.indexOf('=');
  if (equals < 0) return null;
  const start = skipBlanks(line, equals + 1, line.length);
  return { start, end: valueEnd(line, start) };
}

/** Where the value behind a name begins; null for a name in the middle of a sentence. */
function valueStart(line: string, nameEnd: number, atBeginning: boolean): number | null {
  let at = nameEnd;
  let separated = atBeginning;
  for (; at < line.length; at += 1) {
    const isSeparator = /[=:＝：]/.test(line.charAt(at));
    if (!isSeparator && !isBlank(line.charCodeAt(at)) && line.charAt(at) !== '\u00a0') break;
    separated ||= isSeparator;
  }
  return separated ? at : null;
}

/** The end of a value: before a comment, but a `#` that touches the value may have fallen into the middle of a key. */
function valueEnd(line: string, start: number): number {
  const hash = line.indexOf('#', start);
  const isComment = hash >= 0 && (hash === start || isBlank(line.charCodeAt(hash - 1)));
  let end = isComment ? hash : line.length;
  while (end > start && isBlank(line.charCodeAt(end - 1))) end -= 1;
  return end;
}

/** Both cases of letters, which a path or a word hardly has in forty characters, or 64 hexadecimal digits. */
function looksRandom(text: string): boolean {
  return (/[a-z]/.test(text) && /[A-Z]/.test(text)) || /^[0-9a-fA-F]{64}$/.test(text);
}
