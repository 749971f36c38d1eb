/**
 * A range of the text to be replaced. Lines and columns count from 1, columns in UTF-16 units; the end is behind the last
 * character replaced. A range may run to column 1 of the next line, which takes the line end with it.
 */
export interface Edit {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly text: string;
}

/** A repair that a person can accept: what it does, in words, and how. Its edits do not overlap. */
export interface Fix {
  readonly title: string;
  readonly edits: readonly Edit[];
}

/** Makes the edits of a fix. Places outside the text count as its nearest end. */
export function applyFix(text: string, fix: Fix): string {
  return applyEdits(text, fix.edits);
}

/** Makes several edits at once; each is meant in the text as it was before all of them, and they do not overlap. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  const starts = lineStartsOf(text);
  const replacements = edits
    .map((edit) => ({
      from: offsetOf(starts, text, edit.line, edit.column),
      to: offsetOf(starts, text, edit.endLine, edit.endColumn),
      text: edit.text,
    }))
    .sort((a, b) => a.from - b.from || a.to - b.to);
  const parts: string[] = [];
  let done = 0;
  for (const { from, to, text: inserted } of replacements) {
    parts.push(text.slice(done, Math.max(done, from)), inserted);
    done = Math.max(done, to);
  }
  parts.push(text.slice(done));
  return parts.join('');
}

/** The offset at which every line begins. A text has one line more than it has LF characters. */
export function lineStartsOf(text: string): Uint32Array {
  let count = 1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count += 1;
  const starts = new Uint32Array(count);
  let line = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts[++line] = at + 1;
  return starts;
}

function offsetOf(starts: Uint32Array, text: string, line: number, column: number): number {
  if (line < 1) return 0;
  const start = starts[line - 1];
  if (start === undefined) return text.length;
  const next = starts[line] ?? text.length + 1;
  return Math.min(start + Math.max(column, 1) - 1, next - 1);
}
