import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { folderOf, genWebConf, genWebKindOf } from '../../../shared/config/index.ts';
import type { ImportOutcome } from '../../../shared/contract/ui/verbs.ts';
import { FaultError } from '../../../shared/fault.ts';
import { readGivenFile } from '../profiles/files.ts';
import type { ProfileStore } from '../profiles/store.ts';
import { importConf } from './conf.ts';
import type { ImportOptions } from './conf.ts';
import type { GivenFile } from './import-file.ts';

const serverFile = 'server.json';

/**
 * The files of wg-gen-web that a path stands for: those of its folder, those beside its `server.json`, or a client's and its server's. None
 * where it stands for something else.
 *
 * @throws FaultError what {@link readGivenFile} throws
 */
export async function genWebFilesAt(path: string): Promise<GivenFile[]> {
  const isFolder = (await stat(path).catch(() => null))?.isDirectory() === true;
  const folder = isFolder ? path : dirname(path);
  const name = basename(path);
  if (!isFolder && genWebKindOf(name) === null) return [];
  const names = (await readdir(folder).catch(() => [])).filter((one) => genWebKindOf(one) !== null).sort();
  const taken = isFolder || name === serverFile ? names : [serverFile, name];
  if (!names.includes(serverFile) || taken.length < 2) return [];
  return Promise.all(
    taken.map(async (one) => ({ name: join(folder, one), bytes: await readGivenFile(join(folder, one)) })),
  );
}

/**
 * Takes in the clients of wg-gen-web, each as the profile of its name.
 *
 * @param files of wg-gen-web, of one or several folders
 * @returns what became of each client
 */
export async function importGenWeb(
  store: ProfileStore,
  files: readonly GivenFile[],
  options: ImportOptions,
): Promise<ImportOutcome[]> {
  const servers = new Map(
    files
      .filter(({ name }) => genWebKindOf(name) === 'server')
      .map(({ name, bytes }) => [folderOf(name), jsonIn(bytes)] as const),
  );
  const outcomes: ImportOutcome[] = [];
  // One after the other: of two clients with one name, the first is kept.
  for (const file of files) {
    if (genWebKindOf(file.name) === 'server') continue;
    outcomes.push(...(await importClient(store, servers.get(folderOf(file.name)), file, options)));
  }
  return outcomes;
}

async function importClient(
  store: ProfileStore,
  server: unknown,
  { name: file, bytes }: GivenFile,
  options: ImportOptions,
): Promise<ImportOutcome[]> {
  const conf = genWebConf(server, jsonIn(bytes));
  if (conf === null) return [{ kind: 'refused', file, error: malformed(file).fault }];
  const name = conf.name.replace(/[/\\]/g, '-').replace(/^\.+/, '');
  const outcomes = await importConf(store, { file, name, bytes: Buffer.from(conf.text) }, options);
  if (conf.isEnabled) return outcomes;
  return outcomes.map((outcome) =>
    outcome.kind === 'refused'
      ? outcome
      : { ...outcome, warnings: [...outcome.warnings, disabledWarning(conf.name)] },
  );
}

function disabledWarning(name: string): { code: string; message: string; hint: string } {
  return {
    code: 'wg-gen-web-disabled',
    message: `wg-gen-web has switched ${JSON.stringify(name)} off, so the server does not know it.`,
    hint: 'Switch it on there before it is brought up.',
  };
}

function malformed(file: string): FaultError {
  return new FaultError({
    code: 'wg-gen-web-malformed',
    message: `${basename(file)}, or the server.json that belongs beside it, is missing or not as wg-gen-web makes it.`,
    hint: 'A client has a name, addresses and keys, the server a public key: copy both files anew.',
  });
}

/**
 * What to say of a file of wg-gen-web that is given alone, though its server and its clients make a profile together only.
 *
 * @returns null for one that is none, by its name or what is in it
 */
export function lonelyGenWeb({ name, bytes }: GivenFile): FaultError | null {
  const kind = genWebKindOf(name);
  const value = kind === null ? null : jsonIn(bytes);
  // Peers of a cluster may be in a file of any name.
  if (typeof value !== 'object' || value === null || 'kind' in value) return null;
  const file = JSON.stringify(basename(name));
  return new FaultError({
    code: 'wg-gen-web-incomplete',
    message:
      kind === 'server'
        ? `${file} is of wg-gen-web, and none of its clients is given with it.`
        : `${file} is a client of wg-gen-web, and the server.json of its folder is not given with it.`,
    hint: 'A profile is made of both: give both together, or their folder.',
  });
}

/** Null for what is no JSON. */
function jsonIn(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return null;
  }
}
