import { describe, expect, it } from 'vitest';
import { SleepProofClock, systemClock } from '../../../electron/helper/system/clock.ts';

/** A machine whose time a test lets pass. All in milliseconds. */
class Machine {
  asleep = 0;
  awake = 5_000;
  wall = 1_700_000_000_000;
  lookups = 0;
  readonly clock = new SleepProofClock(
    () => {
      this.lookups += 1;
      return this.awake + this.asleep;
    },
    () => this.awake,
    () => this.wall,
  );

  work(time: number): void {
    this.awake += time;
    this.wall += time;
  }

  sleep(time: number): void {
    this.asleep += time;
    this.wall += time;
  }
}

describe('the clock', () => {
  it('runs while the machine works, and looks at the uptime once', () => {
    const machine = new Machine();
    const start = machine.clock.now();
    for (let second = 1; second <= 100; second += 1) {
      machine.work(1_000);
      expect(machine.clock.now() - start).toBe(second * 1_000);
    }
    expect(machine.lookups).toBe(1);
  });

  it('counts the time asleep', () => {
    const machine = new Machine();
    const start = machine.clock.now();
    machine.sleep(3_600_000);
    machine.work(10);
    expect(machine.clock.now() - start).toBe(3_600_010);
  });

  it('does not follow a wall clock that is set, either way', () => {
    const machine = new Machine();
    const start = machine.clock.now();
    for (const jump of [86_400_000, -172_800_000, 20]) {
      machine.wall += jump;
      machine.work(10);
    }
    expect(machine.clock.now() - start).toBe(30);
  });

  it('counts a sleep after the wall clock was set', () => {
    const machine = new Machine();
    const start = machine.clock.now();
    machine.wall -= 1_000_000;
    machine.work(10);
    machine.clock.now();
    machine.sleep(60_000);
    expect(machine.clock.now() - start).toBe(60_010);
  });

  it('of this machine never goes back', () => {
    let before = systemClock.now();
    for (let round = 0; round < 1_000; round += 1) {
      const now = systemClock.now();
      expect(now).toBeGreaterThanOrEqual(before);
      before = now;
    }
  });
});
