/** Collects lines into a text. */
export interface LineWriter {
  push(line: string): void;
  /** The lines so far, LF between them; null where there is none. To be asked for once. */
  text(): string | null;
}

/** How many lines are kept apart at a time: a million short strings take many times the room of their text. */
const linesOfPiece = 1024;

/** Makes a writer that keeps few strings however many lines there are. */
export function lineWriter(): LineWriter {
  const pieces: string[] = [];
  let lines: string[] = [];
  const flush = (): void => {
    if (lines.length > 0) pieces.push(lines.join('\n'));
    lines = [];
  };
  return {
    push(line) {
      if (lines.length === linesOfPiece) flush();
      lines.push(line);
    },
    text() {
      flush();
      return pieces.length === 0 ? null : pieces.join('\n');
    },
  };
}
