import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatAddress } from '../../../shared/network/address.ts';
import { cellsOf } from '../../../shared/network/plan/cells.ts';
import { contains, covers, formatPrefix } from '../../../shared/network/prefix.ts';
import type { Prefix } from '../../../shared/network/prefix.ts';
import { PrefixSet } from '../../../shared/network/prefix-set.ts';
import { anyPrefix, prefix } from './tunnels.ts';

/** What of a prefix lies in no more specific one. */
function free(whole: Prefix, all: readonly Prefix[]): PrefixSet {
  const inner = all.filter((other) => other.length > whole.length && covers(whole, other));
  return PrefixSet.of([whole]).without(PrefixSet.of(inner));
}

describe('the cells of some prefixes', () => {
  it('have one address each, that of the prefix itself and of no more specific one', () => {
    fc.assert(
      fc.property(fc.array(anyPrefix, { maxLength: 14 }), (all) => {
        const cells = cellsOf(all);
        const different = [...new Map(all.map((each) => [formatPrefix(each), each])).values()];
        const parts = different.map((each) => free(each, all).prefixes()).filter(({ length }) => length > 0);
        expect(cells).toHaveLength(parts.length);
        for (const part of parts)
          expect(cells.filter((cell) => part.some((each) => contains(each, cell)))).toHaveLength(1);
      }),
      { numRuns: 2_000 },
    );
  });

  it('begin behind what fills their beginning, up to the last address there is', () => {
    const cells = (...texts: string[]): string[] => cellsOf(texts.map(prefix)).map(formatAddress);
    expect(cells('255.255.255.0/24', '255.255.255.0/25', '255.255.255.128/25')).toEqual([
      '255.255.255.0',
      '255.255.255.128',
    ]);
    expect(cells('fd00::/16', 'fd00::/17', 'fd00:8000::/32')).toEqual([
      'fd00:8001::',
      'fd00::',
      'fd00:8000::',
    ]);
  });
});
