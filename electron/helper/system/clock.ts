import { uptime } from 'node:os';

/** The two clocks the helper goes by. Tests bring their own. */
export interface Clock {
  /** Milliseconds since some moment in the past; never set, and running on while the machine sleeps. */
  now(): number;
  /** Milliseconds since 1970; may jump. */
  wallTime(): number;
}

/** The machine's clocks. */
export const systemClock: Clock = {
  // The uptime of Linux counts the time asleep (CLOCK_BOOTTIME); the monotonic clock does not.
  now: () => uptime() * 1000,
  wallTime: () => Date.now(),
};
