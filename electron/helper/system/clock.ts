import { uptime } from 'node:os';

/** The two clocks the helper goes by. Tests bring their own. */
export interface Clock {
  /** Milliseconds since some moment in the past; never set, and running on while the machine sleeps. */
  now(): number;
  /** Milliseconds since 1970; may jump. */
  wallTime(): number;
}

/** Milliseconds by which wall clock and monotonic clock may come apart before it is looked up why. */
const tolerance = 50;

/**
 * A clock that runs on while the machine sleeps, read seldom: the uptime is a file to open, and the monotonic clock, which is
 * free, stands still while the machine sleeps. A sleep shows in the wall clock's going ahead of it; so does a wall clock that
 * was set, and then nothing is lost by looking.
 *
 * @param sources of milliseconds: the uptime with the time asleep, the monotonic clock and the wall clock
 */
export class SleepProofClock {
  readonly #uptime: () => number;
  readonly #monotonic: () => number;
  readonly #wall: () => number;
  /** What the uptime is ahead of the monotonic clock, and the wall clock, when the uptime was last looked up. */
  #slept = 0;
  #wallAhead = Number.NaN;

  constructor(uptimeNow: () => number, monotonic: () => number, wall: () => number) {
    this.#uptime = uptimeNow;
    this.#monotonic = monotonic;
    this.#wall = wall;
  }

  /** Milliseconds; never less than before. */
  now(): number {
    const monotonic = this.#monotonic();
    const wallAhead = this.#wall() - monotonic;
    if (!(Math.abs(wallAhead - this.#wallAhead) < tolerance)) {
      // What is measured coarsely must not run backwards.
      this.#slept = Math.max(this.#slept, this.#uptime() - monotonic);
      this.#wallAhead = wallAhead;
    }
    return monotonic + this.#slept;
  }
}

// The uptime of Linux counts the time asleep (CLOCK_BOOTTIME).
const machineClock = new SleepProofClock(
  () => uptime() * 1000,
  () => performance.now(),
  () => Date.now(),
);

/** The machine's clocks. */
export const systemClock: Clock = {
  now: () => machineClock.now(),
  wallTime: () => Date.now(),
};
