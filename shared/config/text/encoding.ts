import { textWriter } from './text-writer.ts';

/** How bytes stand for text. Latin-1 is the last resort: one character for each byte, so that any bytes survive. */
export type Charset = 'utf-8' | 'utf-16le' | 'utf-16be' | 'latin-1';

/** What is needed to turn a decoded text back into the same bytes. */
export interface Encoding {
  readonly charset: Charset;
  /** Whether a byte order mark stands before the text. */
  readonly bom: boolean;
}

/** A file's text, without a byte order mark, and how its bytes were read. */
export interface Decoded {
  readonly text: string;
  readonly encoding: Encoding;
}

/** What `wg`, wg-quick and Adit itself write. */
export const plainUtf8: Encoding = { charset: 'utf-8', bom: false };

/**
 * Reads bytes as UTF-8, as UTF-16 with a byte order mark or where nothing else is likely, and otherwise as Latin-1. Never
 * fails, and {@link encode} gives the same bytes back.
 */
export function decode(bytes: Uint8Array): Decoded {
  const marked = decodeMarked(bytes);
  if (marked !== null) return marked;
  const charset = guessUtf16(bytes);
  const guessed = charset === null ? null : decodeUtf16(bytes, 0, charset);
  if (charset !== null && guessed !== null && !notAsciiInContent.test(guessed))
    return { text: guessed, encoding: { charset, bom: false } };
  const text = decodeUtf8(bytes, 0);
  if (text !== null) return { text, encoding: plainUtf8 };
  return { text: decodeLatin1(bytes), encoding: { charset: 'latin-1', bom: false } };
}

/**
 * The bytes of a text in an encoding. A text that Latin-1 cannot hold, because it was edited, becomes UTF-8; a lone
 * surrogate becomes U+FFFD in UTF-8.
 */
export function encode(text: string, encoding: Encoding = plainUtf8): Uint8Array {
  switch (encoding.charset) {
    case 'utf-8':
      return encodeUtf8(text, encoding.bom);
    case 'utf-16le':
    case 'utf-16be':
      return encodeUtf16(text, encoding.charset, encoding.bom);
    case 'latin-1':
      return fitsLatin1(text) ? encodeLatin1(text) : encodeUtf8(text, false);
  }
}

/**
 * Reads bytes strictly as UTF-8, from an offset on.
 *
 * @returns null for any sequence that {@link encode} would not write again: overlong, a surrogate, beyond U+10FFFF, cut off
 * @see RFC 3629
 */
export function decodeUtf8(bytes: Uint8Array, from: number): string | null {
  const writer = textWriter();
  let at = from;
  while (at < bytes.length) {
    const lead = byteAt(bytes, at);
    if (lead < 0x80) {
      writer.push(lead);
      at += 1;
      continue;
    }
    const length = lengthOfSequence(lead);
    const point = pointAt(bytes, at, length);
    if (point < 0) return null;
    if (point > 0xffff) {
      writer.push(0xd7c0 + (point >> 10));
      writer.push(0xdc00 | (point & 0x3ff));
    } else {
      writer.push(point);
    }
    at += length;
  }
  return writer.text();
}

/** Where in some bytes UTF-8 ends: the first byte that begins no sequence of it; null where all are UTF-8. */
export function firstNotUtf8(bytes: Uint8Array): number | null {
  let at = 0;
  while (at < bytes.length) {
    const lead = byteAt(bytes, at);
    const length = lengthOfSequence(lead);
    if (lead >= 0x80 && pointAt(bytes, at, length) < 0) return at;
    at += lead < 0x80 ? 1 : length;
  }
  return null;
}

function lengthOfSequence(lead: number): 2 | 3 | 4 {
  return lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
}

/** The character of a sequence of two bytes or more, or -1. */
function pointAt(bytes: Uint8Array, at: number, length: 2 | 3 | 4): number {
  const lead = byteAt(bytes, at);
  if (lead < 0xc2 || lead > 0xf4 || at + length > bytes.length) return -1;
  let point = lead & (0x7f >> length);
  for (let next = 1; next < length; next += 1) {
    const byte = byteAt(bytes, at + next);
    if ((byte & 0xc0) !== 0x80) return -1;
    point = (point << 6) | (byte & 0x3f);
  }
  const isSurrogate = point >= 0xd800 && point <= 0xdfff;
  return point < smallestOfLength[length] || point > 0x10ffff || isSurrogate ? -1 : point;
}

const smallestOfLength = { 2: 0x80, 3: 0x800, 4: 0x10000 } as const;

