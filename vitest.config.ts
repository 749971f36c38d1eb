import { defineConfig } from 'vitest/config';

/** Tests that are long by nature run with `npm run test:long` only. */
const isLong = process.env['ADIT_TEST_LONG'] === '1';
const endings = isLong ? '{test,long.test}' : 'test';

/**
 * The kinds of tests, one after the other: what is quick and pure first. As many files at a time as the smallest machine that runs them
 * has cores, two; of the lab's, which wait more than they work, three.
 *
 * What depends on the machine's other work (processes that start, frames that are drawn) is tried a second time if it fails; the run tells of each
 * such test by name, and it is a fault of the test or the product to be found.
 */
const kinds = [
  { name: 'unit', folders: ['unit', 'cli', 'differential'], timeoutMs: 60_000, workers: 2, retry: 0 },
  { name: 'lab', folders: ['lab'], timeoutMs: 60_000, workers: 3, retry: 1 },
  { name: 'ui', folders: ['ui'], timeoutMs: 60_000, workers: 2, retry: 1 },
  { name: 'desktop', folders: ['desktop'], timeoutMs: 120_000, workers: 2, retry: 1 },
];

export default defineConfig({
  test: {
    projects: kinds.map(({ name, folders, timeoutMs, workers, retry }, order) => ({
      test: {
        name,
        include: folders.map((folder) => `test/${folder}/**/*.${endings}.{ts,tsx}`),
        exclude: isLong ? [] : ['**/*.long.test.*'],
        testTimeout: timeoutMs,
        hookTimeout: timeoutMs,
        maxWorkers: workers,
        retry,
        sequence: { groupOrder: order },
      },
    })),
  },
});
