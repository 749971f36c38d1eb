import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Host } from './host.ts';
import type { Running } from './running.ts';

/** An answered ping, on the clock of `performance.now()`. */
export interface Reply {
  /** When the answer came, in milliseconds. */
  readonly at: number;
  /** When the question left, in milliseconds. */
  readonly sent: number;
}

/** How traffic fared after a change. Milliseconds, all of them. */
export interface Outage {
  /** From the change until traffic was back for good; 0 where it never stopped. */
  readonly backAfterMs: number;
  /** The longest time without an answer. */
  readonly longestGapMs: number;
}

/** How an outage is judged. */
export interface OutageOptions {
  /** Milliseconds after the change by which traffic has to be back; 20,000 unless told. */
  readonly deadlineMs?: number;
  /** Milliseconds of unbroken traffic that count as back; 500 unless told. */
  readonly steadyMs?: number;
}

/** A pause of this many intervals is a gap: one lost packet on a busy machine is none. */
const GAP_INTERVALS = 4;

/** Pings an address without end, also through times in which the host has no route to it. */
export class PingStream implements AsyncDisposable {
  /** Every answer so far, oldest first. */
  readonly replies: Reply[] = [];
  readonly #host: Host;
  readonly #argv: readonly string[];
  readonly #intervalMs: number;
  readonly #begin = performance.now();
  readonly #done: Promise<void>;
  #ping: Running | null = null;
  readonly #stop = new AbortController();
  #complaint = '';

  constructor(host: Host, address: string, { intervalMs = 50 }: { readonly intervalMs?: number } = {}) {
    this.#host = host;
    this.#intervalMs = intervalMs;
    this.#argv = ['ping', '-n', '-i', String(intervalMs / 1000), address];
    this.#done = this.#run();
  }

  /** What ping last wrote to standard error, such as `Network is unreachable`. */
  get complaint(): string {
    return this.#ping?.errorLines.at(-1) ?? this.#complaint;
  }

  /** The longest time without an answer since `since`, the beginning unless told, and until now. */
  longestGapMs(since: number = this.#begin): number {
    return longestGap(this.replies, since, performance.now());
  }

  /**
   * Waits until traffic is back for good after the change at `since`, a time of `performance.now()`.
   * @throws when it is not back by the deadline.
   */
  async outageSince(
    since: number,
    { deadlineMs = 20_000, steadyMs = 500 }: OutageOptions = {},
  ): Promise<Outage> {
    const threshold = this.#intervalMs * GAP_INTERVALS;
    for (;;) {
      const now = performance.now();
      const backAt = endOfLastGap(this.replies, since, now, threshold);
      if (backAt !== null && now - Math.max(backAt, since) >= steadyMs) {
        const backAfterMs = Math.max(0, backAt - since);
        return { backAfterMs, longestGapMs: longestGap(this.replies, since, now) };
      }
      if (now - since > deadlineMs + steadyMs) {
        throw new Error(`${this.#host.name}: no steady traffic within ${deadlineMs} ms; ${this.complaint}`);
      }
      await sleep(10);
    }
  }

  /** Stops pinging. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#ping?.kill('SIGKILL');
    await this.#done;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #over(): boolean {
    return this.#stop.signal.aborted || !this.#host.standing;
  }

  /** ping gives up at once where there is no route; it is started again until the stream is stopped. */
  async #run(): Promise<void> {
    while (!this.#over()) {
      const ping = this.#host.start(this.#argv);
      this.#ping = ping;
      ping.onLine((line) => {
        const time = / time=([\d.]+) ms/.exec(line)?.[1];
        const at = performance.now();
        if (time !== undefined) this.replies.push({ at, sent: at - Number(time) });
      });
      await ping.exited;
      this.#complaint = ping.errorLines.at(-1) ?? this.#complaint;
      if (!this.#over()) await sleep(10);
    }
  }
}

/** The longest time between two answers of a stretch, its own ends counted as answers. */
export function longestGap(replies: readonly Reply[], since: number, until: number): number {
  const times = [since, ...replies.map(({ at }) => at).filter((at) => at > since && at <= until), until];
  return Math.max(...times.slice(1).map((time, index) => time - (times[index] ?? time)));
}

/**
 * When the last gap of a stretch ended: `since` where there was none, null where it goes on. An answer to a
 * question that left before `since` says nothing about the time after it.
 */
export function endOfLastGap(
  replies: readonly Reply[],
  since: number,
  until: number,
  threshold: number,
): number | null {
  let end = since;
  let last = since;
  for (const { at, sent } of replies) {
    if (sent < since || at > until) continue;
    if (at - last > threshold) end = at;
    last = at;
  }
  return until - last > threshold ? null : end;
}
