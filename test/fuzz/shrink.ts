/** Says of each input whether the fault shows in it. Asked for many at a time, since asking is what takes long. */
export type Judge = (inputs: readonly Buffer[]) => Promise<readonly boolean[]>;

/**
 * Makes an input smaller as long as the fault shows in it: first without some of its lines, then without some of its
 * bytes.
 */
export async function shrink(input: Buffer, hasFault: Judge): Promise<Buffer> {
  const byLines = await withoutPieces(linesOf(input), hasFault);
  const byBytes = await withoutPieces(
    [...Buffer.concat(byLines)].map((byte) => Buffer.of(byte)),
    hasFault,
  );
  return Buffer.concat(byBytes);
}

/** Removes ever smaller pieces, half of all parts first, until no single part can go. */
async function withoutPieces(parts: readonly Buffer[], hasFault: Judge): Promise<readonly Buffer[]> {
  let kept = parts;
  let size = Math.max(1, Math.floor(kept.length / 2));
  for (;;) {
    const candidates = starts(kept.length, size).map((at) => kept.toSpliced(at, size));
    const faults = await hasFault(candidates.map((candidate) => Buffer.concat(candidate)));
    const smaller = candidates.find((_, index) => faults[index] === true);
    if (smaller !== undefined) kept = smaller;
    else if (size === 1) return kept;
    else size = Math.floor(size / 2);
  }
}

function starts(length: number, size: number): number[] {
  return Array.from({ length: Math.ceil(length / size) }, (_, index) => index * size);
}

function linesOf(bytes: Buffer): Buffer[] {
  return bytes
    .toString('latin1')
    .split(/(?<=\n)/)
    .map((line) => Buffer.from(line, 'latin1'));
}
