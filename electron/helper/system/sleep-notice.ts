import type { Clock } from './clock.ts';

/** Milliseconds of sleep that matter: less than that, no session and no way gets old. */
const shortestSleep = 5_000;

/** Notices that the machine has slept, by a clock that ran on meanwhile and one that stood still. */
export class SleepNotice {
  readonly #clock: Clock;
  readonly #awake: () => number;
  #ahead: number;

  /** @param awake milliseconds on a clock that stands still while the machine sleeps */
  constructor(clock: Clock, awake: () => number = () => performance.now()) {
    this.#clock = clock;
    this.#awake = awake;
    this.#ahead = this.#read();
  }

  /** Milliseconds that the machine has slept since the last call; 0 where it has not, or not for long. */
  take(): number {
    const ahead = this.#read();
    const slept = ahead - this.#ahead;
    this.#ahead = ahead;
    return slept >= shortestSleep ? slept : 0;
  }

  #read(): number {
    return this.#clock.now() - this.#awake();
  }
}
