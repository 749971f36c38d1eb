import { describe, expect, it } from 'vitest';
import { chooseMtu } from '../../../electron/helper/tunnels/mtu.ts';

describe('the MTU of a tunnel', () => {
  it('is that of the narrowest way to its peers, less 80 bytes', () => {
    expect(chooseMtu([1500], true)).toBe(1420);
    expect(chooseMtu([1500, 1400, 9000], false)).toBe(1320);
  });

  it('is 1420 where no way is known', () => {
    expect(chooseMtu([], true)).toBe(1420);
  });

  it('is never so low that IPv6 would go, if the tunnel has any', () => {
    expect(chooseMtu([1280], true)).toBe(1280);
    expect(chooseMtu([1359, 1500], true)).toBe(1280);
    expect(chooseMtu([1360], true)).toBe(1280);
    expect(chooseMtu([1280], false)).toBe(1200);
  });
});
