import { describe, expect, it } from 'vitest';
import { refuseWideRanges } from '../../../shared/cluster/following/range-guard.ts';
import { FaultError } from '../../../shared/fault.ts';
import { parsePrefix } from '../../../shared/network/prefix.ts';

function wants(...texts: string[]): {
  name: string;
  prefixes: NonNullable<ReturnType<typeof parsePrefix>>[];
} {
  return { name: 'node', prefixes: texts.flatMap((text) => parsePrefix(text) ?? []) };
}

function refusal(before: readonly string[], after: readonly string[]): string | null {
  try {
    refuseWideRanges([wants(...before)], [wants(...after)]);
    return null;
  } catch (error) {
    return error instanceof FaultError ? error.fault.message : String(error);
  }
}

describe('what a cluster may want for itself', () => {
  it.for([
    ['0.0.0.0/0'],
    ['0.0.0.0/1', '128.0.0.0/1'],
    Array.from({ length: 220 }, (_, index) => `${index + 1}.0.0.0/8`),
    Array.from({ length: 4096 }, (_, index) => `${20 + (index >> 8)}.${index & 255}.0.0/16`),
    ['::/0'],
    ['2000::/3'],
  ])('is not the internet: %s', (after) => {
    expect(refusal([], after)).toContain('Nothing was changed.');
  });

  it.for([
    ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'],
    ['10.42.0.0/16', '203.0.113.0/24', '198.51.100.0/24'],
    ['fd00::/16', '2001:db8::/32'],
  ])('may be private, or a little of it: %s', (after) => {
    expect(refusal([], after)).toBeNull();
  });

  it('may be what it had already', () => {
    expect(refusal(['0.0.0.0/0'], ['0.0.0.0/0', '10.42.0.0/16'])).toBeNull();
    expect(refusal(['0.0.0.0/1'], ['0.0.0.0/0'])).not.toBeNull();
  });
});
