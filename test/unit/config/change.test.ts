import { describe, expect, it } from 'vitest';
import {
  addPeer,
  parse,
  print,
  removeField,
  removeSection,
  setField,
  setName,
} from '../../../shared/config/index.ts';

const text = [
  '# the laptop',
  '[Interface]',
  'privatekey=AAAA  # never mind',
  'Address = 10.0.0.5/32',
  '',
  '# Aliyun / / Updated: a / Created: b',
  '[Peer]',
  'EndPoint   =\t1.2.3.4:5 # old',
  'PublicKey = ',
  '',
].join('\r\n');

function changedLines(before: string, after: string): string[] {
  const old = new Set(before.split('\n'));
  return after.split('\n').filter((line) => !old.has(line));
}

describe('an edit', () => {
  it('of one field changes one line, and there only the value', () => {
    const edited = print(setField(parse(text), 2, 'Endpoint', '[fd00::1]:5'));
    expect(changedLines(text, edited)).toEqual(['EndPoint   =\t[fd00::1]:5 # old\r']);
    expect(edited.split('\n')).toHaveLength(text.split('\n').length);
  });

  it('fills an empty value', () => {
    expect(print(setField(parse(text), 2, 'PublicKey', 'x'))).toContain('\r\nPublicKey = x\r\n');
  });

  it('changes the last of several lines, the one that counts', () => {
    const file = parse('[Interface]\nMTU = 1\nMTU = 2\n');
    expect(print(setField(file, 1, 'MTU', '1420'))).toBe('[Interface]\nMTU = 1\nMTU = 1420\n');
  });

  it('puts a new key behind those that come before it, with the line ends of the file', () => {
    expect(print(setField(parse(text), 1, 'MTU', '1420'))).toContain(
      'Address = 10.0.0.5/32\r\nMTU = 1420\r\n\r\n# Ali',
    );
  });

  it('puts a new key under the header where none comes before it', () => {
    expect(print(setField(parse('[Peer]\n# Name = x\nEndpoint = a:1'), 1, 'PublicKey', 'x'))).toBe(
      '[Peer]\n# Name = x\nPublicKey = x\nEndpoint = a:1',
    );
  });

  it('works at the end of a file without a newline', () => {
    expect(print(setField(parse('[Interface]'), 1, 'MTU', '1420'))).toBe('[Interface]\nMTU = 1420');
  });

  it.each(['a\nb', 'a # b', 'a\0b', 'a\rb'])(
    'refuses the value %j, which would not stay on its line',
    (value) => {
      expect(() => setField(parse(text), 1, 'DNS', value)).toThrow(RangeError);
    },
  );

  it('refuses a section that is not there', () => {
    expect(() => setField(parse(text), 0, 'MTU', '1')).toThrow(RangeError);
    expect(() => setField(parse(text), 3, 'MTU', '1')).toThrow(RangeError);
  });

  it('removes a field in every line that has it', () => {
    expect(print(removeField(parse('[Interface]\nDNS = 1\n# x\ndns = 2\n'), 1, 'DNS'))).toBe(
      '[Interface]\n# x\n',
    );
  });

  it('names a section, renames it and takes the name away', () => {
    const named = setName(parse('[Peer]\nPublicKey = x\n'), 1, 'Bob');
    expect(print(named)).toBe('[Peer]\n# Name = Bob\nPublicKey = x\n');
    expect(print(setName(named, 1, '家'))).toBe('[Peer]\n# Name = 家\nPublicKey = x\n');
    expect(print(setName(named, 1, null))).toBe('[Peer]\nPublicKey = x\n');
  });

  it('adds a peer behind a blank line', () => {
    expect(print(addPeer(parse('[Interface]\n\n\n'), ['PublicKey = x']))).toBe(
      '[Interface]\n\n[Peer]\nPublicKey = x\n',
    );
    expect(print(addPeer(parse(''), ['PublicKey = x']))).toBe('[Peer]\nPublicKey = x\n');
  });

  it('removes a section with its own comments and not with those of the next', () => {
    const file = parse(
      '[Interface]\n\n# Name = a\n[Peer]\nPublicKey = a\n\n# Name = b\n[Peer]\nPublicKey = b\n',
    );
    expect(print(removeSection(file, 2))).toBe('[Interface]\n\n# Name = b\n[Peer]\nPublicKey = b\n');
    expect(print(removeSection(file, 3))).toBe('[Interface]\n\n# Name = a\n[Peer]\nPublicKey = a\n\n');
  });
});
