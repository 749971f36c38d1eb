import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { publicKeyOf } from '../../../electron/helper/system/public-key.ts';
import { publicKeyOf as publicKeyByTweetnacl } from '../../../shared/config/index.ts';

describe('the public key of a private one', () => {
  it('is the one that the language of configurations finds', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (bytes) => {
        const key = Buffer.from(bytes).toString('base64');
        expect(publicKeyOf(key)).toBe(publicKeyByTweetnacl(key) ?? publicKeyOf(key));
      }),
      { numRuns: 50 },
    );
  });

  it('is that of the seeds', () => {
    expect(publicKeyOf('wD595KeTPKBDneKWOTUjJQjxZ5RrlxsbeEsWL0gbyn8=')).toBe(
      '9ABX0eLM8OsWi+lWepMYQkRaGqi2Rc1wHy5UIZyhBiU=',
    );
  });
});
