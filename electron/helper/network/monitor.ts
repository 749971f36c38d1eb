import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import type { Log } from '../system/log.ts';
import { programEnvironment } from '../system/programs.ts';
import type { Programs } from '../system/programs.ts';

/** Milliseconds of silence after which a burst of changes counts as over. */
const settleTime = 50;

/** Milliseconds after which a burst is told of although it goes on. */
const longestBurst = 250;

/** Milliseconds before a program that ended is started again. */
const restartDelay = 1_000;

/** The programs that tell of changes: of links, addresses, routes and rules; and of firewall tables that were taken away. */
const informers = [
  ['ip', '-o', 'monitor', 'link', 'address', 'route', 'rule'],
  ['nft', 'monitor', 'destroy', 'tables'],
] as const;

/** A program and its words. */
type Informer = (typeof informers)[number];

/**
 * Tells when anything changes in the host's network, once for each burst of changes. What changed is for the listener to look up:
 * what the programs print differs between versions.
 */
export class NetworkMonitor {
  readonly #programs: Programs;
  readonly #log: Log;
  readonly #listener: () => void;
  readonly #children = new Set<ChildProcess>();
  #settling: NodeJS.Timeout | null = null;
  #burstSince: number | null = null;

  constructor(programs: Programs, log: Log, listener: () => void) {
    this.#programs = programs;
    this.#log = log;
    this.#listener = listener;
  }

  /** Begins to watch; does nothing if it does already. */
  start(): void {
    if (this.#children.size > 0) return;
    for (const informer of informers) this.#listenTo(informer);
  }

  /** Ends watching. */
  stop(): void {
    if (this.#settling !== null) clearTimeout(this.#settling);
    this.#settling = null;
    for (const child of this.#children) child.kill('SIGKILL');
    this.#children.clear();
  }

  #listenTo(informer: Informer): void {
    const [program, ...args] = informer;
    // It must not outlive a helper that is killed: it would wait for the next change for ever.
    const words = ['--pdeathsig', 'KILL', '--', this.#programs.path(program), ...args];
    const child = spawn(this.#programs.path('setpriv'), words, {
      cwd: '/',
      env: { ...programEnvironment },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#children.add(child);
    child.stdout.on('data', () => this.#noticed());
    // It complains when it could not keep up, and then has missed something.
    child.stderr.on('data', () => this.#noticed());
    child.on('error', (error) => this.#log('monitor-failed', { program, reason: error.message }));
    child.on('close', () => {
      setTimeout(() => this.#restart(child, informer), restartDelay).unref();
    });
  }

  /** Starts anew what ended by itself; what was stopped is not among the children any more. */
  #restart(child: ChildProcess, informer: Informer): void {
    if (!this.#children.delete(child)) return;
    this.#log('monitor-restarted', { program: informer[0] });
    this.#listenTo(informer);
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
