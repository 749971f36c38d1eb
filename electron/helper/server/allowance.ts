/** How many questions a client may ask at once, and how many a second from then on. */
const rate = { burst: 100, perSecond: 50 } as const;

/** A client's allowance of questions: used up by asking, and growing with time up to a bound (a token bucket). */
export class Allowance {
  readonly #now: () => number;
  #left: number = rate.burst;
  #at: number;

  /** @param now milliseconds of a clock that only goes forward */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#at = now();
  }

  /** Takes one question from it. @returns false where there is none left, and then nothing is taken */
  take(): boolean {
    this.#grow();
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }

  /** Milliseconds until there is a question again; 0 where there is one. */
  wait(): number {
    this.#grow();
    return this.#left >= 1 ? 0 : Math.ceil(((1 - this.#left) / rate.perSecond) * 1000);
  }

  #grow(): void {
    const now = this.#now();
    this.#left = Math.min(rate.burst, this.#left + ((now - this.#at) / 1000) * rate.perSecond);
    this.#at = now;
  }
}
