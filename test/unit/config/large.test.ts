import { describe, expect, it } from 'vitest';
import {
  diagnose,
  formatConf,
  hideKeys,
  parse,
  print,
  summarise,
  toTunnel,
} from '../../../shared/config/index.ts';

const key = 'JgvmQFmhUtUoS3xFMFwEgP3L1Wnd8hJc3laJ90Gwzko=';
const million = 1_000_000;

/** Texts that are hard on something: one line, very many lines, very many of one thing. `n` is a million, or less. */
const hard: readonly (readonly [string, (n: number) => string])[] = [
  ['10 MB of letters in one line', (n) => `[Interface]\nAddress = ${'x'.repeat(10 * n)}`],
  ['10 MB of blanks in one line', (n) => `[Peer]\nAllowedIPs = ${' '.repeat(10 * n)}x`],
  ['10 MB of alternating blanks', (n) => `[Peer]\nPublicKey = ${'a\r'.repeat(5 * n)}`],
  ['a key of blanks', (n) => `[Peer]\n${'P '.repeat(5 * n)}= x`],
  ['10 MB of commas', (n) => `[Peer]\nAllowedIPs = ${','.repeat(10 * n)}`],
  ['10 MB of prefixes', (n) => `[Peer]\nPublicKey = ${key}\nAllowedIPs = ${'10.0.0.1, '.repeat(n)}`],
  ['10 MB of digits', (n) => `[Interface]\nListenPort = ${'0'.repeat(10 * n)}1`],
  ['10 MB of dots', (n) => `[Peer]\nEndpoint = ${'1.'.repeat(5 * n)}:1`],
  ['10 MB of =', (n) => '='.repeat(10 * n)],
  ['10 MB of #', (n) => '#'.repeat(10 * n)],
  ['10 MB of NUL', (n) => '\0'.repeat(10 * n)],
  ['10 MB of CR', (n) => 'a\r'.repeat(5 * n)],
  ['10 MB of base64', (n) => 'aB'.repeat(5 * n)],
  ['10 MB of the name of a key', (n) => 'privatekey'.repeat(n)],
  ['a million [Peer]', (n) => '[Peer]\n'.repeat(n)],
  ['a million other headers', (n) => '[Server]\n'.repeat(n)],
  ['a million blank lines', (n) => '\n'.repeat(n)],
  ['a million comments above one [Peer]', (n) => `${'# x\n'.repeat(n)}[Peer]\n`],
  ['one key, half a million times', (n) => `[Interface]\n${'PrivateKey=x\n'.repeat(n / 2)}`],
  ['half a million unknown keys', (n) => `[Interface]\n${'ListenPorts=x\n'.repeat(n / 2)}`],
  ['one peer, 100 000 times', (n) => `[Peer]\nPublicKey=${key}\nAllowedIPs=10.0.0.1\n`.repeat(n / 10)],
  ['a million lines of mojibake', (n) => '# Ã©\n'.repeat(n)],
];

describe('a hard text', () => {
  it.each(hard)('is read, diagnosed and printed in time: %s', { timeout: 60_000 }, (_, make) => {
    const text = make(million);
    const began = performance.now();
    const file = parse(text);
    expect(print(file) === text).toBe(true);
    expect(diagnose(file).length).toBeLessThan(2000);
    // Ten times what it takes here; what is not linear takes hours.
    expect(performance.now() - began).toBeLessThan(20_000);
  });

  it.each(hard)('is hidden, formatted and summed up without a throw: %s', { timeout: 120_000 }, (_, make) => {
    const text = make(million / 10);
    hideKeys(text);
    formatConf(parse(text));
    summarise(parse(text));
    toTunnel(parse(text), { name: 'x', interface: 'x' });
  });
});
