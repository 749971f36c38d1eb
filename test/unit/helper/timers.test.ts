import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LookTimer, RepairTimer } from '../../../electron/helper/tunnels/timers.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] });
});

afterEach(() => {
  vi.useRealTimers();
});

/** A timer whose repairs are counted, by the time at which they came. */
function repairs(): { timer: RepairTimer; times: number[] } {
  const began = performance.now();
  const times: number[] = [];
  return { timer: new RepairTimer(() => times.push(performance.now() - began)), times };
}

describe('a repair', () => {
  it('comes at once when something happened, once for all that happened', () => {
    const { timer, times } = repairs();
    timer.soon();
    timer.soon();
    vi.advanceTimersByTime(1_000);
    expect(times).toEqual([0]);
    timer.soon();
    vi.advanceTimersByTime(1_000);
    expect(times).toEqual([0, 1_000]);
  });

  it('that fails is tried again, each time later, up to every 5 s', () => {
    const times: number[] = [];
    const began = performance.now();
    const timer: RepairTimer = new RepairTimer(() => {
      times.push(performance.now() - began);
      timer.failed();
    });
    timer.soon();
    vi.advanceTimersByTime(20_000);
    expect(times).toEqual([0, 500, 1_500, 3_500, 8_500, 13_500, 18_500]);
  });

  it('that fails is not hurried by what it stirs up itself', () => {
    const { timer, times } = repairs();
    timer.failed();
    for (let noise = 0; noise < 20; noise += 1) {
      timer.noticed();
      vi.advanceTimersByTime(20);
    }
    expect(times).toEqual([]);
    vi.advanceTimersByTime(100);
    expect(times).toEqual([500]);
  });

  it('that fails is tried at once when something happens that it did not stir up', () => {
    const { timer, times } = repairs();
    for (let failure = 0; failure < 4; failure += 1) timer.failed();
    vi.advanceTimersByTime(600);
    times.length = 0;
    timer.failed();
    vi.advanceTimersByTime(510);
    timer.noticed();
    vi.advanceTimersByTime(0);
    expect(times).toHaveLength(1);
    timer.failed();
    timer.soon();
    vi.advanceTimersByTime(0);
    expect(times).toHaveLength(2);
  });

  it('that succeeds makes the next one come at once, and the next failure be the first', () => {
    const { timer, times } = repairs();
    for (let failure = 0; failure < 4; failure += 1) timer.failed();
    timer.stop();
    timer.succeeded();
    timer.soon();
    vi.advanceTimersByTime(0);
    timer.failed();
    vi.advanceTimersByTime(500);
    expect(times).toEqual([0, 500]);
  });

  it('does not come after the end', () => {
    const { timer, times } = repairs();
    timer.failed();
    timer.stop();
    vi.advanceTimersByTime(60_000);
    expect(times).toEqual([]);
  });
});

describe('looking again and again', () => {
  it('keeps its pace, until it is told another or none', async () => {
    let looks = 0;
    const timer = new LookTimer(() => {
      looks += 1;
      return Promise.resolve();
    });
    timer.every(1_000);
    await vi.advanceTimersByTimeAsync(3_500);
    expect(looks).toBe(3);
    timer.every(5_000);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(looks).toBe(5);
    timer.every(null);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(looks).toBe(5);
  });

  it('is not set back by being told its own pace again', async () => {
    let looks = 0;
    const timer = new LookTimer(() => {
      looks += 1;
      return Promise.resolve();
    });
    for (let turn = 0; turn < 10; turn += 1) {
      timer.every(1_000);
      await vi.advanceTimersByTimeAsync(400);
    }
    timer.every(null);
    expect(looks).toBe(4);
  });

  it('never happens twice at the same time, and goes on when a look was slow', async () => {
    const ends: (() => void)[] = [];
    const timer = new LookTimer(() => new Promise<void>((resolve) => ends.push(resolve)));
    timer.every(1_000);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(ends).toHaveLength(1);
    ends[0]?.();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(ends).toHaveLength(2);
    timer.every(null);
  });
});
