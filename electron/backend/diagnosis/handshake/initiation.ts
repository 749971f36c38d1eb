import { randomBytes } from 'node:crypto';
import { chacha20poly1305 } from '@noble/ciphers/chacha.js';
import { blake2s } from '@noble/hashes/blake2.js';
import { hkdf } from '@noble/hashes/hkdf.js';
import nacl from 'tweetnacl';

/**
 * The first two messages of WireGuard, as far as it takes to see whether a peer answers.
 *
 * @see WireGuard whitepaper, sections 5.4.2 to 5.4.4
 */

const construction = Buffer.from('Noise_IKpsk2_25519_ChaChaPoly_BLAKE2s');
const identifier = Buffer.from('WireGuard v1 zx2c4 Jason@zx2c4.com');
const macLabel = Buffer.from('mac1----');

/** Bytes, and where what they hold begins. */
const initiationSize = 148;
const response = { size: 92, receiver: 8, ephemeral: 12, nothing: 44, end: 60 } as const;

const keySize = 32;

/** Each key seals once. */
const nonce = new Uint8Array(12);

/** 2^62 and ten leap seconds: what the time has to be added to (https://cr.yp.to/libtai/tai64.html). */
const tai64Base = 0x4000_0000_0000_000an;

/** Nanoseconds are told so coarsely, as WireGuard does, that nobody learns how fast this machine is. */
const coarse = 0xff00_0000;

/** The 32 bytes of each key that a handshake takes. */
export interface HandshakeKeys {
  readonly privateKey: Uint8Array;
  readonly peerKey: Uint8Array;
}

/** A handshake that was begun. */
export interface Initiation {
  /** What is sent. */
  readonly message: Buffer;
  /** Whether a message is the peer's answer with this preshared key; null where it is no answer to this one. @param presharedKey zeros are none */
  readonly opens: (answer: Uint8Array, presharedKey: Uint8Array) => boolean | null;
}

/** Begins a handshake. @param now milliseconds since 1970 */
export function initiate({ privateKey, peerKey }: HandshakeKeys, now: number): Initiation {
  const index = randomBytes(4);
  const own = nacl.box.keyPair();
  let chain: Uint8Array = blake2s(construction);
  let hash = hashOf(hashOf(chain, identifier), peerKey);
  const absorb = (part: Uint8Array): void => {
    hash = hashOf(hash, part);
  };
  const mixIn = (input: Uint8Array): Uint8Array => {
    const [next, key] = derive(chain, input);
    chain = next;
    return key;
  };

  chain = derive(chain, own.publicKey)[0];
  absorb(own.publicKey);
  const sealedKey = seal(
    mixIn(nacl.scalarMult(own.secretKey, peerKey)),
    nacl.scalarMult.base(privateKey),
    hash,
  );
  absorb(sealedKey);
  const sealedTime = seal(mixIn(nacl.scalarMult(privateKey, peerKey)), timestamp(now), hash);
  absorb(sealedTime);

  const body = Buffer.concat([Buffer.of(1, 0, 0, 0), index, own.publicKey, sealedKey, sealedTime]);
  const mac = blake2s(body, { dkLen: 16, key: hashOf(macLabel, peerKey) });
  const message = Buffer.concat([body, mac], initiationSize);

  const opens = (answer: Uint8Array, presharedKey: Uint8Array): boolean | null => {
    const isAnswer =
      answer.length === response.size &&
      answer[0] === 2 &&
      index.equals(answer.subarray(response.receiver, response.receiver + 4));
    if (!isAnswer) return null;
    const theirs = answer.subarray(response.ephemeral, response.nothing);
    let answered = derive(chain, theirs)[0];
    answered = derive(answered, nacl.scalarMult(own.secretKey, theirs))[0];
    answered = derive(answered, nacl.scalarMult(privateKey, theirs))[0];
    const [, fromPresharedKey, key] = derive(answered, presharedKey);
    const heard = hashOf(hashOf(hash, theirs), fromPresharedKey);
    return isSealedNothing(answer.subarray(response.nothing, response.end), key, heard);
  };
  return { message, opens };
}

function hashOf(...parts: readonly Uint8Array[]): Uint8Array {
  return blake2s(Buffer.concat(parts));
}

/** Three keys from a key and an input. */
function derive(key: Uint8Array, input: Uint8Array): readonly [Uint8Array, Uint8Array, Uint8Array] {
  const keys = hkdf(blake2s, input, key, undefined, 3 * keySize);
  return [keys.subarray(0, keySize), keys.subarray(keySize, 2 * keySize), keys.subarray(2 * keySize)];
}

function seal(key: Uint8Array, plain: Uint8Array, associated: Uint8Array): Uint8Array {
  return chacha20poly1305(key, nonce, associated).encrypt(plain);
}

function isSealedNothing(sealed: Uint8Array, key: Uint8Array, associated: Uint8Array): boolean {
  try {
    return chacha20poly1305(key, nonce, associated).decrypt(sealed).length === 0;
  } catch {
    return false;
  }
}

function timestamp(now: number): Buffer {
  const bytes = Buffer.alloc(12);
  bytes.writeBigUInt64BE(tai64Base + BigInt(Math.floor(now / 1000)));
  bytes.writeUInt32BE((((now % 1000) * 1_000_000) & coarse) >>> 0, 8);
  return bytes;
}
