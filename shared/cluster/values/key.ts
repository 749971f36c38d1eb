import { base64Alphabet, isKey, zeroKey } from '../../config/index.ts';
import type { KeyText } from '../../tunnel/status.ts';

/**
 * Reads a key as Kilo does: line ends in it are passed over, and so are the two bits behind the 32 bytes.
 *
 * @returns the key as `wg` writes it; null where it is none, or all zeros, which Kilo takes for none
 * @see wgtypes.ParseKey; Go encoding/base64 StdEncoding
 */
export function parseMeshKey(text: string): KeyText | null {
  const key = isKey(text) ? text : canonical(text.replace(/[\r\n]/g, ''));
  return key === zeroKey ? null : key;
}

function canonical(text: string): KeyText | null {
  if (!/^[A-Za-z0-9+/]{43}=$/.test(text)) return null;
  const last = base64Alphabet.indexOf(text.charAt(42));
  return `${text.slice(0, 42)}${base64Alphabet.charAt(last & ~3)}=`;
}
