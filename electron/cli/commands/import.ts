import type { OwnEnd } from '../../../shared/config/index.ts';
import type { ImportOutcome } from '../../../shared/contract/ui/verbs.ts';
import { parseInterfaceAddress } from '../../../shared/network/prefix.ts';
import { FaultError, faultOf } from '../../../shared/fault.ts';
import type { ImportOptions } from '../../backend/import/conf.ts';
import { genWebFilesAt, importGenWeb } from '../../backend/import/gen-web.ts';
import { importFile } from '../../backend/import/import-file.ts';
import { confFilesAt, readGivenFile } from '../../backend/profiles/files.ts';
import { ProfileStore } from '../../backend/profiles/store.ts';
import { has, listOf, valueOf } from '../command.ts';
import type { Answer, Command, Given } from '../command.ts';
import { readKeyFile } from '../own-end.ts';

/** `adit import PATH...` */
export const importFiles: Command = {
  name: 'import',
  operands: 'PATH...',
  arity: { least: 1, most: Infinity },
  summary: 'Keep .conf files, folders or .zip files of them, or QR codes in pictures, as profiles',
  details: [
    'Taken are .conf files in any encoding, those in a folder, those in a .zip, QR codes in PNG or JPEG pictures,',
    'and what "kgctl showconf", "wg showconf" and "wg show" print. Of wg-gen-web: its folder, a .zip of it, or its files, a client',
    'being named by its name, with the mail address and dates above it.',
    'Each is kept whole or not at all, under its own base name, and none is overwritten.',
    'The report says for every file what became of it.',
  ],
  options: {
    repair: { kind: 'flag', summary: 'Restore names that were UTF-8 and were saved as Windows-1252' },
    'private-key': {
      kind: 'value',
      placeholder: 'FILE',
      summary: 'The private key of this host, for files without one, such as kgctl prints',
    },
    address: {
      kind: 'value',
      placeholder: 'ADDRESS',
      repeats: true,
      summary: 'The address of this host in the tunnel, for files without one',
    },
  },
  async run({ places, given }) {
    const store = new ProfileStore(places.home);
    const options = { repair: has(given, 'repair'), own: await ownEndIn(given) };
    const outcomes: ImportOutcome[] = [];
    // One after the other: of two files with one name, the first is kept.
    for (const path of given.operands) outcomes.push(...(await importPath(store, path, options)));
    return report(outcomes);
  },
};

async function ownEndIn(given: Given): Promise<OwnEnd> {
  const addresses = listOf(given, 'address');
  const wrong = addresses.find((address) => parseInterfaceAddress(address) === null);
  if (wrong !== undefined) {
    throw new FaultError({
      code: 'address-malformed',
      message: `${JSON.stringify(wrong)} is no address.`,
      hint: 'Write it as 10.5.0.1/32.',
    });
  }
  const path = valueOf(given, 'private-key');
  return path === undefined ? { addresses } : { privateKey: await readKeyFile(path), addresses };
}

async function importPath(
  store: ProfileStore,
  path: string,
  options: ImportOptions,
): Promise<ImportOutcome[]> {
  try {
    const ofGenWeb = await genWebFilesAt(path);
    const outcomes = await importGenWeb(store, ofGenWeb, options);
    if (ofGenWeb.length > 0 && !(await hasConfFiles(path))) return outcomes;
    for (const file of await confFilesAt(path)) outcomes.push(...(await importOne(store, file, options)));
    return outcomes;
  } catch (error) {
    return [{ kind: 'refused', file: path, error: faultOf(error) }];
  }
}

/** Whether a path is a folder with .conf files beside others. */
async function hasConfFiles(path: string): Promise<boolean> {
  const files = await confFilesAt(path).catch(() => [path]);
  return files.some((file) => file !== path);
}

async function importOne(
  store: ProfileStore,
  path: string,
  options: ImportOptions,
): Promise<ImportOutcome[]> {
  try {
    return await importFile(store, { name: path, bytes: await readGivenFile(path) }, options);
  } catch (error) {
    return [{ kind: 'refused', file: path, error: faultOf(error) }];
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
