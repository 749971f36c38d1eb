import { describe, expect, it } from 'vitest';
import { SleepNotice } from '../../../electron/helper/system/sleep-notice.ts';

describe('that the machine has slept', () => {
  it('is noticed once, by the clock that ran on meanwhile', () => {
    let awake = 10_000;
    let ahead = 3_000;
    const notice = new SleepNotice({ now: () => awake + ahead, wallTime: () => 0 }, () => awake);
    const after = (seconds: number, slept: number): number => {
      awake += seconds * 1_000;
      ahead += slept * 1_000;
      return notice.take();
    };
    expect([after(1, 0), after(3_600, 0), after(1, 600), after(1, 0), after(1, 5)]).toEqual([
      0, 0, 600_000, 0, 5_000,
    ]);
  });

  it('is nothing where it dozed for a moment, or where only the wall clock was set', () => {
    let ahead = 0;
    const notice = new SleepNotice({ now: () => ahead, wallTime: () => Math.random() }, () => 0);
    ahead = 4_000;
    expect(notice.take()).toBe(0);
    expect(notice.take()).toBe(0);
  });
});
