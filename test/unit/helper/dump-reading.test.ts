import { describe, expect, it } from 'vitest';
import { DumpDecoder } from '../../../electron/helper/engine/dump-reading.ts';

const device = 'cHJpdmF0ZQ==\tcHVibGlj\t51820\t0x20ad';
const quiet = ['a=', '(none)', '(none)', '(none)', '0', '0', '0', 'off'].join('\t');
const busy = [
  'b=',
  'cHNr',
  '[2001:db8::2]:51820',
  '10.0.0.0/8,fd00::/8',
  '1700000000',
  '348',
  '436',
  '25',
].join('\t');

function dump(...lines: string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}

describe('reading the kernel’s engine', () => {
  it('gives everything the first time, and no secret', () => {
    const change = new DumpDecoder().decode(dump(device, quiet, busy));
    expect(change).toEqual({
      device: { listenPort: 51_820, fwMark: 0x20ad },
      peers: [
        {
          publicKey: 'a=',
          endpoint: null,
          allowedIps: [],
          latestHandshake: 0,
          rxBytes: 0,
          txBytes: 0,
          persistentKeepalive: null,
        },
        {
          publicKey: 'b=',
          endpoint: '[2001:db8::2]:51820',
          allowedIps: ['10.0.0.0/8', 'fd00::/8'],
          latestHandshake: 1_700_000_000_000,
          rxBytes: 348,
          txBytes: 436,
          persistentKeepalive: 25,
        },
      ],
      removedPeers: [],
    });
    expect(JSON.stringify(change)).not.toMatch(/cHJpdmF0ZQ|cHNr/);
  });

  it('gives nothing where only the order of the peers is another', () => {
    const decoder = new DumpDecoder();
    decoder.decode(dump(device, quiet, busy));
    expect(decoder.decode(dump(device, busy, quiet))).toEqual({ device: null, peers: [], removedPeers: [] });
  });

  it('gives just what changed', () => {
    const decoder = new DumpDecoder();
    decoder.decode(dump(device, quiet, busy));
    const change = decoder.decode(dump(device, quiet, busy.replace('\t348\t', '\t349\t')));
    expect(change.peers.map(({ publicKey, rxBytes }) => [publicKey, rxBytes])).toEqual([['b=', 349]]);
    expect(change.device).toBeNull();
  });

  it('tells of peers that went, once', () => {
    const decoder = new DumpDecoder();
    decoder.decode(dump(device, quiet, busy));
    expect(decoder.decode(dump(device, busy)).removedPeers).toEqual(['a=']);
    expect(decoder.decode(dump(device, busy)).removedPeers).toEqual([]);
  });

  it('takes a mark that is off, and no port, for none', () => {
    const decoder = new DumpDecoder();
    expect(decoder.decode(dump('(none)\t(none)\t0\toff')).device).toEqual({ listenPort: null, fwMark: null });
  });
});
