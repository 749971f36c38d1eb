import { describe } from 'vitest';
import { whyNoLab } from './requirements.ts';

/** Milliseconds a test of the lab may take: building and measuring are bounded by themselves. */
const TIMEOUT_MS = 180_000;

/**
 * How many times longer than on a machine of its own something may take in a test: machines are busy. How long it takes is for
 * the benchmarks to say; a test says that it is not waited for in vain, nor done by somebody who comes much later.
 */
export const BUSY = 4;

/** A `describe` whose tests need a lab; where none can be built they are skipped, and the title says why. */
export function describeInLab(name: string, body: () => void): void {
  const reason = whyNoLab();
  if (reason === null) describe(name, { timeout: TIMEOUT_MS }, body);
  else describe.skip(`${name} [skipped: ${reason}]`, body);
}
