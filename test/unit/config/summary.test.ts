import { describe, expect, it } from 'vitest';
import { parse, summarise } from '../../../shared/config/index.ts';

const secret = 'wD595KeTPKBDneKWOTUjJQjxZ5RrlxsbeEsWL0gbyn8=';

describe('a summary', () => {
  it('says what a list shows', () => {
    const text = `[Interface]\n# Name = Home\nPrivateKey = ${secret}\nAddress = 10.0.0.5\n[Peer] # aws\nPublicKey = JgvmQFmhUtUoS3xFMFwEgP3L1Wnd8hJc3laJ90Gwzko=\nEndpoint = AWS.com : 51820\nAllowedIPs = 10.0.0.1/8\n`;
    expect(summarise(parse(text))).toEqual({
      label: 'Home',
      addresses: ['10.0.0.5/32'],
      publicKey: '9ABX0eLM8OsWi+lWepMYQkRaGqi2Rc1wHy5UIZyhBiU=',
      peers: [
        {
          publicKey: 'JgvmQFmhUtUoS3xFMFwEgP3L1Wnd8hJc3laJ90Gwzko=',
          name: 'aws',
          endpoint: 'AWS.com:51820',
          allowedIps: ['10.0.0.0/8'],
        },
      ],
      errors: 0,
      warnings: 1,
    });
  });

  it('counts errors of a file that is none, and leaves empty what it has not', () => {
    expect(summarise(parse('what\n[Peer]\nPublicKey = 略\nEndpoint = 略\n'))).toEqual({
      label: null,
      addresses: [],
      publicKey: null,
      peers: [{ publicKey: '', name: null, endpoint: null, allowedIps: [] }],
      errors: 4,
      warnings: 1,
    });
  });

  it.each([
    ['as a public key', `[Interface]\nPrivateKey = ${secret}\n[Peer]\nPublicKey = ${secret}\n`],
    ['as a name', `[Interface]\n# Name = ${secret}\n[Peer] # ${secret}\n`],
    ['as an endpoint', `[Peer]\nEndpoint = ${secret}\n`],
    ['as an address', `[Interface]\nAddress = ${secret}\n`],
  ])('holds no private key that was put in %s', (_, text) => {
    expect(JSON.stringify(summarise(parse(text)))).not.toContain(secret.slice(0, 20));
  });
});
