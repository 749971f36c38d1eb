import { describe, expect, it } from 'vitest';
import { formatDestination, parseDestination } from '../../../shared/diagnosis/diagnosis.ts';
import {
  addressesAround,
  carrierOf,
  greetingsFor,
  ownNetworks,
  podAddresses,
} from '../../../shared/diagnosis/targets.ts';
import { parseAddress } from '../../../shared/network/address.ts';
import type { Address } from '../../../shared/network/address.ts';
import { formatPrefix, parsePrefix } from '../../../shared/network/prefix.ts';
import { peerStatus, tunnelStatus } from '../tunnel/statuses.ts';

function address(text: string): Address {
  const parsed = parseAddress(text);
  if (parsed === null) throw new Error(`no address: ${text}`);
  return parsed;
}

const relay = peerStatus('relay', { allowedIps: ['10.200.200.0/24', '172.24.135.0/24'] });
const phone = peerStatus('phone', { allowedIps: ['10.200.200.7/32'] });
const office = tunnelStatus({ addresses: ['10.200.200.11/24'], peers: [relay, phone] });

describe('who is asked', () => {
  it('is carried by the peer with the longest prefix', () => {
    const carried = ['10.200.200.8', '10.200.200.7', '192.0.2.1'].map((text) => {
      const carrier = carrierOf(address(text), office.peers);
      return carrier === null ? null : [carrier.publicKey, formatPrefix(carrier.prefix)];
    });
    expect(carried).toEqual([['relay', '10.200.200.0/24'], ['phone', '10.200.200.7/32'], null]);
  });

  it('of a peer is its own address, or anybody behind it by a packet that ends at the peer', () => {
    expect(greetingsFor(phone, office)).toEqual([{ address: '10.200.200.7', hops: null }]);
    expect(greetingsFor(relay, office)).toEqual([
      { address: '10.200.200.1', hops: 1 },
      { address: '172.24.135.1', hops: 1 },
    ]);
  });

  it('of a full tunnel is an address that nobody has', () => {
    const peer = peerStatus('all', { allowedIps: ['0.0.0.0/0', '::/0'] });
    const full = tunnelStatus({ addresses: ['10.0.0.2/32', 'fd00::2/128'], peers: [peer] });
    expect(greetingsFor(peer, full).map((greeting) => greeting.address)).toEqual([
      '192.0.2.1',
      '2001:db8::1',
    ]);
  });

  it('is never ourselves, nor of a family that the interface has no address of', () => {
    const peer = peerStatus('one', { allowedIps: ['10.0.0.5/32', '10.0.0.4/30', '::/0'] });
    const tunnel = tunnelStatus({ addresses: ['10.0.0.5/30'], peers: [peer] });
    expect(greetingsFor(peer, tunnel)).toEqual([{ address: '10.0.0.6', hops: 1 }]);
  });

  it('around an address are at most 254, without the ends, ourselves and what another peer carries', () => {
    const [own] = ownNetworks(office);
    if (own === undefined) throw new Error('a /24 is a network');
    const found = addressesAround(own.address, own.network, office, 'relay');
    expect(found).toHaveLength(252);
    for (const none of ['10.200.200.0', '10.200.200.255', '10.200.200.11', '10.200.200.7'])
      expect(found).not.toContain(none);
    const wide = parsePrefix('172.24.0.0/16');
    const far = tunnelStatus({ peers: [peerStatus('far', { allowedIps: ['172.24.0.0/16'] })] });
    if (wide === null) throw new Error('a prefix');
    const near = addressesAround(address('172.24.135.45'), wide, far, 'far');
    expect([near[0], near.at(-1), near.length]).toEqual(['172.24.135.1', '172.24.135.254', 254]);
  });
});

describe('a destination', () => {
  it.each([
    ['10.43.0.80', { host: '10.43.0.80', port: null }],
    ['10.43.0.80:80', { host: '10.43.0.80', port: 80 }],
    ['web.default.svc:8080', { host: 'web.default.svc', port: 8080 }],
    ['fd00::1', { host: 'fd00::1', port: null }],
    ['[fd00::1]:443', { host: 'fd00::1', port: 443 }],
  ])('%s is read and written back', (text, destination) => {
    expect(parseDestination(text)).toEqual(destination);
    expect(formatDestination(destination)).toBe(text);
  });

  it.each(['', 'a b', '10.0.0.1:0', '10.0.0.1:65536', '10.0.0.1:', '[fd00::1', 'x:y', ':80'])(
    'is not %j',
    (text) => {
      expect(parseDestination(text)).toBeNull();
    },
  );
});

describe('the networks of Pods beside a Service', () => {
  it('are asked at their first address, four at most, and neither Services nor single hosts nor everything', () => {
    const nodes = ['a', 'b', 'c', 'd', 'e'].map((key, index) =>
      peerStatus(key, {
        allowedIps: [`10.0.0.${index}/32`, `10.42.${index}.0/24`, '10.43.0.0/16', '0.0.0.0/0'],
      }),
    );
    const tunnel = tunnelStatus({ peers: nodes });
    expect(podAddresses(address('10.43.0.80'), tunnel)).toEqual(
      [0, 1, 2, 3].map((index) => `10.42.${index}.1`),
    );
    expect(podAddresses(address('fd00:43::1'), tunnel)).toEqual([]);
  });
});
