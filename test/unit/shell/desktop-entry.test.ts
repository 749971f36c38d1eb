import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  changedEntry,
  entryValue,
  execValue,
  stringValue,
  textOf,
} from '../../../electron/shell/desktop-entry.ts';

const entry = `# kept by hand
[Desktop Entry]
Type=Application
Name=Adit
Name[de]=Stollen
Exec = "/opt/My Apps/adit" --hidden
OnlyShowIn=GNOME;XFCE;

[Desktop Action new]
Name=New
Exec=/opt/new; # not a comment
`;

describe('a desktop entry', () => {
  it('gives the values of its main group as they are written', () => {
    expect(entryValue(entry, 'Name')).toBe('Adit');
    expect(entryValue(entry, 'Name[de]')).toBe('Stollen');
    expect(entryValue(entry, 'Exec')).toBe('"/opt/My Apps/adit" --hidden');
    expect(entryValue(entry, 'OnlyShowIn')).toBe('GNOME;XFCE;');
    expect(entryValue(entry, 'Hidden')).toBeNull();
    expect(entryValue('', 'Name')).toBeNull();
  });

  it('is changed key by key, and every other line stays', () => {
    const lines = entry.split('\n');
    const changed = changedEntry(entry, { Exec: '/usr/bin/adit', OnlyShowIn: null, Hidden: 'true' });
    expect(changed.split('\n')).toEqual([
      ...lines.slice(0, 5),
      'Exec=/usr/bin/adit',
      'Hidden=true',
      ...lines.slice(7),
    ]);
    expect(changedEntry(changed, { Hidden: null })).toBe(changed.replace('Hidden=true\n', ''));
  });

  it('begins where there is none, and gets its main group where it has none', () => {
    expect(changedEntry('', { Type: 'Application', Hidden: null })).toBe(
      '[Desktop Entry]\nType=Application\n',
    );
    expect(changedEntry('# words\n', { Type: 'Application' })).toBe(
      '[Desktop Entry]\nType=Application\n# words\n',
    );
  });

  it('keeps one of several lines of a key', () => {
    const twice = '[Desktop Entry]\nExec=a\nName=x\nExec=b\n';
    expect(entryValue(twice, 'Exec')).toBe('b');
    expect(changedEntry(twice, { Exec: 'c' })).toBe('[Desktop Entry]\nExec=c\nName=x\n');
  });

  it('has a line for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const value = stringValue(text);
        const written = changedEntry(entry, { TryExec: value });
        expect(textOf(entryValue(written, 'TryExec') ?? '')).toBe(text);
        expect(changedEntry(written, { TryExec: null })).toBe(entry);
      }),
      { examples: [[' ! '], ['\u00a0!\u3000'], [' '], ['\t'], ['\u2028']] },
    );
  });

  it('has a value without the blanks around it', () => {
    expect(entryValue('[Desktop Entry]\r\nName = \tx y \r\n', 'Name')).toBe('x y');
  });

  it('quotes the words of a command as the specification has it', () => {
    expect(execValue(['/usr/bin/adit', '--hidden'])).toBe('/usr/bin/adit --hidden');
    expect(execValue(['/opt/My Apps/adit'])).toBe('"/opt/My Apps/adit"');
    expect(execValue(['/a/100%/adit'])).toBe('/a/100%%/adit');
    // Escaped once for the quotes, and once more as every string of a desktop entry.
    expect(execValue(['/a/$x`"\\'])).toBe(String.raw`"/a/\\$x\\` + '`' + String.raw`\\"\\\\"`);
    expect(execValue(['/a/b;c', "d'e", ''])).toBe(`"/a/b;c" "d'e" ""`);
  });
});
