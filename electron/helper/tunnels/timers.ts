/** Milliseconds before a repair that failed is tried again: each time longer, up to the last. */
const repairDelays = [500, 1_000, 2_000, 5_000, 15_000, 30_000] as const;

/**
 * Says when to repair: at once when something happened, but after a failure not before a while. A repair that fails makes
 * things happen in the network itself, and must not chase its own tail.
 */
export class RepairTimer {
  readonly #repair: () => void;
  #timer: NodeJS.Timeout | null = null;
  #failures = 0;
  #notBefore = 0;

  constructor(repair: () => void) {
    this.#repair = repair;
  }

  /** Something happened: repairs as soon as may be. */
  soon(): void {
    if (this.#timer !== null) return;
    this.#timer = setTimeout(
      () => {
        this.#timer = null;
        this.#repair();
      },
      Math.max(0, this.#notBefore - performance.now()),
    );
  }

  /** A repair did what it should. */
  succeeded(): void {
    this.#failures = 0;
    this.#notBefore = 0;
  }

  /** A repair failed: tries again after a while. */
  failed(): void {
    const delay = repairDelays[Math.min(this.#failures, repairDelays.length - 1)] ?? 0;
    this.#failures += 1;
    this.#notBefore = performance.now() + delay;
    this.soon();
  }

  /** No further repair. */
  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}

/** Looks at something again and again, at a pace that may change; never twice at the same time. */
export class LookTimer {
  readonly #look: () => Promise<void>;
  #timer: NodeJS.Timeout | null = null;
  #pace: number | null = null;
  #isLooking = false;

  constructor(look: () => Promise<void>) {
    this.#look = look;
  }

  /** @param pace milliseconds between looks; null ends them */
  every(pace: number | null): void {
    if (pace === this.#pace) return;
    this.#pace = pace;
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = pace === null ? null : setInterval(() => void this.#lookOnce(), pace);
  }

  async #lookOnce(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    try {
      await this.#look();
    } finally {
      this.#isLooking = false;
    }
  }
}
