import { describe, expect, it } from 'vitest';
import { diagnose, dialectDifferences, parse, summarise } from '../../../shared/config/index.ts';
import { fixturesIn, fixtureText, rowFolders } from './fixtures.ts';
import { rows } from './specification-rows.ts';

function textOf(row: string): string {
  return fixtureText(`rows/${row}.conf`);
}

describe('every row of the specification', () => {
  it('has its file, and every file is one', () => {
    const files = rowFolders.flatMap(fixturesIn);
    expect(rows.map(({ name }) => `rows/${name}.conf`).sort()).toEqual(files.sort());
  });

  it.each(rows)('$name: $verdict', ({ name, verdict, code }) => {
    const diagnostics = diagnose(parse(textOf(name)));
    const judges = diagnostics.filter(({ severity }) => severity === 'error').map(({ judge }) => judge);
    expect(judges.includes('strip')).toBe(verdict === 'refused by strip');
    expect(judges.includes('wg')).toBe(verdict === 'refused by wg');
    if (code !== null) expect(diagnostics.map((diagnostic) => diagnostic.code)).toContain(code);
  });
});

/** What WireGuard for Windows and for macOS and iOS make of a file, and in which line. */
const elsewhere: Readonly<Record<string, readonly string[]>> = {
  fwmark: ['windows refused 4', 'apple refused 4'],
  'save-config': ['windows refused 4', 'apple refused 4'],
  hooks: ['windows ignored 4', 'apple refused 4'],
  'table-off': ['apple refused 4'],
  'table-number': ['windows ignored 4', 'apple refused 4'],
  'scalar-repeated': ['apple refused 5'],
  'interface-repeated': ['apple refused 4'],
  'interface-behind-peer': ['windows different 9', 'apple refused 9'],
  'peer-twice': ['windows different 9', 'apple refused 9'],
  'hook-empty-of-wg-gen-web': ['windows refused 4', 'apple refused 4'],
  'keepalive-off': ['apple refused 8'],
  'keepalive-off-capital': ['windows refused 8', 'apple refused 8'],
  'endpoint-ipv6-without-brackets': ['windows refused 7', 'apple refused 7'],
  'address-item-empty': ['windows refused 3', 'apple refused 3'],
  'no-private-key': ['windows refused 1', 'apple refused 1'],
};

describe('the rows on other programs', () => {
  it.each(fixturesIn('rows/1.5'))('%s', (path) => {
    const found = dialectDifferences(parse(fixtureText(path)), ['windows', 'apple']);
    const name = path.slice('rows/1.5/'.length, -'.conf'.length);
    expect(found.map(({ dialect, effect, line }) => `${dialect} ${effect} ${line}`)).toEqual(elsewhere[name]);
  });
});

describe('the rows on names', () => {
  it.each([
    ['1.6/name-in-section', ['Ali_Server']],
    ['1.6/name-above-header-of-wg-gen-web', ['macOS', 'A / B']],
    ['1.6/name-behind-value', ['Clinet 不配置代理']],
    ['1.6/comment-block-above-peer', ['first', 'second']],
    ['1.6/order-of-kilo', [null]],
  ])('%s', (row, names) => {
    expect(summarise(parse(textOf(row))).peers.map(({ name }) => name)).toEqual(names);
  });
});
