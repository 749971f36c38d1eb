import type { Chance } from './random.ts';

/** Pieces that mean something to one of the parsers, or that one of them overlooks. */
const pieces = [
  '\0',
  '#',
  '=',
  '[',
  ']',
  ':',
  ',',
  '/',
  '.',
  '%',
  '+',
  '-',
  '*',
  ' ',
  '\t',
  '\r',
  '\n',
  '\v',
  '\f',
  '"',
  "'",
  ';',
  '\\',
  '$',
  '0',
  '1',
  '9',
  'a',
  'F',
  'x',
  '\x01',
  '\x7f',
  '\xa0',
  '\xff',
  '\xef\xbb\xbf',
  '\xe2\x84\xaa',
  '[Peer]\n',
  '[Interface]\n',
  '\n\n',
  '= ',
  ', ',
  'Address = ',
  'SaveConfig = ',
  'AllowedIPs = ',
  'off',
  'auto',
  '/0',
  '/32',
  '::',
  '0x',
  '@(',
  '!',
  '~',
  '`',
];

/** What `wg` passes over, or what stays a value: changes that seldom spoil a file. */
const blanks = [' ', '\t', '\r', '\v', '\f', '\0', '\n', ' # x', '\n#'];

/** Changes a configuration in one to four places, most often in one. */
export function mutate(chance: Chance, original: Buffer, other: Buffer): Buffer {
  let bytes = original.toString('latin1');
  const changes = chance.percent(60) ? 1 : 1 + chance.below(4);
  for (let change = 0; change < changes; change += 1)
    bytes = changeOnce(chance, bytes, other.toString('latin1'));
  return Buffer.from(bytes, 'latin1');
}

function changeOnce(chance: Chance, text: string, other: string): string {
  const at = chance.below(text.length + 1);
  const lines = text.split('\n');
  const line = chance.below(lines.length);
  switch (chance.below(14)) {
    case 0:
    case 1:
      return text.slice(0, at) + chance.pick(pieces) + text.slice(at);
    case 2:
      return text.slice(0, at) + text.slice(at + 1 + chance.below(3));
    case 3:
      return text.slice(0, at) + chance.pick(pieces) + text.slice(at + 1);
    case 4:
      return lines.toSpliced(line, 1).join('\n');
    case 5:
      return lines.toSpliced(chance.below(lines.length), 0, lines[line] ?? '').join('\n');
    case 6: {
      const theirs = other.split('\n');
      return lines.toSpliced(line, 0, chance.pick(theirs)).join('\n');
    }
    case 7:
      return chance.percent(20)
        ? text.slice(0, at)
        : lines.toSpliced(line, 1, lines[chance.below(lines.length)] ?? '').join('\n');
    case 8:
      return text.slice(0, at) + chance.pick(blanks) + text.slice(at);
    case 9:
      return text.replace(/[0-9]/g, (digit, index: number) =>
        index >= at && chance.percent(20) ? String(chance.below(10)) : digit,
      );
    case 10:
      return shuffledSections(chance, text, other);
    case 11: {
      const moved = lines[line] ?? '';
      return lines.toSpliced(line, 1).toSpliced(chance.below(lines.length), 0, moved).join('\n');
    }
    case 12:
      return text.slice(0, at) + String.fromCharCode(chance.below(256)) + text.slice(at + chance.below(2));
    default:
      return text.slice(0, at) + swapCase(text.slice(at, at + 1)) + text.slice(at + 1);
  }
}

/** The sections of both in any order; some are there twice, and some not at all. */
function shuffledSections(chance: Chance, text: string, other: string): string {
  const sections = [text, other].flatMap((one) => one.split(/(?<=\n)(?=\[)/));
  const count = 1 + chance.below(4);
  return Array.from({ length: count }, () => chance.pick(sections)).join('\n');
}

function swapCase(text: string): string {
  return text === text.toLowerCase() ? text.toUpperCase() : text.toLowerCase();
}
