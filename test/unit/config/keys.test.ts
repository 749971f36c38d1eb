import { describe, expect, it } from 'vitest';
import {
  generateKeyPair,
  generatePresharedKey,
  isKey,
  publicKeyOf,
  sameKey,
} from '../../../shared/config/index.ts';
import { fromBase64, toBase64 } from '../../../shared/config/keys/base64.ts';
import { clampedKey } from '../../../shared/config/keys/key-pair.ts';
import { keyProblem } from '../../../shared/config/values/key.ts';

describe('a key pair', () => {
  it('is made of the random bytes it is given, clamped', () => {
    const { privateKey, publicKey } = generateKeyPair((count) => new Uint8Array(count).fill(0xff));
    expect(privateKey).toBe('+P///////////////////////////////////////38=');
    expect(publicKey).toBe(publicKeyOf(privateKey));
  });

  it('is new every time', () => {
    const { privateKey } = generateKeyPair();
    expect(isKey(privateKey)).toBe(true);
    expect(privateKey).not.toBe(generateKeyPair().privateKey);
    expect(clampedKey(privateKey)).toBe(privateKey);
  });

  it('has the public keys of the seeds', () => {
    expect(publicKeyOf('IFhAyIWY7sZmabsqDDESj9fqoniE/uZFNIvAfYHjN2o=')).toBe(
      'OzdH42suuOpVY5wxPrxM+rEAyEPFg2eL0ZI29N7eSTY=',
    );
    expect(publicKeyOf('wD595KeTPKBDneKWOTUjJQjxZ5RrlxsbeEsWL0gbyn8=')).toBe(
      '9ABX0eLM8OsWi+lWepMYQkRaGqi2Rc1wHy5UIZyhBiU=',
    );
  });

  it('has none for what is no private key', () => {
    expect(publicKeyOf('略')).toBeNull();
    expect(publicKeyOf(`${'A'.repeat(43)}=`)).toBeNull();
  });
});

describe('a preshared key', () => {
  it('is 32 random bytes', () => {
    expect(generatePresharedKey((count) => new Uint8Array(count).fill(1))).toBe(
      'AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=',
    );
    expect(isKey(generatePresharedKey())).toBe(true);
  });
});

describe('sameKey', () => {
  it('compares bytes', () => {
    const { privateKey, publicKey } = generateKeyPair();
    expect(sameKey(privateKey, privateKey)).toBe(true);
    expect(sameKey(privateKey, publicKey)).toBe(false);
    expect(sameKey('略', '略')).toBe(false);
  });
});

describe('what keeps a text from being a key', () => {
  it.each([
    ['JgvmQFmhUtUoS3xFMFwEgP3L1Wnd8hJc3laJ90Gwzko=', null],
    ['kUWTgCf3xlwTTCiayz7Jmo6TpHfNWc2H2NuM6ajQMML=', 'spare-bits'],
    ['JgvmQFmhUtUoS3xFMFwEgP3L1Wnd8hJc3laJ90Gwzko', 'length'],
    ['JgvmQFmhUtUoS3xFMFwEgP3L1Wnd8hJc3laJ90GwzkoA', 'padding'],
    ['JgvmQFmhUtUoS3xFMFwEgP3L1Wnd8hJc3laJ90Gw-_o=', 'url-alphabet'],
    ['JgvmQFmhUtUoS3xFMFwEgP3L1Wnd8hJc3laJ90Gwz.o=', 'alphabet'],
    ['JgvmQFmhUtUoS3xFMFwEgP3L1Wnd8hJc3laJ90Gwzk==', 'alphabet'],
  ] as const)('%s: %s', (text, problem) => {
    expect(keyProblem(text)).toBe(problem);
    expect(isKey(text)).toBe(problem === null);
  });
});

describe('base64', () => {
  it.each([0, 1, 2, 3, 31, 32, 33])('writes and reads %i bytes as Node does', (length) => {
    const bytes = Uint8Array.from({ length }, (_, at) => (at * 37 + 11) & 255);
    expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
    expect(fromBase64(toBase64(bytes))).toEqual(bytes);
  });

  it.each(['A', 'AA', 'AAA', 'A===', 'AB==', 'AAB=', 'AA=A', 'AA A', '====', '-_=='])(
    'refuses %j',
    (text) => {
      expect(fromBase64(text)).toBeNull();
    },
  );
});
