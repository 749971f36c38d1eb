import { basename } from 'node:path';
import { decode, diagnose, parse } from '../../../shared/config/index.ts';
import type { Diagnostic } from '../../../shared/config/index.ts';
import { FaultError } from '../../../shared/fault.ts';
import { readGivenFile } from '../../backend/profiles/files.ts';
import { operandAt, valueOf } from '../command.ts';
import type { Command, Given } from '../command.ts';

/** `adit check FILE` */
export const check: Command = {
  name: 'check',
  operands: 'FILE',
  arity: { least: 1, most: 1 },
  summary: 'Tell what is wrong with a .conf file, and who would refuse it',
  details: [
    'The judge of each remark is who would refuse the file, or read it in an unexpected way:',
    '  wg      "wg setconf", after wg-quick has taken its own keys out',
    '  strip   wg-quick, when it reads the file',
    '  up      ip and wg-quick, when the tunnel comes up',
    '  adit    nobody but Adit',
    'Exit status 1 if any remark is an error.',
  ],
  options: {
    judge: { kind: 'value', placeholder: 'wg', summary: 'Only what wg and wg-quick’s parser would refuse' },
  },
  async run({ given }) {
    const path = operandAt(given, 0);
    const { text, encoding } = decode(await readGivenFile(path));
    const isWanted = judgesWanted(given);
    const remarks = diagnose(parse(text), { encoding, interface: basename(path).replace(/\.conf$/, '') })
      .filter(({ judge }) => isWanted(judge))
      .map(withoutFix);
    return {
      json: remarks,
      text:
        remarks.length === 0
          ? `${path}: nothing to remark.`
          : remarks.map((remark) => line(path, remark)).join('\n'),
      exitCode: remarks.some(({ severity }) => severity === 'error') ? 1 : 0,
    };
  },
};

function judgesWanted(given: Given): (judge: Diagnostic['judge']) => boolean {
  const wanted = valueOf(given, 'judge');
  if (wanted === undefined) return () => true;
  if (wanted === 'wg') return (judge) => judge === 'wg' || judge === 'strip';
  throw new FaultError({
    code: 'wrong-usage',
    message: `There is no judge ${JSON.stringify(wanted)} to ask alone.`,
    hint: 'adit check FILE --judge wg',
  });
}

/** Fixes are for an editor; the command line prints what a person needs to make them. */
function withoutFix({
  code,
  severity,
  judge,
  line,
  column,
  endColumn,
  message,
  hint,
}: Diagnostic): Omit<Diagnostic, 'fix'> {
  return { code, severity, judge, line, column, endColumn, message, hint };
}

function line(path: string, remark: Omit<Diagnostic, 'fix'>): string {
  const { severity, judge, code, message, hint } = remark;
  return `${path}:${remark.line}:${remark.column}: ${severity} [${judge} ${code}] ${message}\n    ${hint}`;
}
