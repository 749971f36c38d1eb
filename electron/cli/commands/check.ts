import { stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { decode, diagnose, diagnoseTogether, parse } from '../../../shared/config/index.ts';
import type { ConfFile, Diagnostic } from '../../../shared/config/index.ts';
import { FaultError } from '../../../shared/fault.ts';
import { readGivenFile } from '../../backend/profiles/files.ts';
import { valueOf } from '../command.ts';
import type { Command, Given } from '../command.ts';

/** A remark as the command line prints it: fixes are for an editor, and a person reads the hint. */
type Remark = Omit<Diagnostic, 'fix'>;

/** A file that was read, and what there is to say of it alone. */
interface CheckedFile {
  readonly path: string;
  readonly file: ConfFile;
  readonly diagnostics: readonly Diagnostic[];
}

/** `adit check FILE...` */
export const check: Command = {
  name: 'check',
  operands: 'FILE...',
  arity: { least: 1, most: Infinity },
  summary: 'Tell what is wrong with a .conf file, and who would refuse it',
  details: [
    'The judge of each remark is who would refuse the file, or read it in an unexpected way:',
    '  wg      "wg setconf", after wg-quick has taken its own keys out',
    '  strip   wg-quick, when it reads the file',
    '  up      ip and wg-quick, when the tunnel comes up',
    '  adit    nobody but Adit',
    'Several files are held against each other too, as those of one network: the keys, ports and addresses of one',
    'that do not fit another; with --json each remark then names its file.',
    'Exit status 1 if any remark is an error.',
  ],
  options: {
    judge: { kind: 'value', placeholder: 'wg', summary: 'Only what wg and wg-quick’s parser would refuse' },
  },
  async run({ given }) {
    const isWanted = judgesWanted(given);
    const checked: CheckedFile[] = [];
    for (const path of given.operands) checked.push(await checkFile(path));
    const together = diagnoseTogether(checked.map(({ path, file }) => ({ name: path, file })));
    const remarks = checked.flatMap(({ path, diagnostics }, index) =>
      [...diagnostics, ...(together[index]?.diagnostics ?? [])]
        .filter(({ judge }) => isWanted(judge))
        .sort((a, b) => a.line - b.line || a.column - b.column)
        .map((diagnostic) => ({ path, remark: withoutFix(diagnostic) })),
    );
    const silent = checked.filter(({ path }) => !remarks.some((one) => one.path === path));
    return {
      json: remarks.map(({ path, remark }) => (checked.length === 1 ? remark : { file: path, ...remark })),
      text: [
        ...remarks.map(({ path, remark }) => line(path, remark)),
        ...silent.map(({ path }) => `${path}: nothing to remark.`),
      ].join('\n'),
      exitCode: remarks.some(({ remark }) => remark.severity === 'error') ? 1 : 0,
    };
  },
};

async function checkFile(path: string): Promise<CheckedFile> {
  const { text, encoding } = decode(await readGivenFile(path));
  const file = parse(text);
  const diagnostics = diagnose(file, {
    encoding,
    interface: basename(path).replace(/\.conf$/, ''),
    worldAccessible: await isWorldAccessible(path),
    dialects: ['windows', 'apple', 'wg-2025'],
  });
  return { path, file, diagnostics };
}

/** As wg-quick asks: whether everybody has the same right on the file and on its folder (src/wg-quick/linux.bash parse_options). */
async function isWorldAccessible(path: string): Promise<boolean> {
  if (process.platform === 'win32') return false;
  const [file, folder] = await Promise.all([stat(path), stat(dirname(path))]);
  return (file.mode & folder.mode & 0o007) !== 0;
}

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

function withoutFix({ code, severity, judge, line, column, endColumn, message, hint }: Diagnostic): Remark {
  return { code, severity, judge, line, column, endColumn, message, hint };
}

function line(path: string, remark: Remark): string {
  const { severity, judge, code, message, hint } = remark;
  return `${path}:${remark.line}:${remark.column}: ${severity} [${judge} ${code}] ${message}\n    ${hint}`;
}
