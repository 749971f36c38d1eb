/** Milliseconds before a repair that failed is tried again: each time longer, up to the last. */
const repairDelays = [500, 1_000, 2_000, 5_000] as const;

/** Milliseconds after a failure within which changes of the network are taken for its own. */
const echoTime = 500;

/**
 * Says when to repair: at once when something happened, and after a failure again in a while. A repair that fails makes
 * things happen in the network itself, and must not chase its own tail; what happens later is news again.
 */
export class RepairTimer {
  readonly #repair: () => void;
  #timer: NodeJS.Timeout | null = null;
  /** When the timer fires. */
  #at = 0;
  #failures = 0;
  #isRepairing = false;
  #echoUntil = 0;

  constructor(repair: () => void) {
    this.#repair = repair;
  }

  /** Whether the last repair failed. */
  get isFailing(): boolean {
    return this.#failures > 0;
  }

  /** Something happened: repairs at once. */
  soon(): void {
    this.#after(0);
  }

  /** The network changed: repairs at once, unless a repair that fails is what changed it. */
  noticed(): void {
    const isEcho = this.#isRepairing || performance.now() < this.#echoUntil;
    if (!this.isFailing || !isEcho) this.soon();
  }

  /** A repair did what it should. */
  succeeded(): void {
    this.#isRepairing = false;
    this.#failures = 0;
  }

  /** A repair failed: tries again after a while. */
  failed(): void {
    this.#isRepairing = false;
    const delay = repairDelays[Math.min(this.#failures, repairDelays.length - 1)] ?? 0;
    this.#failures += 1;
    this.#echoUntil = performance.now() + echoTime;
    this.#after(delay);
  }

  /** No further repair. */
  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  /** @param delay in milliseconds; a repair that is to come sooner stays */
  #after(delay: number): void {
    const at = performance.now() + delay;
    if (this.#timer !== null && this.#at <= at) return;
    this.stop();
    this.#at = at;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#isRepairing = true;
      this.#repair();
    }, delay);
  }
}

/** Looks at something again and again, at a pace that may change; never twice at the same time. */
export class LookTimer {
  readonly #look: () => Promise<unknown>;
  #timer: NodeJS.Timeout | null = null;
  #pace: number | null = null;
  #isLooking = false;

  constructor(look: () => Promise<unknown>) {
    this.#look = look;
  }

  /** @param pace milliseconds between looks; null ends them */
  every(pace: number | null): void {
    if (pace === this.#pace) return;
    this.#pace = pace;
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = pace === null ? null : setInterval(() => this.#lookOnce(), pace);
  }

  #lookOnce(): void {
    if (this.#isLooking) return;
    this.#isLooking = true;
    const done = (): void => {
      this.#isLooking = false;
    };
    this.#look().then(done, done);
  }
}
