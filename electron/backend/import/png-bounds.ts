import { inflateSync } from 'node:zlib';

/** What the header of a PNG says of its pixels. */
interface PngHeader {
  readonly width: number;
  readonly height: number;
  /** Bits of a pixel. */
  readonly depth: number;
  readonly interlaced: boolean;
}

/** Chunks that a picture is made of; the others tell about it, and may be packed without end. */
const pictureChunks: ReadonlySet<string> = new Set(['IHDR', 'PLTE', 'tRNS', 'IDAT', 'IEND']);

/** Samples of a pixel by colour type (PNG specification, section 11.2.1). */
const samples: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

const signatureLength = 8;

/** Width and height of a PNG, from its header; null where that is not what it should be. */
export function pngSize(bytes: Buffer): Pick<PngHeader, 'width' | 'height'> | null {
  return headerOf(bytes);
}

/**
 * A PNG with nothing but its picture, known to unpack to what its header promises.
 *
 * @returns null for one that is cut off, or unpacks to more or to less
 */
export function boundedPng(bytes: Buffer): Buffer | null {
  const header = headerOf(bytes);
  const chunks = header === null ? null : chunksOf(bytes);
  if (header === null || chunks === null) return null;
  const kept = chunks.filter(({ type }) => pictureChunks.has(type));
  const packed = kept.filter(({ type }) => type === 'IDAT').map(({ content }) => content);
  if (!unpacksTo(Buffer.concat(packed), unpackedLength(header))) return null;
  return Buffer.concat([bytes.subarray(0, signatureLength), ...kept.map(({ whole }) => whole)]);
}

function headerOf(bytes: Buffer): PngHeader | null {
  if (bytes.length < 33 || bytes.toString('latin1', 12, 16) !== 'IHDR') return null;
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  const perPixel = samples[bytes.readUInt8(25)];
  const bits = bytes.readUInt8(24);
  if (width === 0 || height === 0 || perPixel === undefined || bits > 16) return null;
  return { width, height, depth: bits * perPixel, interlaced: bytes.readUInt8(28) !== 0 };
}

interface Chunk {
  readonly type: string;
  readonly content: Buffer;
  /** With its length, type and checksum. */
  readonly whole: Buffer;
}

function chunksOf(bytes: Buffer): Chunk[] | null {
  const chunks: Chunk[] = [];
  for (let at = signatureLength; at + 12 <= bytes.length;) {
    const end = at + 12 + bytes.readUInt32BE(at);
    if (end > bytes.length) return null;
    const type = bytes.toString('latin1', at + 4, at + 8);
    chunks.push({ type, content: bytes.subarray(at + 8, end - 4), whole: bytes.subarray(at, end) });
    if (type === 'IEND') return chunks;
    at = end;
  }
  return null;
}

/** Where each pass of an interlaced PNG begins, and its steps: x, y, step in x, step in y (PNG specification, section 8.2). */
const passes = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/** Bytes of all rows, each with the one for its filter before it. */
function unpackedLength({ width, height, depth, interlaced }: PngHeader): number {
  const rows = (across: number, down: number): number =>
    across === 0 ? 0 : (Math.ceil((across * depth) / 8) + 1) * down;
  if (!interlaced) return rows(width, height);
  return passes
    .map(([x, y, stepX, stepY]) =>
      rows(Math.max(0, Math.ceil((width - x) / stepX)), Math.max(0, Math.ceil((height - y) / stepY))),
    )
    .reduce((sum, length) => sum + length, 0);
}

/** Bytes too many that a picture may have: some programs write a few. */
const surplus = 1024;

/** The decoder would take missing pixels from memory that somebody else has used before. */
function unpacksTo(packed: Buffer, length: number): boolean {
  try {
    return inflateSync(packed, { maxOutputLength: length + surplus }).length >= length;
  } catch {
    return false;
  }
}
