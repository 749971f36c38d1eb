const key = 'JgvmQFmhUtUoS3xFMFwEgP3L1Wnd8hJc3laJ90Gwzko=';

/** Texts that are hard on something: one line, very many lines, very many of one thing. `n` is a million, or less. */
export const hardTexts: Readonly<Record<string, (n: number) => string>> = {
  'letters in one line': (n) => `[Interface]\nAddress = ${'x'.repeat(10 * n)}`,
  'blanks in one line': (n) => `[Peer]\nAllowedIPs = ${' '.repeat(10 * n)}x`,
  'alternating blanks': (n) => `[Peer]\nPublicKey = ${'a\r'.repeat(5 * n)}`,
  'a key of blanks': (n) => `[Peer]\n${'P '.repeat(5 * n)}= x`,
  commas: (n) => `[Peer]\nAllowedIPs = ${','.repeat(10 * n)}`,
  'prefixes in one line': (n) => `[Peer]\nPublicKey = ${key}\nAllowedIPs = ${'10.0.0.1, '.repeat(n)}`,
  'addresses in one line': (n) => `[Interface]\nAddress = ${'fd00::1 '.repeat(n)}`,
  'search domains in one line': (n) => `[Interface]\nDNS = ${'a '.repeat(5 * n)}`,
  digits: (n) => `[Interface]\nListenPort = ${'0'.repeat(10 * n)}1`,
  dots: (n) => `[Peer]\nEndpoint = ${'1.'.repeat(5 * n)}:1`,
  backslashes: (n) => `[Peer]\nEndpoint = ${'\\1'.repeat(5 * n)}:1`,
  '=': (n) => '='.repeat(10 * n),
  '#': (n) => '#'.repeat(10 * n),
  NUL: (n) => '\0'.repeat(10 * n),
  CR: (n) => 'a\r'.repeat(5 * n),
  base64: (n) => 'aB'.repeat(5 * n),
  'the name of a key in one line': (n) => 'privatekey'.repeat(n),
  'a million [Peer]': (n) => '[Peer]\n'.repeat(n),
  'a million [Interface]': (n) => '[Interface]\n'.repeat(n),
  'a million other headers': (n) => '[Server]\n'.repeat(n),
  'lines of [': (n) => '[\n'.repeat(5 * n),
  'blank lines': (n) => '\n'.repeat(10 * n),
  'a million comments above one [Peer]': (n) => `${'# x\n'.repeat(n)}[Peer]\n`,
  'a million names': (n) => '# Name = a\n[Peer]\n'.repeat(n / 2),
  'PrivateKey, again and again': (n) => `[Interface]\n${'PrivateKey=x\n'.repeat(n / 2)}`,
  'MTU, again and again': (n) => `[Interface]\n${'MTU=1\n'.repeat(n)}`,
  'Address, again and again': (n) => `[Interface]\n${'Address=fd00::1\n'.repeat(n / 2)}`,
  'PresharedKey, again and again': (n) => `[Peer]\n${`PresharedKey=${key}\n`.repeat(n / 10)}`,
  'unknown keys': (n) => `[Interface]\n${'ListenPorts=x\n'.repeat(n / 2)}`,
  'one peer, again and again': (n) => `[Peer]\nPublicKey=${key}\nAllowedIPs=10.0.0.1\n`.repeat(n / 10),
  'peers with keys of their own': manyPeers,
  mojibake: (n) => '# Ã©\n'.repeat(n),
};

function manyPeers(n: number): string {
  const peers = Array.from({ length: n / 10 }, (_, index) => {
    const own = Buffer.from(String(index).padEnd(32)).toString('base64');
    return `[Peer]\nPublicKey=${own}\nAllowedIPs=10.${index >> 16}.${(index >> 8) & 255}.${index & 255}\nEndpoint=192.0.2.1:7\n`;
  });
  return peers.join('');
}
