import { isBlank, squeeze } from '../text/blanks.ts';

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

/** What keys are written in. The length is counted outside, where an engine cannot run out of stack over it. */
const base64Run = /[A-Za-z0-9+/_-]+=*/g;

/** Long enough to be a key, even a damaged one. Shorter parts of one are only known by the name before them. */
const shortestLoose = 40;

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
 * of its own, behind a misspelled name.
 *
 * @param known values that are secret elsewhere in the file, as {@link secretOf} gives them: they are secret here too
 */
export function looseSecrets(line: string, known: ReadonlySet<string>): SecretSpan[] {
  const spans: SecretSpan[] = [];
  let before = 0;
  for (const match of line.matchAll(base64Run)) {
    if (match[0].length < shortestLoose) continue;
    const span = { start: match.index, end: match.index + match[0].length };
    const isPublic = publicName.test(line.slice(before, span.start));
    before = span.end;
    if (known.has(secretOf(match[0])) || (!isPublic && looksRandom(match[0]))) spans.push(span);
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
