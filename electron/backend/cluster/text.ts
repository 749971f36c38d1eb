/**
 * The text in a file: in UTF-8 or, as PowerShell saves it, in UTF-16. The marks of byte order that begin it, and that begin further lines
 * where files were joined, are no part of it.
 */
export function textIn(bytes: Buffer): string {
  return decoded(bytes).replace(/^\u{feff}/gmu, '');
}

function decoded(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  return bytes.toString('utf8');
}
