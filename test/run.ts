/**
 * `npm test`: installs what the tests need, where it may, runs them, and ends with one line that counts them. With `--long`, those
 * that are long by nature run as well.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installPackages, isDebian, missingPackages } from '../build/debian.ts';
import { noKube } from './lab/kube/programs.ts';
import { neededPackages } from './needed-packages.ts';
import { summaryFile } from './summary.ts';
import type { Summary } from './summary.ts';

const root = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'adit-test-'));
const file = join(folder, 'summary.json');

installWhatIsMissing();
if (!existsSync(join(root, 'dist', 'bin.cjs')))
  spawnSync(process.execPath, [join(root, 'build', 'bundle.ts')], { stdio: 'inherit' });
// Where there is no Go, it says so, and the tests that need it are skipped.
spawnSync(process.execPath, [join(root, 'build', 'engine.ts')], { stdio: 'inherit' });
const whyNoKube = buildKube();

const { status } = spawnSync(
  process.execPath,
  [
    join(root, 'node_modules', 'vitest', 'vitest.mjs'),
    'run',
    '--root',
    root,
    '--reporter=default',
    `--reporter=${join(root, 'test', 'summary.ts')}`,
    ...process.argv.slice(2).filter((word) => word !== '--long'),
  ],
  {
    stdio: 'inherit',
    env: {
      ...process.env,
      ...(whyNoKube === null ? {} : { [noKube]: whyNoKube }),
      [summaryFile]: file,
      ADIT_TEST_LONG: process.argv.includes('--long') ? '1' : '0',
    },
  },
);
report();

function installWhatIsMissing(): void {
  const missing = missingPackages(neededPackages);
  if (missing.length === 0) return;
  if (process.geteuid?.() !== 0 || !isDebian()) {
    console.log(`Some tests need Debian packages that are missing here: ${missing.join(' ')}`);
  } else if (!installPackages(missing)) {
    console.log(`These Debian packages could not be installed: ${missingPackages(missing).join(' ')}`);
  }
}

/** Builds a real API server of Kubernetes, which takes some minutes once; else why there is none. */
function buildKube(): string | null {
  console.log('A real API server of Kubernetes is built from its source, unless it has been already.');
  const { status, stdout } = spawnSync(process.execPath, [join(root, 'test', 'lab', 'kube', 'build.ts')], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return status === 0 ? null : stdout.trim() || 'it could not be built';
}

/** Prints the skipped tests by name, and as the last line the counts. */
function report(): void {
  const summary = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Summary) : null;
  rmSync(folder, { recursive: true, force: true });
  // Whatever made vitest end badly without a failed test is a failure too.
  const failed = Math.max(summary?.failed ?? 1, status === 0 ? 0 : 1);
  const skipped = summary?.skipped ?? [];
  for (const name of summary?.repeated ?? []) console.log(`passed at the second try: ${name}`);
  for (const name of skipped) console.log(`skipped: ${name}`);
  console.log(
    `${summary?.passed ?? 0} passed, ${failed} failed${skipped.length === 0 ? '' : `, ${skipped.length} skipped`}`,
  );
  process.exitCode = failed === 0 ? 0 : 1;
}