function decodeMarked(bytes: Uint8Array): Decoded | null {
  const [first, second, third] = bytes;
  if (first === 0xef && second === 0xbb && third === 0xbf) return withMark(decodeUtf8(bytes, 3), 'utf-8');
  if (first === 0xff && second === 0xfe) return withMark(decodeUtf16(bytes, 2, 'utf-16le'), 'utf-16le');
  if (first === 0xfe && second === 0xff) return withMark(decodeUtf16(bytes, 2, 'utf-16be'), 'utf-16be');
  return null;
}

/** Something before a comment that is not ASCII: then a file of bytes has NULs in it, and is no UTF-16 after all. */
const notAsciiInContent = /^[^#\n]*[^\0-\x7f]/m;

function withMark(text: string | null, charset: Charset): Decoded | null {
  return text === null ? null : { text, encoding: { charset, bom: true } };
}

/**
 * UTF-16 without a mark, where it is obvious: most of every other byte is NUL, on one side only. A configuration is almost
 * all ASCII, so its UTF-16 looks like nothing else.
 */
function guessUtf16(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  if (bytes.length < 2 || bytes.length % 2 !== 0) return null;
  const sample = Math.min(bytes.length, 4096);
  let even = 0;
  let odd = 0;
  for (let at = 0; at + 1 < sample; at += 2) {
    if (bytes[at] === 0) even += 1;
    if (bytes[at + 1] === 0) odd += 1;
  }
  const pairs = Math.floor(sample / 2);
  if (odd * 2 > pairs && even === 0) return 'utf-16le';
  if (even * 2 > pairs && odd === 0) return 'utf-16be';
  return null;
}

/** Null for an odd number of bytes: the last one would be lost. Lone surrogates are kept, a string can hold them. */
function decodeUtf16(bytes: Uint8Array, from: number, charset: 'utf-16le' | 'utf-16be'): string | null {
  if ((bytes.length - from) % 2 !== 0) return null;
  const high = charset === 'utf-16be' ? 0 : 1;
  const writer = textWriter();
  for (let at = from; at < bytes.length; at += 2) {
    writer.push((byteAt(bytes, at + high) << 8) | byteAt(bytes, at + 1 - high));
  }
  return writer.text();
}

/** Reads bytes as one character each. */
export function decodeLatin1(bytes: Uint8Array): string {
  const writer = textWriter();
  for (const byte of bytes) writer.push(byte);
  return writer.text();
}

function encodeUtf8(text: string, bom: boolean): Uint8Array {
  const bytes = new Uint8Array(text.length * 3 + 3);
  let used = 0;
  const put = (point: number): void => {
    if (point < 0x80) {
      bytes[used++] = point;
      return;
    }
    if (point < 0x800) {
      bytes[used++] = 0xc0 | (point >> 6);
    } else {
      if (point < 0x10000) {
        bytes[used++] = 0xe0 | (point >> 12);
      } else {
        bytes[used++] = 0xf0 | (point >> 18);
        bytes[used++] = 0x80 | ((point >> 12) & 0x3f);
      }
      bytes[used++] = 0x80 | ((point >> 6) & 0x3f);
    }
    bytes[used++] = 0x80 | (point & 0x3f);
  };
  if (bom) put(0xfeff);
  for (let at = 0; at < text.length; at += 1) {
    const point = text.codePointAt(at) ?? 0;
    if (point > 0xffff) at += 1;
    put(point >= 0xd800 && point <= 0xdfff ? 0xfffd : point);
  }
  return bytes.slice(0, used);
}

function encodeUtf16(text: string, charset: 'utf-16le' | 'utf-16be', bom: boolean): Uint8Array {
  const high = charset === 'utf-16be' ? 0 : 1;
  const before = bom ? 2 : 0;
  const bytes = new Uint8Array(before + text.length * 2);
  if (bom) {
    bytes[high] = 0xfe;
    bytes[1 - high] = 0xff;
  }
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    bytes[before + at * 2 + high] = unit >> 8;
    bytes[before + at * 2 + 1 - high] = unit & 0xff;
  }
  return bytes;
}

function fitsLatin1(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    if (text.charCodeAt(at) > 0xff) return false;
  }
  return true;
}

function encodeLatin1(text: string): Uint8Array {
  return Uint8Array.from({ length: text.length }, (_, at) => text.charCodeAt(at));
}

function byteAt(bytes: Uint8Array, at: number): number {
  return bytes[at] ?? 0;
}
