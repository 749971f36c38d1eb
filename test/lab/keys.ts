import { createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto';

/** A WireGuard key pair in base64, as `wg genkey` and `wg pubkey` give it. */
export interface KeyPair {
  readonly privateKey: string;
  readonly publicKey: string;
}

/** What stands before the 32 bytes of an X25519 private key in PKCS #8 (RFC 8410, section 7). */
const PKCS8_HEADER = Buffer.from('302e020100300506032b656e04220420', 'hex');

/**
 * A new key pair. Every lab has its own: no key of a test is worth copying, and none can be relied upon. Made here
 * rather than by `wg genkey` because a scenario wants a dozen and each would cost two processes.
 */
export function newKeyPair(): KeyPair {
  const { privateKey } = generateKeyPairSync('x25519');
  const bytes = privateKey.export({ type: 'pkcs8', format: 'der' }).subarray(-32);
  // Clamped as `wg genkey` does (RFC 7748, section 5), so that the text is canonical.
  bytes.writeUInt8(bytes.readUInt8(0) & 248, 0);
  bytes.writeUInt8((bytes.readUInt8(31) & 127) | 64, 31);
  const clamped = createPrivateKey({
    key: Buffer.concat([PKCS8_HEADER, bytes]),
    type: 'pkcs8',
    format: 'der',
  });
  const publicKey = createPublicKey(clamped).export({ type: 'spki', format: 'der' }).subarray(-32);
  return { privateKey: bytes.toString('base64'), publicKey: publicKey.toString('base64') };
}

/** A new preshared key in base64, as `wg genpsk` gives it. */
export function newPresharedKey(): string {
  return randomBytes(32).toString('base64');
}
