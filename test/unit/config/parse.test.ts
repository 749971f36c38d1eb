import { describe, expect, it } from 'vitest';
import { parse, print, stripConf } from '../../../shared/config/index.ts';
import {
  fieldOfLine,
  kindOfLine,
  lineCount,
  sectionsOf,
  settingOfLine,
  valueText,
} from '../../../shared/config/syntax/conf-file.ts';

describe('the tree', () => {
  const text =
    '\ufeff# top\r\n\r\n [ Inter face ] # x\nPriv\0ate Key = a = b # c\nwhat\n[Peer]\n=x\n[Nope]\nMTU';
  const file = parse(text);

  it('is the text', () => {
    expect(print(file)).toBe(text);
  });

  it('knows what each line is', () => {
    const kinds = Array.from({ length: lineCount(file) }, (_, line) => kindOfLine(file, line));
    expect(kinds).toEqual([
      'comment',
      'blank',
      'header',
      'setting',
      'other',
      'header',
      'setting',
      'header',
      'other',
    ]);
  });

  it('knows the key behind every spelling, and splits at the first =', () => {
    expect(fieldOfLine(file, 3)).toBe('PrivateKey');
    expect(valueText(file, settingOfLine(file, 3))).toBe('a = b');
    expect(fieldOfLine(file, 6)).toBeNull();
    expect(fieldOfLine(file, 8)).toBe('MTU');
  });

  it('divides the lines into sections, none lost', () => {
    const sections = [...sectionsOf(file)].map(({ kind, plain, firstLine, endLine }) => ({
      kind,
      plain,
      firstLine,
      endLine,
    }));
    expect(sections).toEqual([
      { kind: 'preamble', plain: false, firstLine: 0, endLine: 2 },
      { kind: 'interface', plain: false, firstLine: 2, endLine: 5 },
      { kind: 'peer', plain: false, firstLine: 5, endLine: 7 },
      { kind: 'unknown', plain: false, firstLine: 7, endLine: 9 },
    ]);
  });

  it('is not fooled by letters that fold to ASCII ones', () => {
    expect(fieldOfLine(parse('Public\u212aey = x'), 0)).toBeNull();
  });
});

describe('stripConf', () => {
  const strip = (text: string): string => stripConf(parse(text));

  it('takes out what wg-quick takes out, and keeps the rest with its outer blanks removed', () => {
    expect(strip('[interface]\n MTU = 1\n\tPrivateKey = x # y \nPreUp = a # b\n[Peer]\nMTU = 1\n')).toBe(
      '[interface]\nPrivateKey = x # y\n[Peer]\nMTU = 1\n\n',
    );
  });

  it('does not look under a header that wg-quick does not know', () => {
    expect(strip('[ Interface ]\nAddress = x\n')).toBe('[ Interface ]\nAddress = x\n\n');
  });

  it('drops NULs, as bash does', () => {
    expect(strip('[Inter\0face]\nAdd\0ress = x\nListenPort = 1\0\n')).toBe('[Interface]\nListenPort = 1\n\n');
  });

  it('passes over a last line of blanks only', () => {
    expect(strip('[Peer]\n \t')).toBe('[Peer]\n\n');
    expect(strip('[Peer]\n\r')).toBe('[Peer]\n\r\n\n');
  });
});
