import { writeFileSync } from 'node:fs';
import type { Reporter, TestModule } from 'vitest/node';

/** The variable that names the file into which the counts are written. */
export const summaryFile = 'ADIT_TEST_SUMMARY';

/** How a run of the tests went. */
export interface Summary {
  readonly passed: number;
  readonly failed: number;
  /** The full names of the tests that did not run; each says why. */
  readonly skipped: readonly string[];
  /** The full names of the tests that passed only when they were tried again. */
  readonly repeated: readonly string[];
}

/** Counts the tests of a run, for the line that `npm test` ends with. A file that could not be read counts as one that failed. */
export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const states = tests.map((test) => test.result().state);
    const broken = modules.filter((module) => module.errors().length > 0).length;
    const summary: Summary = {
      passed: states.filter((state) => state === 'passed').length,
      failed: states.filter((state) => state === 'failed').length + broken,
      skipped: tests.filter((test) => test.result().state === 'skipped').map((test) => test.fullName),
      repeated: tests.filter((test) => test.diagnostic()?.flaky === true).map((test) => test.fullName),
    };
    const file = process.env[summaryFile];
    if (file !== undefined) writeFileSync(file, JSON.stringify(summary));
  }
}
