import { defineConfig } from 'vitest/config';

/** Tests that are long by nature run with `npm run test:long` only. */
const isLong = process.env['ADIT_TEST_LONG'] === '1';
const endings = isLong ? '{test,long.test}' : 'test';

/**
 * The kinds of tests, one after the other: what is quick and pure first. Two files at a time, as many as the smallest machine
 * that runs them has cores.
 */
const kinds = [
  { name: 'unit', folders: ['unit', 'cli', 'differential'], timeoutMs: 60_000 },
  { name: 'lab', folders: ['lab'], timeoutMs: 60_000 },
  { name: 'ui', folders: ['ui'], timeoutMs: 60_000 },
  { name: 'desktop', folders: ['desktop'], timeoutMs: 120_000 },
];

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: kinds.map(({ name, folders, timeoutMs }, order) => ({
      test: {
        name,
        include: folders.map((folder) => `test/${folder}/**/*.${endings}.{ts,tsx}`),
        exclude: isLong ? [] : ['**/*.long.test.*'],
        testTimeout: timeoutMs,
        hookTimeout: timeoutMs,
        sequence: { groupOrder: order },
      },
    })),
  },
});
