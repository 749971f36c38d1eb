/**
 * `npm start`: the product itself. In its own window where there can be one, which may mean to fetch Electron first; else in
 * the browser. Signals go through to it, and its exit code comes back.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { whyNoWindow } from './host-choice.ts';
import { installedRuntime, runtimeInstaller } from './electron-runtime.ts';

const root = join(import.meta.dirname, '..');

/** Milliseconds that fetching Electron (about 120 MB) may take while somebody waits for the window. */
const fetchDeadline = 60_000;

/** Milliseconds after which the one who waits is told what for. */
const patience = 2_000;

if (existsSync(join(root, 'dist', 'main.cjs'))) await start();
else {
  console.error('Adit is not built yet.\n  $ npm run build');
  process.exitCode = 1;
}

async function start(): Promise<void> {
  const uid = process.getuid?.() ?? null;
  const reason = whyNoWindow({ platform: process.platform, uid, environment: process.env });
  const program = reason === null ? await windowProgram() : null;
  if (program !== null) {
    follow(program, [root]);
    return;
  }
  console.error(`Adit is shown in the browser: ${reason ?? 'Electron could not be fetched'}.`);
  follow(process.execPath, [join(root, 'dist', 'bin.cjs'), 'serve']);
}

/** The path of Electron's program, fetched where it is not installed; null where it cannot be. */
async function windowProgram(): Promise<string | null> {
  const installed = (await installedRuntime()) ?? (await fetchRuntime());
  return installed?.program ?? null;
}

async function fetchRuntime(): ReturnType<typeof installedRuntime> {
  // A folder that was named and is no Electron is not for us to fill.
  if ((process.env['ELECTRON_OVERRIDE_DIST_PATH'] ?? '') !== '' || !existsSync(runtimeInstaller)) return null;
  const installer = spawn(process.execPath, [runtimeInstaller], { stdio: 'ignore', timeout: fetchDeadline });
  const stop = (): void => {
    installer.kill();
    process.exit(130);
  };
  process.once('SIGINT', stop).once('SIGTERM', stop);
  const words = setTimeout(() => console.error('Fetching Electron …'), patience);
  await new Promise<void>((resolve) => {
    installer.once('error', () => resolve()).once('exit', () => resolve());
  });
  clearTimeout(words);
  process.off('SIGINT', stop).off('SIGTERM', stop);
  return installedRuntime();
}

/**
 * Runs a program and ends as it ends. It gets a process group of its own, so that a signal reaches it once and by us: of two
 * Ctrl-C, one from the terminal and one from us, Electron would take the second for impatience.
 */
function follow(program: string, words: readonly string[]): void {
  const child = spawn(program, words, { stdio: 'inherit', detached: process.platform !== 'win32' });
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, () => child.kill(signal));
  child.once('error', (error) => {
    console.error(`${program} could not be started: ${error.message}`);
    process.exit(1);
  });
  child.once('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    for (const name of signals) process.removeAllListeners(name);
    process.kill(process.pid, signal);
  });
}
