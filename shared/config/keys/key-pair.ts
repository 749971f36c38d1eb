import nacl from 'tweetnacl';
import type { KeyText } from '../../tunnel/status.ts';
import { isKey, zeroKey } from '../values/key.ts';
import { fromBase64, toBase64 } from './base64.ts';

/** Gives so many random bytes, fit for keys. */
export type RandomSource = (count: number) => Uint8Array;

const systemRandom: RandomSource = (count) => nacl.randomBytes(count);

/** The two halves of an identity. */
export interface KeyPair {
  readonly privateKey: KeyText;
  readonly publicKey: KeyText;
}

/**
 * A new identity, its private key clamped as `wg genkey` does.
 *
 * @param random 32 bytes from it become the key; by default the system's own source, through tweetnacl, which throws
 *   where there is none
 */
export function generateKeyPair(random: RandomSource = systemRandom): KeyPair {
  const secret = clamp(random(32));
  return { privateKey: toBase64(secret), publicKey: toBase64(nacl.scalarMult.base(secret)) };
}

/** A new preshared key: 32 random bytes, as `wg genpsk` makes it. */
export function generatePresharedKey(random: RandomSource = systemRandom): KeyText {
  return toBase64(random(32));
}

/**
 * The public key of a private one, as `wg pubkey` gives it.
 *
 * @returns null where the text is no key for `wg`, or all zeros, which is no key to a device
 */
export function publicKeyOf(privateKey: string): KeyText | null {
  const secret = isKey(privateKey) && privateKey !== zeroKey ? fromBase64(privateKey) : null;
  return secret === null ? null : toBase64(nacl.scalarMult.base(secret));
}

/**
 * A private key as a device keeps it: five bits are fixed by Curve25519, and WireGuard sets them when it takes the key.
 *
 * @returns null where the text is no key
 * @see RFC 7748 section 5
 */
export function clampedKey(privateKey: string): KeyText | null {
  const secret = isKey(privateKey) ? fromBase64(privateKey) : null;
  return secret === null ? null : toBase64(clamp(secret));
}

/** Whether two keys are the same, in a time that does not tell where they differ. */
export function sameKey(a: string, b: string): boolean {
  const left = fromBase64(a);
  const right = fromBase64(b);
  return left !== null && right !== null && nacl.verify(left, right);
}

function clamp(secret: Uint8Array): Uint8Array {
  const clamped = Uint8Array.from(secret);
  clamped[0] = (clamped[0] ?? 0) & 0xf8;
  clamped[31] = ((clamped[31] ?? 0) & 0x7f) | 0x40;
  return clamped;
}
