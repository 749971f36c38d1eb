import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compareAddresses,
  formatAddress,
  parseAddress,
  sameAddress,
} from '../../../shared/network/address.ts';
import type { Address } from '../../../shared/network/address.ts';
import { describeWith } from '../machine.ts';

/** What the C library says of each text: its canonical form, or null where `inet_pton` refuses it. */
function byCLibrary(texts: readonly string[]): (string | null)[] {
  const program = `
import json, socket, sys
def canonical(text):
    family = socket.AF_INET6 if ':' in text else socket.AF_INET
    try:
        return socket.inet_ntop(family, socket.inet_pton(family, text))
    except (OSError, ValueError):
        return None
json.dump([canonical(text) for text in json.load(sys.stdin)], sys.stdout)
`;
  const { stdout } = spawnSync('python3', ['-c', program], {
    input: JSON.stringify(texts),
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  return JSON.parse(stdout) as (string | null)[];
}

function byUs(text: string): string | null {
  const address = parseAddress(text);
  return address === null ? null : formatAddress(address);
}

/** The texts, with both readings, on which we and the C library differ. */
function disagreements(texts: readonly string[]): [string, string | null, string | null][] {
  const theirs = byCLibrary(texts);
  return texts
    .map((text, index): [string, string | null, string | null] => [text, byUs(text), theirs[index] ?? null])
    .filter(([, ours, other]) => ours !== other);
}

const group = fc.oneof(
  { arbitrary: fc.constant('0'), weight: 3 },
  { arbitrary: fc.integer({ min: 0, max: 0xffff }).map((value) => value.toString(16)), weight: 3 },
  fc.constantFrom('ffff', 'FFFF', '0000', '00ab', '10000', 'g', ''),
);
const octet = fc.oneof(
  { arbitrary: fc.integer({ min: 0, max: 255 }).map(String), weight: 5 },
  fc.constantFrom('256', '00', '01', '1000', '', '-1', '+1', '0x1', ' 1'),
);
const dotted = fc.array(octet, { minLength: 1, maxLength: 5 }).map((octets) => octets.join('.'));
const quad = fc.ipV4();
const colons = fc.array(group, { minLength: 1, maxLength: 9 }).map((groups) => groups.join(':'));
const withGap = fc.tuple(colons, colons).map(([left, right]) => `${left}::${right}`);
const withQuad = fc.tuple(fc.oneof(colons, withGap), fc.oneof(quad, dotted)).map((parts) => parts.join(':'));
const noise = fc.string({ unit: fc.constantFrom(...'0123456789abfF:.:.%/ x'.split('')), maxLength: 24 });

/** Texts that look like addresses, many of them almost right. */
const addressLike = fc.oneof(quad, dotted, fc.ipV6(), colons, withGap, withQuad, noise).chain((text) =>
  fc.oneof(
    { arbitrary: fc.constant(text), weight: 4 },
    fc
      .tuple(fc.nat(text.length), fc.constantFrom(':', '.', '0', 'f', '%', ' '))
      .map(([at, character]) => text.slice(0, at) + character + text.slice(at)),
    fc.nat(text.length).map((at) => text.slice(0, at) + text.slice(at + 1)),
  ),
);

/** Addresses with many zero groups, where the canonical text has its special cases. */
const sparseIPv6 = fc
  .array(fc.oneof(fc.constant(0), fc.constant(0xffff), fc.integer({ min: 0, max: 0xffff })), {
    minLength: 8,
    maxLength: 8,
  })
  .map((groups) => groups.map((value) => value.toString(16)).join(':'));

describeWith(['python3'], 'an address, against the C library', () => {
  const seed = Date.now();

  it('is read where inet_pton reads it, and refused where it refuses', () => {
    const texts = fc.sample(addressLike, { seed, numRuns: 20_000 });
    expect(disagreements(texts), `seed ${seed}`).toEqual([]);
  });

  it('is printed as inet_ntop prints it', () => {
    const texts = fc.sample(fc.oneof(sparseIPv6, quad), { seed, numRuns: 20_000 });
    expect(disagreements(texts), `seed ${seed}`).toEqual([]);
  });
});

describe('an address', () => {
  it.each([
    ['203.0.113.2', '203.0.113.2'],
    ['0.0.0.0', '0.0.0.0'],
    ['255.255.255.255', '255.255.255.255'],
    ['::', '::'],
    ['::1', '::1'],
    ['::1.2.3.4', '::1.2.3.4'],
    ['::FFFF:10.0.0.1', '::ffff:10.0.0.1'],
    ['::ffff:0:10.0.0.1', '::ffff:0:a00:1'],
    ['2001:DB8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
    ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
    ['0:2:3:4:5:6:7:8', '0:2:3:4:5:6:7:8'],
  ])('%s has the canonical text %s', (text, canonical) => {
    expect(byUs(text)).toBe(canonical);
  });

  it.each([
    '',
    '127.1',
    '010.0.0.0',
    '1.2.3.4.5',
    '1.2.3.256',
    '1.2.3.',
    '.1.2.3',
    ' 1.2.3.4',
    '٣.2.3.4',
    ':',
    ':::',
    ':1',
    '1:',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7:8::',
    '12345::',
    'fe80::1%eth0',
    '::1.2.3',
    '1:2:3:4:5:6:7:1.2.3.4',
    '[::1]',
  ])('%j is none', (text) => {
    expect(parseAddress(text)).toBeNull();
  });

  const address: fc.Arbitrary<Address> = fc.oneof(
    fc.nat(0xffff_ffff).map((word): Address => ({ family: 4, words: [word] })),
    fc
      .array(fc.oneof(fc.nat(0xffff_ffff), fc.constantFrom(0, 0xffff, 0x8000_0000)), {
        minLength: 4,
        maxLength: 4,
      })
      .map((words): Address => ({ family: 6, words })),
  );

  it('survives being printed and read', () => {
    fc.assert(
      fc.property(address, (value) => {
        expect(parseAddress(formatAddress(value))).toEqual(value);
      }),
    );
  });

  it('is ordered by family and then by its number', () => {
    const rank = ({ family, words }: Address): bigint =>
      words.reduce((sum, word) => sum * 2n ** 32n + BigInt(word), family === 4 ? 0n : 1n);
    fc.assert(
      fc.property(address, address, (a, b) => {
        const expected =
          a.family !== b.family ? a.family - b.family : Number(rank(a) > rank(b)) - Number(rank(a) < rank(b));
        expect(Math.sign(compareAddresses(a, b))).toBe(Math.sign(expected));
        expect(sameAddress(a, b)).toBe(expected === 0);
      }),
    );
    expect(sameAddress({ family: 4, words: [1] }, { family: 6, words: [1, 0, 0, 0] })).toBe(false);
  });
});
