import { describe } from 'vitest';
import { findElectron } from './requirements.ts';

/** Milliseconds a desktop test may take on a slow machine. */
const TIMEOUT_MS = 60_000;

/** How long `expect.poll` waits for what a window, a network and a slow machine may take their time for. Milliseconds. */
export const patience = { timeout: 20_000, interval: 50 };

/** The Electron the tests run on, or why there is none. */
export const electron = await findElectron();

/** A `describe` whose tests need a real Electron; where there is none, they are not there, and `runtime.test.ts` says why. */
export function describeOnDesktop(name: string, body: () => void): void {
  if (electron.kind === 'found') describe(name, { timeout: TIMEOUT_MS }, body);
  else describe.skip(name, () => undefined);
}
