/** A configuration of many peers, each with a name, a key and a prefix of its own; the same every time. */
export function manyPeers(count: number): string {
  const peers = Array.from({ length: count }, (_, index) => {
    const key = Buffer.from(`${index} `.repeat(32)).subarray(0, 32).toString('base64');
    return `\n[Peer]\n# Name = peer-${index}\nPublicKey = ${key}\nAllowedIPs = 10.${index >> 8}.${index & 255}.0/24\n`;
  });
  const own = 'PrivateKey = wD595KeTPKBDneKWOTUjJQjxZ5RrlxsbeEsWL0gbyn8=\nAddress = 10.255.0.1/32\n';
  return `[Interface]\n${own}${peers.join('')}`;
}
