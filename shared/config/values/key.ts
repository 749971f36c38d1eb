import { base64Alphabet, toBase64 } from '../keys/base64.ts';

/** Characters in a key. */
export const keyLength = 44;

/** The all-zero key: as a preshared key none, as a private key none, as a public key nobody's. */
export const zeroKey = `${'A'.repeat(43)}=`;

/**
 * Why a text is no key.
 *
 * - `length`: not 44 characters
 * - `padding`: the last one is not `=`
 * - `alphabet`: a character outside of standard base64
 * - `url-alphabet`: base64url, `-` and `_` for `+` and `/`
 * - `spare-bits`: character 43 carries bits beyond the 32 bytes; other decoders ignore them, `wg` refuses
 */
export type KeyProblem = 'length' | 'padding' | 'alphabet' | 'url-alphabet' | 'spare-bits';

/** For each ASCII character its value in base64, or -1. A table beats an expression where a file has ten thousand keys. */
const base64Values = Int8Array.from({ length: 128 }, (_, code) =>
  base64Alphabet.indexOf(String.fromCharCode(code)),
);

/** Whether a text, its blanks removed, is a key for `wg`: 32 bytes in canonical base64. */
export function isKey(text: string): boolean {
  if (text.length !== keyLength || text.charCodeAt(43) !== 0x3d) return false;
  let last = -1;
  for (let at = 0; at < 43; at += 1) {
    last = base64Values[text.charCodeAt(at)] ?? -1;
    if (last < 0) return false;
  }
  // Two bits of the last character are no part of the 32 bytes.
  return (last & 3) === 0;
}

/**
 * Says what keeps a text, its blanks removed, from being a key; null for a key.
 *
 * @see wireguard-tools src/encoding.c key_from_base64
 */
export function keyProblem(text: string): KeyProblem | null {
  if (isKey(text)) return null;
  if (text.length !== keyLength) return 'length';
  if (!text.endsWith('=')) return 'padding';
  const body = text.slice(0, 43);
  if (/^[A-Za-z0-9+/]*$/.test(body)) return 'spare-bits';
  return /^[A-Za-z0-9_-]*$/.test(body) ? 'url-alphabet' : 'alphabet';
}

/**
 * The key behind a spelling that `wg` refuses although it is clear: base64url, or 64 hexadecimal digits as the UAPI
 * writes them. Null where there is none.
 */
export function respelledKey(text: string): string | null {
  if (/^[0-9a-fA-F]{64}$/.test(text)) {
    return toBase64(Uint8Array.from({ length: 32 }, (_, at) => parseInt(text.slice(at * 2, at * 2 + 2), 16)));
  }
  const standard = text.replaceAll('-', '+').replaceAll('_', '/');
  if (isKey(standard)) return standard;
  return isKey(`${standard}=`) ? `${standard}=` : null;
}

/**
 * Whether a value stands in for a key that somebody still has to fill in, as `<Server_PrivateKey>`, `略` or `YOUR_KEY` do:
 * words in place of the 43 characters that no word is made of.
 */
export function isPlaceholder(text: string): boolean {
  if (isKey(text) || respelledKey(text) !== null) return false;
  if (/[^\0-\x7f]|^[<[({].*[>\])}]$|\.\.\.|\*\*\*/.test(text)) return true;
  return (
    text.length < 40 &&
    /your|key|server|client|peer|placeholder|change|replace|insert|here|example|xxx|todo|redacted|secret/i.test(
      text,
    )
  );
}
