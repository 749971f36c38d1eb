import { hiddenKey } from '../../contract/ui/verbs.ts';
import { lineWriter } from '../text/line-writer.ts';
import { looseSecrets, namedSecrets, secretOf } from './secret-spans.ts';
import type { SecretSpan } from './secret-spans.ts';

/** A shorter value is too likely to stand elsewhere in the file by chance. */
const shortestKnown = 20;

/**
 * The text with a fixed placeholder for every private and preshared key: in settings, however `wg` would accept them to be
 * spelled, and also where they are invalid, commented out, or lie about. Lines stay lines, and everything else stays as
 * it is. In doubt it hides.
 */
export function hideKeys(text: string): string {
  const writer = lineWriter();
  for (const line of hiddenLinesOf(text)) writer.push(line);
  return writer.text() ?? '';
}

/** The lines of a text, without their LF, with every secret hidden. */
export function hiddenLines(text: string): string[] {
  return [...hiddenLinesOf(text)];
}

function* hiddenLinesOf(text: string): Generator<string> {
  const known = new Set<string>();
  for (const line of linesOf(text)) {
    for (const { start, end } of namedSecrets(line)) {
      const secret = secretOf(line.slice(start, end));
      if (secret.length >= shortestKnown) known.add(secret);
    }
  }
  for (const line of linesOf(text)) {
    yield hideIn(line, [...namedSecrets(line), ...looseSecrets(line, known)]);
  }
}

function* linesOf(text: string): Generator<string> {
  let start = 0;
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
    yield text.slice(start, end);
    start = end + 1;
  }
  yield text.slice(start);
}

function hideIn(line: string, spans: readonly SecretSpan[]): string {
  if (spans.length === 0) return line;
  const parts: string[] = [];
  let done = 0;
  for (const { start, end } of [...spans].sort((a, b) => a.start - b.start)) {
    if (start >= done) parts.push(line.slice(done, start), hiddenKey);
    done = Math.max(done, end);
  }
  parts.push(line.slice(done));
  return parts.join('');
}
