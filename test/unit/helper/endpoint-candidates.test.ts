import { describe, expect, it } from 'vitest';
import { inOrderOfReach, nextCandidate, withinReach } from '../../../electron/helper/endpoints/candidates.ts';
import { addressesOf } from '../../../electron/helper/endpoints/hosts-file.ts';
import { LineReader } from '../../../electron/helper/endpoints/wire.ts';
import { routeTo } from './routes.ts';

const both = ['2001:db8::2', '203.0.113.2', '203.0.113.3'];

describe('the addresses of a name', () => {
  it('are tried as they came where every one can be reached, IPv6 first', () => {
    const routes = both.map((address) => routeTo(address));
    expect(inOrderOfReach(both, routes)).toEqual(both);
    expect(inOrderOfReach(['203.0.113.2', '2001:db8::2'], routes)).toEqual(['2001:db8::2', '203.0.113.2']);
  });

  it('that no route leads to are tried last', () => {
    expect(inOrderOfReach(both, [routeTo('203.0.113.3')])).toEqual([
      '203.0.113.3',
      '2001:db8::2',
      '203.0.113.2',
    ]);
    expect(inOrderOfReach(both, [routeTo('2001:db8::2', { device: null }), routeTo('203.0.113.2')])[0]).toBe(
      '203.0.113.2',
    );
  });

  it.each(['fd00::5', 'fe80::5'])(
    'of IPv6 come behind IPv4 where the machine has only %s for them',
    (source) => {
      const routes = [routeTo('2001:db8::2', { source }), routeTo('203.0.113.2')];
      expect(inOrderOfReach(both.slice(0, 2), routes)).toEqual(['203.0.113.2', '2001:db8::2']);
      const inside = [routeTo('fd00::2', { source }), routeTo('203.0.113.2')];
      expect(inOrderOfReach(['fd00::2', '203.0.113.2'], inside)[0]).toBe('fd00::2');
    },
  );

  it('within reach are those that a route leads to, and all where none does', () => {
    expect(withinReach(both, [routeTo('203.0.113.3')])).toEqual(['203.0.113.3']);
    expect(withinReach(both, [])).toEqual(both);
  });

  it('are gone through in turn, from the first', () => {
    expect([null, both[0], both[2], 'another'].map((now) => nextCandidate(both, now ?? null))).toEqual([
      both[0],
      both[1],
      both[0],
      both[0],
    ]);
    expect(nextCandidate([], null)).toBeUndefined();
  });
});

describe('/etc/hosts', () => {
  const hosts = `127.0.0.1 localhost
203.0.113.2\tRelay.example  relay # our own
2001:db8::2 relay.example
203.0.113.3 relay.example
# 203.0.113.9 relay.example
no-address relay.example
`;

  it('gives a name its addresses, in any case, those of IPv6 first', () => {
    expect(addressesOf('relay.EXAMPLE.', hosts)).toEqual(['2001:db8::2', '203.0.113.2', '203.0.113.3']);
    expect(addressesOf('relay', hosts)).toEqual(['203.0.113.2']);
  });

  it.each(['example', 'our', 'elay', '203.0.113.2', ''])('gives nothing for %j', (name) => {
    expect(addressesOf(name, hosts)).toEqual([]);
  });
});

describe('the lines of a stream', () => {
  it('are put together from whatever parts they come in', () => {
    const text = '{"id":1}\n{"id":2}\n\n{"id"';
    for (let size = 1; size < text.length; size += 1) {
      const reader = new LineReader();
      const lines: string[] = [];
      for (let at = 0; at < text.length; at += size) lines.push(...reader.take(text.slice(at, at + size)));
      expect(lines).toEqual(['{"id":1}', '{"id":2}', '']);
    }
  });

  it('are refused where one has no end', () => {
    const reader = new LineReader();
    reader.take('x'.repeat(8_000));
    expect(() => reader.take('x'.repeat(8_000))).toThrow(RangeError);
  });
});
