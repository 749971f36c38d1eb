import type { ChildProcess } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { _electron } from 'playwright-core';
import type { ElectronApplication, Page } from 'playwright-core';
import type { Exit } from '../../lab/running.ts';
import { electron } from '../testing.ts';
import type { Desktop } from './desktop.ts';

/** The repository: what `electron` is given to start. */
const root = join(import.meta.dirname, '..', '..', '..');

/** Milliseconds for the program to start, or to end. */
const PATIENCE_MS = 30_000;

/** Where screenshots are put for a person to look at; none are taken where it is not set. */
const shots = process.env['ADIT_SHOTS'];

/** How the program is started. */
export interface ProgramOptions {
  /** A packaged program; the one that is built in `dist/` unless told. */
  readonly packaged?: string;
  /** Added to the desktop's environment: ADIT_HOME and ADIT_SOCKET above all. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Adit in a real Electron on a desktop, with Playwright at its controls. */
export class Program implements AsyncDisposable {
  readonly electron: ElectronApplication;
  /** Console errors and warnings of its pages, exceptions in them, and violations of their policy. */
  readonly complaints: string[] = [];
  /** How it ended, once it has. */
  readonly exited: Promise<Exit>;

  /** Playwright forgets it when it ends. */
  readonly #process: ChildProcess;

  private constructor(app: ElectronApplication) {
    this.electron = app;
    this.#process = app.process();
    const context = app.context();
    context.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) this.complaints.push(message.text());
    });
    context.on('weberror', (error) => this.complaints.push(String(error.error())));
    this.exited = new Promise((resolve) => {
      this.#process.once('exit', (code, signal) => resolve({ code, signal }));
    });
  }

  /** Starts the program; its window may still be coming. */
  static async start(desktop: Desktop, options: ProgramOptions): Promise<Program> {
    const { argv, environment } = await prepare(desktop, options);
    const [executablePath = '', ...args] = argv;
    const app = await _electron.launch({
      executablePath,
      args,
      env: environment,
      cwd: desktop.folder,
      // An ordinary user has Chromium's sandbox; root, whom the tests need for their networks, cannot.
      chromiumSandbox: desktop.user !== null,
      timeout: PATIENCE_MS,
    });
    return new Program(app);
  }

  /** The process of the program, whose windows and services are processes below it. */
  get pid(): number {
    return this.#process.pid ?? 0;
  }

  /** The window's page, once it shows the interface. */
  async page(): Promise<Page> {
    const page = await this.electron.firstWindow({ timeout: PATIENCE_MS });
    await page.getByRole('navigation', { name: 'Tunnels' }).waitFor({ timeout: PATIENCE_MS });
    return page;
  }

  /** How many windows there are. */
  windows(): Promise<number> {
    return this.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length);
  }

  /** Sends the program a signal. */
  kill(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  /** Waits until it has ended by itself. @throws when it has not within 30 s */
  async end(): Promise<Exit> {
    const stop = new AbortController();
    const late = sleep(PATIENCE_MS, undefined, { signal: stop.signal }).then(() => {
      throw new Error(`the program did not end within ${PATIENCE_MS} ms`);
    });
    late.catch(() => undefined);
    return Promise.race([this.exited, late]).finally(() => stop.abort());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { pid, exitCode, signalCode } = this.#process;
    if (pid === undefined || exitCode !== null || signalCode !== null) return;
    // Playwright gave it a group of its own. Asking it to quit is for the tests that are about that.
    process.kill(-pid, 'SIGKILL');
    await this.exited;
  }
}

/**
 * The words that start the program once more beside one that runs, and their environment. It is started as a person's second
 * start would be: without Playwright.
 */
export async function prepare(
  desktop: Desktop,
  { packaged, environment }: ProgramOptions,
): Promise<{ argv: string[]; environment: Record<string, string> }> {
  if (electron.kind === 'none') throw new Error(electron.reason);
  const { user, folder } = desktop;
  // Playwright puts words of its own first, which have to go to the program.
  const launcher = join(folder, packaged === undefined ? 'start-built' : 'start-packaged');
  const identity =
    user === null ? '' : `--reuid ${user.uid} --regid ${user.gid} --clear-groups --bounding-set=-all`;
  const program = packaged ?? electron.runtime.program;
  await writeFile(
    launcher,
    `#!/bin/sh\nexec setpriv --pdeathsig KILL ${identity} -- ${quoted(program)} "$@"\n`,
    { mode: 0o755 },
  );
  return {
    argv: [launcher, ...(packaged === undefined ? [root] : [])],
    environment: { ...desktop.environment, ...environment },
  };
}

/** Keeps a picture of a page for a person to look at, where that is asked for (ADIT_SHOTS=FOLDER). */
export async function shoot(page: Page, name: string): Promise<void> {
  if (shots === undefined) return;
  await mkdir(shots, { recursive: true });
  await page.screenshot({ path: join(shots, `${name}.png`) });
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
