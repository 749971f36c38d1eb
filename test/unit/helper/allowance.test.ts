import { describe, expect, it } from 'vitest';
import { Allowance } from '../../../electron/helper/server/allowance.ts';

describe('the allowance of a client', () => {
  it('is a hundred questions at once, and fifty a second from then on', () => {
    let now = 1_000;
    const allowance = new Allowance(() => now);
    const taken = (): number => {
      let count = 0;
      while (allowance.take()) count += 1;
      return count;
    };
    expect(taken()).toBe(100);
    expect(allowance.wait()).toBe(20);
    now += 19;
    expect(taken()).toBe(0);
    now += 1;
    expect(allowance.wait()).toBe(0);
    expect(taken()).toBe(1);
    now += 1_000;
    expect(taken()).toBe(50);
    now += 3_600_000;
    expect(taken()).toBe(100);
  });
});
