const digits = new Intl.NumberFormat('en');

/** A number with its noun: `1 peer`, `1,000 peers`. */
export function formatCount(count: number, noun: string): string {
  return `${digits.format(count)} ${noun}${count === 1 ? '' : noun.endsWith('x') ? 'es' : 's'}`;
}

/** A whole number with its thousands apart: `1,000`. */
export function formatNumber(count: number): string {
  return digits.format(count);
}
