/** Collects UTF-16 units into a string. */
export interface TextWriter {
  push(unit: number): void;
  /** Everything pushed so far; to be asked for once. */
  text(): string;
}

/** Makes a writer that needs no small string for each unit, so that millions of them leave nothing behind. */
export function textWriter(): TextWriter {
  const parts: string[] = [];
  const units = new Uint16Array(8192);
  let used = 0;
  const flush = (): void => {
    // The type asks for an array of numbers; the engine takes any array-like, and a typed one is much faster.
    parts.push(String.fromCharCode.apply(null, units.subarray(0, used) as unknown as number[]));
    used = 0;
  };
  return {
    push(unit) {
      if (used === units.length) flush();
      units[used] = unit;
      used += 1;
    },
    text() {
      flush();
      return parts.join('');
    },
  };
}
