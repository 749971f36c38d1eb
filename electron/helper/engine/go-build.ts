/** What Go writes into each program that it builds, as far as it tells which wireguard-go it is. */
export interface GoBuild {
  /** The version of the module that the program is of, `v0.0.0-20260522210424-ecfc5a8d5446`; null where it was built of loose sources. */
  readonly version: string | null;
  /** The tags it was built with. */
  readonly tags: readonly string[];
}

/** What the record begins with, at a multiple of 16 bytes. */
const start = Buffer.from('\xff Go buildinf:', 'latin1');
const alignment = 16;

/** The byte that says how the record is made, and the one value of it that is read: two texts follow, behind their lengths. */
const flagsAt = 15;
const textsFollow = 2;
const textsAt = 32;

/** Bytes in front of the second text, and as many behind it, that are not of it. */
const frame = 16;

/**
 * Reads what Go has written into a program. Null where there is nothing of it, or in a form from before Go 1.18.
 *
 * @param program all of its bytes; nothing in them is trusted, and none is run
 * @see go src/debug/buildinfo/buildinfo.go
 */
export function readGoBuild(program: Buffer): GoBuild | null {
  const at = findStart(program);
  if (at === null || ((program[at + flagsAt] ?? 0) & textsFollow) === 0) return null;
  const compiler = textAt(program, at + textsAt);
  const record = compiler === null ? null : textAt(program, compiler.end);
  if (record === null || record.text.length < 2 * frame) return null;
  const lines = record.text
    .slice(frame, -frame)
    .split('\n')
    .map((line) => line.split('\t'));
  const tags = lines.find(([kind, setting]) => kind === 'build' && setting?.startsWith('-tags=') === true);
  return {
    version: lines.find(([kind]) => kind === 'mod')?.[2] ?? null,
    tags: tags?.[1]?.slice('-tags='.length).split(',') ?? [],
  };
}

function findStart(program: Buffer): number | null {
  let at = program.indexOf(start);
  while (at >= 0 && at % alignment !== 0) at = program.indexOf(start, at + 1);
  return at < 0 ? null : at;
}

/** A text behind its length, which is written seven bits a byte, the lowest first. Null where it is not all there. */
function textAt(program: Buffer, at: number): { text: string; end: number } | null {
  let length = 0;
  let next = at;
  for (let bits = 0; bits < 28; bits += 7) {
    const byte = program[next];
    if (byte === undefined) return null;
    next += 1;
    length |= (byte & 0x7f) << bits;
    if (byte >= 0x80) continue;
    const end = next + length;
    return end > program.length ? null : { text: program.toString('latin1', next, end), end };
  }
  return null;
}
