import { expect, test } from 'vitest';
import { runtimeIn } from '../../build/electron-runtime.ts';
import { electron } from './testing.ts';

/** The first Electron that has all that the shell uses of it. */
const oldest = 22;

// The only one of the desktop tests that is there in any case: where the others are not, it says why.
if (electron.kind === 'found') {
  const { runtime } = electron;
  test('there is an Electron to try the product on', async () => {
    expect(Number.parseInt(runtime.version, 10)).toBeGreaterThanOrEqual(oldest);
    expect(await runtimeIn(runtime.folder)).toEqual(runtime);
  });
} else {
  test.skip(`the desktop tests [skipped: ${electron.reason}]`, () => undefined);
}
