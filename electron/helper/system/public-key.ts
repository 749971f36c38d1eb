import { createPrivateKey, createPublicKey } from 'node:crypto';
import type { KeyText } from '../../../shared/tunnel/status.ts';

/** What stands before the 32 bytes of a private key of Curve25519 in PKCS #8 (RFC 8410 section 7). */
const privateHead = Buffer.from('302e020100300506032b656e04220420', 'hex');

/** Bytes of a key, the last ones of its public form in SPKI (RFC 8410 section 4). */
const keyBytes = 32;

/**
 * The public key of a private one, by Node's own cryptography: fifty times as fast as the library that serves where there is no
 * Node.
 */
export function publicKeyOf(privateKey: KeyText): KeyText {
  const key = createPrivateKey({
    key: Buffer.concat([privateHead, Buffer.from(privateKey, 'base64')]),
    format: 'der',
    type: 'pkcs8',
  });
  const spki = createPublicKey(key).export({ format: 'der', type: 'spki' });
  return spki.subarray(spki.length - keyBytes).toString('base64');
}
