import { execFile } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const repository = join(import.meta.dirname, '..', '..', '..');

/** Builds the page as it ships into a new folder, and gives its path. */
export async function buildPage(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'adit-page-'));
  const vite = join(repository, 'node_modules', 'vite', 'bin', 'vite.js');
  const config = join(repository, 'renderer', 'vite.config.ts');
  // A process of its own: vitest sets NODE_ENV to `test`, which would build React as for development.
  await promisify(execFile)(
    process.execPath,
    [vite, 'build', '--config', config, '--outDir', folder, '--emptyOutDir', '--logLevel', 'warn'],
    { env: { ...process.env, NODE_ENV: 'production' } },
  );
  return folder;
}
