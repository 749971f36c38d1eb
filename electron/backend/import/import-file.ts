import { basename } from 'node:path';
import { genWebAmong, genWebKindOf } from '../../../shared/config/index.ts';
import type { ImportOutcome } from '../../../shared/contract/ui/verbs.ts';
import { faultOf } from '../../../shared/fault.ts';
import type { ProfileStore } from '../profiles/store.ts';
import { importConf } from './conf.ts';
import type { ImportOptions } from './conf.ts';
import { fileKindOf } from './file-kind.ts';
import { importGenWeb, lonelyGenWeb } from './gen-web.ts';

/** A file to take in: a name, of which only the base counts for its profile, and its bytes. */
export interface GivenFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

// What reads archives and pictures is loaded where there is one: nothing else has use for it.

/**
 * Takes in files that are given together: those of wg-gen-web that belong to each other first, then each other one as {@link importFile}
 * does.
 *
 * @returns what became of each; a `server.json` goes with its clients
 */
export async function importFiles(
  store: ProfileStore,
  files: readonly GivenFile[],
  options: ImportOptions = {},
): Promise<ImportOutcome[]> {
  const ofGenWeb = genWebAmong(files);
  const outcomes = await importGenWeb(store, [...ofGenWeb], options);
  // One after the other: of two files with one name, the first is kept.
  for (const file of files)
    if (!ofGenWeb.has(file)) outcomes.push(...(await importFile(store, file, options)));
  return outcomes;
}

/**
 * Takes in what a file holds: a configuration, what `wg show` prints, a .zip of configurations, or a picture with a QR code of
 * one. Each configuration is kept whole or not at all, and none spoils another.
 *
 * @returns what became of each, at least one; of a file in a .zip under the name `ARCHIVE/FILE`
 */
export async function importFile(
  store: ProfileStore,
  { name, bytes }: GivenFile,
  options: ImportOptions = {},
): Promise<ImportOutcome[]> {
  try {
    const kind = fileKindOf(bytes);
    switch (kind) {
      case 'text': {
        const lonely = lonelyGenWeb({ name, bytes });
        if (lonely !== null) throw lonely;
        return await importConf(store, { file: name, name: profileNameFor(name), bytes }, options);
      }
      case 'png':
      case 'jpeg': {
        const [{ pixelsOf }, { readQrCode }] = await Promise.all([
          import('./picture.ts'),
          import('./read-qr-code.ts'),
        ]);
        const code = readQrCode(pixelsOf(bytes, kind));
        return await importConf(store, { file: name, name: profileNameFor(name), bytes: code }, options);
      }
      case 'zip':
        return await importArchive(store, { name, bytes }, options);
    }
  } catch (error) {
    return [{ kind: 'refused', file: name, error: faultOf(error) }];
  }
}

async function importArchive(
  store: ProfileStore,
  { name, bytes }: GivenFile,
  options: ImportOptions,
): Promise<ImportOutcome[]> {
  const { readArchive } = await import('./read-archive.ts');
  const files = await readArchive(bytes);
  const ofGenWeb = files.filter((file) => genWebKindOf(file.name) !== null);
  const outcomes: ImportOutcome[] = await importGenWeb(
    store,
    ofGenWeb.map((file) => ({ name: `${name}/${file.name}`, bytes: file.bytes })),
    options,
  );
  for (const file of files.filter((one) => genWebKindOf(one.name) === null)) {
    const given = { file: `${name}/${file.name}`, name: profileNameFor(file.name), bytes: file.bytes };
    outcomes.push(...(await importConf(store, given, options)));
  }
  return outcomes;
}

/** The name a file gives its profile: without folders and without the ending that tells its kind. */
function profileNameFor(path: string): string {
  return basename(path.replaceAll('\\', '/')).replace(/\.(conf|txt|ya?ml|json|png|jpe?g)$/i, '');
}
