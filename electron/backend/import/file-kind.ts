import { FaultError } from '../../../shared/fault.ts';

/** What an import can take in. */
export type FileKind = 'text' | 'zip' | 'png' | 'jpeg';

/** How files begin: their first bytes in Latin-1, from an offset on. */
const beginnings: readonly (readonly [
  start: string,
  kind: FileKind | { readonly refused: string },
  offset?: number,
])[] = [
  ['PK\x03\x04', 'zip'],
  // One with nothing in it.
  ['PK\x05\x06', 'zip'],
  ['\x89PNG\r\n\x1a\n', 'png'],
  ['\xff\xd8\xff', 'jpeg'],
  ['GIF8', { refused: 'a GIF picture' }],
  ['WEBP', { refused: 'a WebP picture' }, 8],
  ['ftypavif', { refused: 'an AVIF picture' }, 4],
  ['ftyp', { refused: 'a HEIF picture' }, 4],
  ['II*\0', { refused: 'a TIFF picture' }],
  ['MM\0*', { refused: 'a TIFF picture' }],
  ['%PDF-', { refused: 'a PDF document' }],
  ['\x1f\x8b\x08', { refused: 'a gzip file' }],
  ['7z\xbc\xaf\x27\x1c', { refused: 'a 7z archive' }],
  ['Rar!\x1a\x07', { refused: 'a RAR archive' }],
  ['\xfd7zXZ\0', { refused: 'an xz file' }],
];

/** The longest beginning, in bytes. */
const lookAt = 16;

/**
 * What a file is, by its first bytes: its name may say anything.
 *
 * @throws FaultError `file-kind-unsupported` for pictures, archives and documents that are known and not taken
 */
export function fileKindOf(bytes: Uint8Array): FileKind {
  const kind = knownKindOf(bytes);
  if (typeof kind === 'string') return kind;
  throw new FaultError({
    code: 'file-kind-unsupported',
    message: `This is ${kind.refused}, which Adit does not read.`,
    hint: 'It takes .conf files, .zip files of them, and QR codes in PNG or JPEG pictures.',
  });
}

/** Whether a file begins as a .zip does. */
export function isZip(bytes: Uint8Array): boolean {
  return knownKindOf(bytes) === 'zip';
}

function knownKindOf(bytes: Uint8Array): FileKind | { readonly refused: string } {
  const start = Buffer.from(bytes.subarray(0, lookAt)).toString('latin1');
  return beginnings.find(([text, , offset = 0]) => start.startsWith(text, offset))?.[1] ?? 'text';
}
