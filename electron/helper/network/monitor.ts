import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import type { Log } from '../system/log.ts';
import { programEnvironment } from '../system/programs.ts';
import type { Programs } from '../system/programs.ts';

/** Milliseconds of silence after which a burst of changes counts as over. */
const settleTime = 50;

/** Milliseconds after which a burst is told of although it goes on. */
const longestBurst = 250;

/** Milliseconds before a monitor that ended is started again. */
const restartDelay = 1_000;

/**
 * Tells when anything changes in the host's links, addresses, routes or rules, once for each burst of changes. What changed is
 * for the listener to look up: the text of `ip monitor` differs between versions.
 */
export class NetworkMonitor {
  readonly #programs: Programs;
  readonly #log: Log;
  readonly #listener: () => void;
  #child: ChildProcess | null = null;
  #settling: NodeJS.Timeout | null = null;
  #burstSince: number | null = null;
  #stopped = false;

  constructor(programs: Programs, log: Log, listener: () => void) {
    this.#programs = programs;
    this.#log = log;
    this.#listener = listener;
  }

  /** Begins to watch; does nothing if it does already. */
  start(): void {
    if (this.#child !== null) return;
    this.#stopped = false;
    // The monitor must not outlive a helper that is killed: it would wait for the next change for ever.
    const child = spawn(
      this.#programs.path('setpriv'),
      [
        '--pdeathsig',
        'KILL',
        '--',
        this.#programs.path('ip'),
        '-o',
        'monitor',
        'link',
        'address',
        'route',
        'rule',
      ],
      { cwd: '/', env: { ...programEnvironment }, detached: true, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    this.#child = child;
    child.stdout.on('data', () => this.#noticed());
    // It complains when it could not keep up, and then has missed something.
    child.stderr.on('data', () => this.#noticed());
    child.on('error', (error) => this.#log('monitor-failed', { reason: error.message }));
    child.on('close', () => {
      this.#child = null;
      if (this.#stopped) return;
      setTimeout(() => this.#restart(), restartDelay).unref();
    });
  }

  /** Ends watching. */
  stop(): void {
    this.#stopped = true;
    if (this.#settling !== null) clearTimeout(this.#settling);
    this.#settling = null;
    this.#child?.kill('SIGKILL');
  }

  #restart(): void {
    if (this.#stopped) return;
    this.#log('monitor-restarted');
    this.start();
    // Whatever happened in between went unseen.
    this.#noticed();
  }

  #noticed(): void {
    const now = performance.now();
    this.#burstSince ??= now;
    if (this.#settling !== null) clearTimeout(this.#settling);
    const rest = Math.max(0, Math.min(settleTime, this.#burstSince + longestBurst - now));
    this.#settling = setTimeout(() => {
      this.#settling = null;
      this.#burstSince = null;
      this.#listener();
    }, rest);
  }
}
