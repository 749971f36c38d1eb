import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decode, diagnose, parse } from '../../../shared/config/index.ts';
import type { Diagnostic } from '../../../shared/config/index.ts';
import { fixtureText } from './fixtures.ts';

const good = fixtureText('seeds/002-laptop.conf');

function diagnosticsOf(bytes: Uint8Array): { text: string; found: Diagnostic[] } {
  const { text, encoding } = decode(bytes);
  return { text, found: diagnose(parse(text), { encoding }) };
}

/** Whether a diagnostic marks the character of a text at an offset. */
function marks({ line, column, endColumn }: Diagnostic, text: string, offset: number): boolean {
  const before = text.slice(0, offset).split('\n');
  const at = (before.at(-1) ?? '').length + 1;
  return line === before.length && column <= at && at < Math.max(endColumn, column + 1);
}

describe('one bad byte', () => {
  it('anywhere is found where it stands', () => {
    const bad = fc.oneof(
      fc.constantFrom(0, 1, 0x1b, 0x7f, 0x3b, 0x5b, 0x5d),
      fc.integer({ min: 0x80, max: 0xff }),
    );
    fc.assert(
      fc.property(fc.nat({ max: good.length - 1 }), bad, (at, byte) => {
        // Behind a # there is no bad byte to wg, only one that is no UTF-8.
        const isComment = good.slice(good.lastIndexOf('\n', at - 1) + 1, at).includes('#');
        fc.pre(!isComment || byte >= 0x80);
        const bytes = Buffer.from(good);
        const { text, found } = diagnosticsOf(
          Buffer.concat([bytes.subarray(0, at), Buffer.of(byte), bytes.subarray(at)]),
        );
        const told = found.filter(({ severity }) => severity !== 'info');
        expect(told.some((diagnostic) => marks(diagnostic, text, at))).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('that is no UTF-8 is marked in the comment that it stands in', () => {
    const { found } = diagnosticsOf(Buffer.from('[Interface]\n# B\u00fcro \u00df\n', 'latin1'));
    expect(found.find(({ code }) => code === 'encoding-unknown')).toMatchObject({
      line: 2,
      column: 4,
      endColumn: 5,
    });
  });
});
