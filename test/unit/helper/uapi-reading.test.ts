import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { base64OfHex, hexOfBase64, UapiDecoder } from '../../../electron/helper/engine/uapi-reading.ts';
import type { PeerReading } from '../../../electron/helper/engine/reading.ts';

/** A peer as wireguard-go prints it (device/uapi.go IpcGetOperation). */
function linesOf({ publicKey, endpoint, allowedIps, latestHandshake, ...counts }: PeerReading): string {
  return [
    `public_key=${hexOfBase64(publicKey)}`,
    `preshared_key=${'0'.repeat(64)}`,
    'protocol_version=1',
    ...(endpoint === null ? [] : [`endpoint=${endpoint}`]),
    `last_handshake_time_sec=${Math.floor(latestHandshake / 1000)}`,
    `last_handshake_time_nsec=${(latestHandshake % 1000) * 1_000_000 + 999_999}`,
    `tx_bytes=${counts.txBytes}`,
    `rx_bytes=${counts.rxBytes}`,
    `persistent_keepalive_interval=${counts.persistentKeepalive ?? 0}`,
    ...allowedIps.map((range) => `allowed_ip=${range}`),
    '',
  ].join('\n');
}

function answerOf(peers: readonly PeerReading[], device = 'listen_port=51820\nfwmark=8365\n'): Buffer {
  return Buffer.from(`private_key=${'a'.repeat(64)}\n${device}${peers.map(linesOf).join('')}`);
}

const key = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => Buffer.from(bytes).toString('base64'));

const reading: fc.Arbitrary<PeerReading> = fc.record({
  publicKey: key,
  endpoint: fc.option(fc.constantFrom('203.0.113.2:51820', '[2001:db8::2]:51820')),
  allowedIps: fc.uniqueArray(fc.constantFrom('10.0.0.0/8', '10.42.1.0/24', '::/0'), { maxLength: 3 }),
  latestHandshake: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 4_000_000_000_000 })),
  rxBytes: fc.nat(Number.MAX_SAFE_INTEGER),
  txBytes: fc.nat(1_000_000),
  persistentKeepalive: fc.option(fc.integer({ min: 1, max: 65_535 })),
});

const peers = fc.uniqueArray(reading, { maxLength: 12, selector: ({ publicKey }) => publicKey });

function byKey(readings: readonly PeerReading[]): PeerReading[] {
  return [...readings].sort((a, b) => (a.publicKey < b.publicKey ? -1 : 1));
}

describe('reading a user-space engine', () => {
  it('gives everything the first time', () => {
    fc.assert(
      fc.property(peers, (all) => {
        const change = new UapiDecoder().decode(answerOf(all));
        expect(change).toEqual({
          device: { listenPort: 51_820, fwMark: 8365 },
          peers: all,
          removedPeers: [],
        });
      }),
    );
  });

  it('gives nothing where only the order of the peers is another', () => {
    fc.assert(
      fc.property(
        peers.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
        ([all, shuffled]) => {
          const decoder = new UapiDecoder();
          decoder.decode(answerOf(all));
          expect(decoder.decode(answerOf(shuffled))).toEqual({ device: null, peers: [], removedPeers: [] });
        },
      ),
    );
  });

  it('gives just the peers that changed, came or went, in any order of the answer', () => {
    fc.assert(
      fc.property(
        peers,
        fc.array(fc.constantFrom('keep', 'drop', 'count'), { minLength: 12 }),
        reading,
        fc.boolean(),
        (all, fates, extra, reversed) => {
          const next = all.flatMap((peer, index) => {
            if (fates[index] === 'drop') return [];
            return [fates[index] === 'count' ? { ...peer, txBytes: peer.txBytes + 1 } : peer];
          });
          const isNew = all.every(({ publicKey }) => publicKey !== extra.publicKey);
          const answer = isNew ? [...next, extra] : next;
          const decoder = new UapiDecoder();
          decoder.decode(answerOf(all));
          const change = decoder.decode(answerOf(reversed ? [...answer].reverse() : answer));
          const changed = next.filter((peer) => !all.includes(peer));
          expect(byKey(change.peers)).toEqual(byKey(isNew ? [...changed, extra] : changed));
          expect([...change.removedPeers].sort()).toEqual(
            all
              .filter((_, index) => fates[index] === 'drop')
              .map(({ publicKey }) => publicKey)
              .sort(),
          );
          expect(change.device).toBeNull();
        },
      ),
    );
  });

  it('gives a peer again that went and came back', () => {
    const peer: PeerReading = {
      publicKey: base64OfHex('01'.repeat(32)),
      endpoint: null,
      allowedIps: [],
      latestHandshake: 0,
      rxBytes: 0,
      txBytes: 0,
      persistentKeepalive: null,
    };
    const decoder = new UapiDecoder();
    decoder.decode(answerOf([peer]));
    expect(decoder.decode(answerOf([])).removedPeers).toEqual([peer.publicKey]);
    expect(decoder.decode(answerOf([]))).toEqual({ device: null, peers: [], removedPeers: [] });
    expect(decoder.decode(answerOf([peer])).peers).toEqual([peer]);
  });

  it('tells when the interface itself changes, and what it sets none of', () => {
    const decoder = new UapiDecoder();
    decoder.decode(answerOf([]));
    expect(decoder.decode(answerOf([], 'listen_port=4444\n')).device).toEqual({
      listenPort: 4444,
      fwMark: null,
    });
    expect(decoder.decode(answerOf([], '')).device).toEqual({ listenPort: null, fwMark: null });
  });

  it('of bytes that are as many as before, but others, takes note', () => {
    const counting = (rxBytes: number): PeerReading => ({
      publicKey: base64OfHex('02'.repeat(32)),
      endpoint: null,
      allowedIps: [],
      latestHandshake: 0,
      rxBytes,
      txBytes: 0,
      persistentKeepalive: null,
    });
    const decoder = new UapiDecoder();
    decoder.decode(answerOf([counting(111)]));
    expect(decoder.decode(answerOf([counting(112)])).peers).toEqual([counting(112)]);
  });
});
