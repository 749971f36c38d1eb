/**
 * Packages the application into `release/`, for a machine that reaches Electron's and electron-builder's own downloads.
 *
 *   node build/package.ts            the targets of the configuration
 *   node build/package.ts --dir      an unpacked application
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { build, Platform } from 'electron-builder';
import { packageConfiguration } from './electron-builder.ts';
import { installedRuntime } from './electron-runtime.ts';

const root = join(import.meta.dirname, '..');
const isDir = process.argv.includes('--dir');

if (!existsSync(join(root, 'dist', 'engine', 'wireguard-go')))
  console.error('The package gets no engine of its own: "npm run build:engine" was not run.');

await build({
  projectDir: root,
  targets: Platform.current().createTarget(isDir ? 'dir' : null),
  publish: 'never',
  config: packageConfiguration({
    output: join(root, 'release'),
    runtime: await installedRuntime(),
    fuses: true,
  }),
});
