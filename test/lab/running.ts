import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { createInterface } from 'node:readline';
import { labEnvironment } from './command.ts';
import { childrenOf, signalProcess } from './namespaces.ts';

/** How a program that keeps running is started. */
export interface StartOptions {
  /** Added to the bare environment of `labEnvironment`. */
  readonly env?: Readonly<Record<string, string>>;
}

/** What is put before a program so that it ends with this process, however that ends. */
export const endingWithUs: readonly string[] = ['setpriv', '--pdeathsig', 'KILL', '--'];

/** How a program ended: by an exit code or by a signal. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Most lines that are kept of a program's output; the oldest go first. */
const LINES_KEPT = 10_000;

/**
 * A program that keeps running, in a host or on the machine itself. In a host, what this process spawned is `nsenter`,
 * which waits for the program and passes no signal on; so signals go to the program itself, found as nsenter's child.
 */
export class Running implements AsyncDisposable {
  /** Lines of standard output so far. */
  readonly lines: string[] = [];
  /** Lines of standard error so far. */
  readonly errorLines: string[] = [];
  readonly exited: Promise<Exit>;
  readonly #where: string;
  readonly #isEntered: boolean;
  readonly #argv: readonly string[];
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #listeners = new Set<(line: string) => void>();
  #ended = false;

  /** `spawned` is the argv that enters a host and runs `argv` there; without it the program runs on the machine. */
  constructor(
    where: string,
    argv: readonly string[],
    spawned: readonly string[] = argv,
    options: StartOptions = {},
  ) {
    const [program = '', ...rest] = spawned;
    this.#isEntered = spawned !== argv;
    this.#where = where;
    this.#argv = argv;
    // In a session of its own: Ctrl-C at a terminal is for the runner to act on, in its own order.
    this.#child = spawn(program, rest, { env: labEnvironment(options.env), detached: true });
    this.#child.stdin.on('error', () => undefined);
    createInterface({ input: this.#child.stdout }).on('line', (line) => {
      keep(this.lines, line);
      for (const listener of this.#listeners) listener(line);
    });
    createInterface({ input: this.#child.stderr }).on('line', (line) => keep(this.errorLines, line));
    this.exited = new Promise<Exit>((resolve, reject) => {
      this.#child.on('error', reject).on('exit', (code, signal) => {
        this.#ended = true;
        resolve({ code, signal });
      });
    });
    // Whoever awaits `exited` hears of it; nobody has to.
    this.exited.catch(() => undefined);
  }

  /** Whether it still runs. */
  get running(): boolean {
    return !this.#ended;
  }

  /** The program's process id on the machine; null when it has ended or not begun. */
  get pid(): number | null {
    const { pid } = this.#child;
    if (pid === undefined || this.#ended) return null;
    return this.#isEntered ? (childrenOf(pid)[0] ?? null) : pid;
  }

  /** Writes to its standard input. */
  write(text: string): void {
    this.#child.stdin.write(text);
  }

  /** Calls `listener` with every further line of standard output, until the returned function is called. */
  onLine(listener: (line: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * The first line of standard output that matches, earlier ones included.
   * @throws when the program ends first, or after `timeoutMs` milliseconds.
   */
  async line(pattern: RegExp, timeoutMs = 5000): Promise<string> {
    const before = this.lines.find((line) => pattern.test(line));
    if (before !== undefined) return before;
    const stop = new AbortController();
    let forget = (): void => undefined;
    const matching = new Promise<string>((resolve) => {
      forget = this.onLine((line) => {
        if (pattern.test(line)) resolve(line);
      });
    });
    const fail = (reason: string): never => {
      throw new Error(`${this.#where}: ${this.#argv.join(' ')}: ${reason}\n${this.errorLines.join('\n')}`);
    };
    try {
      return await Promise.race([
        matching,
        // The last lines may still be in the pipe when the exit is heard of.
        this.exited.then(() => sleep(100)).then(() => fail(`ended without a line like ${String(pattern)}`)),
        sleep(timeoutMs, undefined, { signal: stop.signal }).then(() =>
          fail(`no line like ${String(pattern)} within ${timeoutMs} ms`),
        ),
      ]);
    } finally {
      stop.abort();
      forget();
    }
  }

  /** Sends a signal to the program itself; false when it has ended. */
  async kill(signal: NodeJS.Signals = 'SIGTERM'): Promise<boolean> {
    // For a moment after the start, nsenter has not forked yet.
    for (let tries = 0; tries < 200 && !this.#ended; tries++) {
      const { pid } = this;
      if (pid !== null) return signalProcess(pid, signal);
      await sleep(5);
    }
    return false;
  }

  /** SIGTERM, and SIGKILL where that has not ended it within `graceMs` milliseconds. */
  async stop(graceMs = 2000): Promise<Exit> {
    await this.kill('SIGTERM');
    const stop = new AbortController();
    const grace = sleep(graceMs, undefined, { signal: stop.signal })
      .then(() => this.kill('SIGKILL'))
      .catch(() => false);
    try {
      return await this.exited;
    } finally {
      stop.abort();
      await grace;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

function keep(lines: string[], line: string): void {
  lines.push(line);
  if (lines.length > LINES_KEPT) lines.shift();
}
