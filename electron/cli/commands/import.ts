import { confFilesAt, readGivenFile } from '../../backend/profiles/files.ts';
import { importFile } from '../../backend/profiles/import.ts';
import { ProfileStore } from '../../backend/profiles/store.ts';
import type { ImportOutcome } from '../../../shared/contract/ui/verbs.ts';
import { faultOf } from '../../../shared/fault.ts';
import type { Answer, Command } from '../command.ts';

/** `adit import PATH...` */
export const importFiles: Command = {
  name: 'import',
  operands: 'PATH...',
  arity: { least: 1, most: Infinity },
  summary: 'Keep .conf files as profiles, or those in a folder',
  details: [
    'Each file is kept whole or not at all, under its own base name, and none is overwritten.',
    'The report says for every file what became of it.',
  ],
  options: {},
  async run({ places, given }) {
    const store = new ProfileStore(places.home);
    const outcomes: ImportOutcome[] = [];
    // One after the other: of two files with one name, the first is kept.
    for (const path of given.operands) outcomes.push(...(await importPath(store, path)));
    return report(outcomes);
  },
};

async function importPath(store: ProfileStore, path: string): Promise<ImportOutcome[]> {
  try {
    const outcomes: ImportOutcome[] = [];
    for (const file of await confFilesAt(path)) outcomes.push(await importOne(store, file));
    return outcomes;
  } catch (error) {
    return [{ kind: 'refused', file: path, error: faultOf(error) }];
  }
}

async function importOne(store: ProfileStore, path: string): Promise<ImportOutcome> {
  try {
    return await importFile(store, { name: path, bytes: await readGivenFile(path) });
  } catch (error) {
    return { kind: 'refused', file: path, error: faultOf(error) };
  }
}

function report(outcomes: readonly ImportOutcome[]): Answer {
  const refused = outcomes.filter((outcome) => outcome.kind === 'refused');
  const imported = outcomes.length - refused.length;
  const [first] = refused;
  return {
    json: { files: outcomes, ...(first === undefined ? {} : { error: first.error }) },
    text: [...outcomes.flatMap(linesOf), `${imported} of ${outcomes.length} imported.`].join('\n'),
    exitCode: refused.length > 0 ? 1 : 0,
  };
}

function linesOf(outcome: ImportOutcome): string[] {
  if (outcome.kind === 'imported') {
    const took = outcome.name === outcome.interface ? '' : ` (interface ${outcome.interface})`;
    return [
      `${outcome.name}: imported${took}`,
      ...outcome.warnings.map(({ message, hint }) => `  ${message} ${hint}`),
    ];
  }
  const { code, message, hint } = outcome.error;
  return [`${outcome.file}: refused (${code})`, `  ${message}`, `  ${hint}`];
}
