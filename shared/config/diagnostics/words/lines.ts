import { entry, quoted } from '../entry.ts';

/** Bytes, lines, sections and the spelling of keys. */
export const lineEntries = {
  'byte-order-mark': entry(
    'wg',
    'error',
    'The file begins with a byte order mark, which wg takes for content.',
    () => ({
      message: 'The file begins with a byte order mark (BOM), which wg takes for part of the first line.',
      hint: 'Save it as UTF-8 without BOM. Importing it into Adit does that.',
    }),
  ),
  'encoding-utf16': entry(
    'wg',
    'error',
    'The file is UTF-16, which neither wg nor wg-quick can read.',
    () => ({
      message: 'The file is UTF-16, which neither wg nor wg-quick can read.',
      hint: 'Save it as UTF-8. Importing it into Adit does that.',
    }),
  ),
  'encoding-utf16-unmarked': entry(
    'adit',
    'error',
    'The file is UTF-16 without a byte order mark, which only bash happens to read.',
    () => ({
      message:
        'The file is UTF-16 without a byte order mark: bash passes over its NULs, other programs do not.',
      hint: 'Save it as UTF-8. Importing it into Adit does that.',
    }),
  ),
  'encoding-unknown': entry('adit', 'warning', 'The file is neither UTF-8 nor UTF-16.', () => ({
    message: 'The file is neither UTF-8 nor UTF-16; each of its bytes is shown as one character.',
    hint: 'WireGuard itself needs ASCII only. If comments look wrong, save the file as UTF-8 in the editor that wrote it.',
  })),
  mojibake: entry(
    'adit',
    'warning',
    'Text was UTF-8, was read as Windows-1252 and saved again.',
    (repaired: string) => ({
      message: `This text was UTF-8 once and was saved again as Windows-1252; it read ${quoted(repaired)}.`,
      hint: 'Accept the repair if that looks right, or type the text again.',
    }),
  ),
  'line-ends-cr': entry('adit', 'error', 'The lines end in CR only, so that wg sees a single line.', () => ({
    message: 'The lines of the file end in CR only: for wg and wg-quick it is one single line.',
    hint: 'Save it with LF or CR LF line ends.',
  })),
  'nul-character': entry('adit', 'error', 'A NUL character, which wg and wg-quick read differently.', () => ({
    message: 'There is a NUL character in this line. wg ends the line there, wg-quick passes over it.',
    hint: 'Remove it: the two programs read different configurations.',
  })),
  'control-character': entry(
    'adit',
    'error',
    'A control character that bash loses, and wg does not.',
    () => ({
      message:
        'There is a control character (U+0001) before the end of this line: wg-quick loses it, wg does not.',
      hint: 'Remove it: the two programs read different configurations.',
    }),
  ),
  'line-unrecognized': entry('wg', 'error', 'A line is neither a section, a setting nor a comment.', () => ({
    message: 'This line is neither a section, a setting nor a comment.',
    hint: 'Settings are written "Key = value"; begin a comment with #.',
  })),
  'comment-marker': entry(
    'wg',
    'error',
    'A comment begins with something else than #.',
    (marker: string) => ({
      message: `A comment cannot begin with ${quoted(marker)}: wg refuses the line.`,
      hint: 'Begin it with #.',
    }),
  ),
  'equals-missing': entry('wg', 'error', 'A key without its =.', (key: string) => ({
    message: `${key} is not followed by "=".`,
    hint: `Write "${key} = value".`,
  })),
  'key-without-value': entry('adit', 'error', 'One of wg-quick’s keys alone on its line.', (key: string) => ({
    message: `${key} stands alone; wg-quick takes the word itself for its value.`,
    hint: `Write "${key} = value", or remove the line.`,
  })),
  'section-unrecognized': entry(
    'wg',
    'error',
    'A header names neither [Interface] nor [Peer].',
    (header: string) => ({
      message: `${quoted(header)} is no section; there are [Interface] and [Peer].`,
      hint: 'Correct the header, or begin the line with # to make it a comment.',
    }),
  ),
  'section-spelling': entry(
    'strip',
    'warning',
    'A header with blanks inside, which wg reads and wg-quick does not.',
    () => ({
      message:
        'wg reads this header as [Interface], but wg-quick does not know it and looks for none of its keys below.',
      hint: 'Write [Interface], without blanks inside.',
    }),
  ),
  'outside-section': entry('wg', 'error', 'A setting stands before the first section.', (key: string) => ({
    message: `${quoted(key)} stands before any section.`,
    hint: 'Put [Interface] or [Peer] on a line above it.',
  })),
  'key-unrecognized': entry('wg', 'error', 'A key does not exist.', (key: string, meant: string | null) => ({
    message: `There is no key ${quoted(key)}.`,
    hint:
      meant === null
        ? 'Remove the line, or begin it with # to keep it as a comment.'
        : `Did you mean ${meant}?`,
  })),
  'key-misplaced': entry(
    'wg',
    'error',
    'A key stands in the wrong section.',
    (key: string, section: string) => ({
      message: `${key} belongs under ${section}.`,
      hint: `Move the line to the ${section} section.`,
    }),
  ),
  'key-not-taken': entry(
    'wg',
    'error',
    'wg-quick’s key under a header or in a spelling that only wg knows.',
    (key: string) => ({
      message: `wg-quick does not find ${key} here and leaves it to wg, which does not know it.`,
      hint: `Write both the header [Interface] and the key ${key} without blanks inside.`,
    }),
  ),
  'key-spelling': entry(
    'adit',
    'info',
    'A key in another spelling than the usual one.',
    (written: string, key: string) => ({
      message: `${quoted(written)} is read as ${key}.`,
      hint: 'Nothing has to be done for wg; other programs are stricter about blanks inside a key.',
    }),
  ),
  'value-missing': entry('wg', 'error', 'A key of wg without a value.', (key: string) => ({
    message: `${key} has no value.`,
    hint: 'Give it one, or remove the line: wg refuses an empty value.',
  })),
  'value-empty': entry(
    'adit',
    'info',
    'A key of wg-quick without a value, which has no effect.',
    (key: string) => ({
      message: `${key} has no value and no effect.`,
      hint: 'Remove the line; WireGuard for Windows refuses it.',
    }),
  ),
  'value-quoted': entry(
    'wg',
    'error',
    'A value in quotes, which wg takes for part of it.',
    (key: string) => ({
      message: `The value of ${key} is in quotes, which wg takes for part of it.`,
      hint: 'Remove the quotes.',
    }),
  ),
  'look-alike-character': entry(
    'wg',
    'error',
    'A character that only looks like a blank or a sign.',
    (names: string) => ({
      message: `There is ${names} in this line, which wg does not take for what it looks like.`,
      hint: 'Replace it by the plain ASCII character.',
    }),
  ),
  'repeated-interface': entry('adit', 'info', 'A further [Interface], which continues the first.', () => ({
    message: 'This [Interface] continues the first one; where both set a key, this one counts.',
    hint: 'Put all of it into one section: WireGuard for macOS and iOS refuse a second one.',
  })),
  'repeated-key': entry(
    'adit',
    'warning',
    'A key is set again further down, and the last one counts.',
    (key: string, line: number) => ({
      message: `This ${key} does not count: it is set again in line ${line}.`,
      hint: 'Remove one of the two.',
    }),
  ),
  'line-slow': entry(
    'strip',
    'warning',
    'A line so long that wg-quick takes seconds to minutes for it.',
    (length: number) => ({
      message: `This line has ${length} characters: wg-quick takes a time that grows with the square of that, seconds at 10,000.`,
      hint: 'Write several lines with fewer items each; of AllowedIPs, Address and DNS they add up.',
    }),
  ),
  'wg-show-output': entry('wg', 'error', 'The text is the output of wg show, not a configuration.', () => ({
    message: 'This is what "wg show" prints, not a configuration.',
    hint: 'On that machine "wg showconf INTERFACE" prints a configuration; "adit import" reads this too, without the keys it hides.',
  })),
};
