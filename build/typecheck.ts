/** Type-checks every part of the repository in its own environment: what has no DOM cannot use one. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');

const failed = ['shared', 'electron', 'renderer', 'build', 'test'].filter(
  (part) => spawnSync(process.execPath, [tsc, '-p', join(root, part)], { stdio: 'inherit' }).status !== 0,
);
if (failed.length > 0) {
  console.error(`Types do not hold in: ${failed.join(', ')}`);
  process.exitCode = 1;
}
