/** Enough of a public key to tell it from others: `JgvmQFmh…KgzKo=`. Short words are given whole. */
export function shortKey(key: string): string {
  return key.length <= 16 ? key : `${key.slice(0, 8)}…${key.slice(-5)}`;
}
