import { describe, expect, it } from 'vitest';
import { formatPrefix, parsePrefix } from '../../../shared/network/prefix.ts';
import { PackedPrefixes } from '../../../shared/network/packed-prefixes.ts';

function packed(...texts: readonly string[]): PackedPrefixes {
  const rows = new PackedPrefixes(6);
  for (const text of texts) {
    const prefix = parsePrefix(text);
    if (prefix === null) throw new Error(text);
    rows.push(prefix);
  }
  return rows;
}

function textsOf(rows: PackedPrefixes): string[] {
  return Array.from({ length: rows.size }, (_, row) => formatPrefix(rows.prefixAt(row)));
}

describe('packed prefixes', () => {
  it('leave nothing behind of a half that was joined with the other', () => {
    const rows = packed('ffff::fffe/128', 'ffff::ffff/128');
    rows.joinHalves();
    expect(textsOf(rows)).toEqual(['ffff::fffe/127']);
    rows.pushBranch(packed('::/8'), 0, 3);
    expect(textsOf(rows)).toEqual(['ffff::fffe/127', '1000::/4']);
  });

  it('are put in order by address, and the shortest first', () => {
    const texts = ['::1/128', 'fe80::/10', '::/0', '::1:0:0/96', '::/128', 'fe80::/9', '100::/8'];
    const rows = packed(...texts);
    expect(Array.from(rows.inOrder(), (row) => texts[row])).toEqual([
      ...['::/0', '::/128', '::1/128', '::1:0:0/96'],
      ...['100::/8', 'fe80::/9', 'fe80::/10'],
    ]);
  });
});
