/**
 * What it costs to read, diagnose and format a file, in a process of its own whose heap may not grow at leisure.
 *
 *   node --max-old-space-size=M --max-semi-space-size=4 cost.ts FILE
 *
 * Prints as JSON how many bytes the file has, how many the process grew by at its peak, and the processor time in milliseconds.
 */
import { readFileSync } from 'node:fs';
import { decode, diagnose, formatConf, parse } from '../../../../shared/config/index.ts';

const before = process.resourceUsage().maxRSS;
const { user } = process.cpuUsage();
const bytes = readFileSync(process.argv[2] ?? '');
const { text, encoding } = decode(bytes);
const file = parse(text);
diagnose(file, { encoding, dialects: ['windows', 'apple', 'wg-2025'] });
formatConf(file);
const milliseconds = (process.cpuUsage().user - user) / 1000;
const grown = (process.resourceUsage().maxRSS - before) * 1024;
console.log(JSON.stringify({ bytes: bytes.length, grown, milliseconds }));
