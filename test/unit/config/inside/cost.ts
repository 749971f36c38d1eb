/**
 * What it costs to read, print, diagnose and format a file and to hide its keys, in a process of its own whose heap may not grow at
 * leisure.
 *
 *   node --max-old-space-size=M --max-semi-space-size=4 cost.ts FILE
 *
 * Prints a {@link Cost} as JSON.
 */
import { readFileSync } from 'node:fs';
import { decode, diagnose, formatConf, hideKeys, parse, print } from '../../../../shared/config/index.ts';

/** What was found of a file, and what it took. */
export interface Cost {
  /** The size of the file in bytes. */
  readonly bytes: number;
  /** By how many bytes the process grew at its peak. */
  readonly grown: number;
  /** Processor time. */
  readonly milliseconds: number;
  /** Whether the file is printed as it was. */
  readonly isPrinted: boolean;
  readonly diagnostics: number;
}

const before = process.resourceUsage().maxRSS;
const { user } = process.cpuUsage();
const bytes = readFileSync(process.argv[2] ?? '');
const { text, encoding } = decode(bytes);
const file = parse(text);
const isPrinted = print(file) === text;
const diagnostics = diagnose(file, { encoding, dialects: ['windows', 'apple', 'wg-2025'] }).length;
formatConf(file);
hideKeys(text);
const milliseconds = (process.cpuUsage().user - user) / 1000;
const grown = (process.resourceUsage().maxRSS - before) * 1024;
console.log(
  JSON.stringify({ bytes: bytes.length, grown, milliseconds, isPrinted, diagnostics } satisfies Cost),
);
