import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { innerMtu, largestPassing, outerSize } from '../../../shared/diagnosis/mtu.ts';

describe('the size that a path takes', () => {
  it.each([
    [1400, 4, 1328],
    [1400, 6, 1312],
    [1500, 4, 1440],
    [1492, 6, 1408],
  ] as const)('%i bytes outside over IPv%i leave %i inside', (outer, family, inner) => {
    expect(innerMtu(outer, family)).toBe(inner);
  });

  it('has room for the usual tunnel over either family: nothing is filled up beyond the tunnel’s own MTU', () => {
    expect([outerSize(1440, 4), outerSize(1420, 6)]).toEqual([1500, 1500]);
  });

  it('leaves the most that, filled up by anybody, still fits', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 700, max: 9000 }),
        fc.constantFrom(4 as const, 6 as const),
        (outer, family) => {
          const inner = innerMtu(outer, family);
          expect(outerSize(inner, family)).toBeLessThanOrEqual(outer);
          expect(outerSize(inner + 16, family)).toBeGreaterThan(outer);
        },
      ),
    );
  });

  it('is found by halving, in few steps, whatever it is', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 500, max: 9000 }),
        fc.integer({ min: 577, max: 8920 }),
        async (limit, most) => {
          let asked = 0;
          const found = await largestPassing((bytes) => Promise.resolve(++asked > 0 && bytes <= limit), most);
          if (limit >= most) expect([found, asked]).toEqual([most, 1]);
          else if (limit < 576) expect(found).toBeNull();
          else expect(found).toBe(Math.floor(limit / 16) * 16);
          expect(asked).toBeLessThanOrEqual(12);
        },
      ),
    );
  });
});
