import type { Fault } from '../../../shared/fault.ts';
import { folderOf, genWebAmong, genWebKindOf } from '../../../shared/config/foreign/gen-web-files.ts';
import { importLimitBytes } from '../../../shared/contract/ui/verbs.ts';
import type { ImportedFile, ImportOutcome } from '../../../shared/contract/ui/verbs.ts';
import { formatBytes } from '../../format/bytes.ts';

/** A file as the browser gives it: its name and size, and its bytes when asked for. */
export type ChosenFile = Pick<File, 'name' | 'size'>;

/** Files that go to the app process in one question, and how many of the chosen ones that deals with; or one that was refused here. */
export type Batch =
  | { readonly kind: 'files'; readonly files: readonly ImportedFile[]; readonly count: number }
  | { readonly kind: 'refused'; readonly outcome: ImportOutcome };

/** Most files in one question: a report comes back for these before the next are read. */
const mostFiles = 100;

/**
 * Reads files in the order given and in portions that an app process takes: at most {@link mostFiles}, and together no
 * larger than one file may be. A file that is too large is refused unread. The `server.json` of wg-gen-web goes with its clients, in each
 * portion that has some.
 *
 * @param read gives the bytes of a file in base64, or rejects where it may not be read
 */
export async function* readInBatches<F extends ChosenFile>(
  files: readonly F[],
  read: (file: F) => Promise<string>,
): AsyncGenerator<Batch> {
  const ofGenWeb = genWebAmong(files);
  const isServer = (file: F): boolean => ofGenWeb.has(file) && genWebKindOf(file.name) === 'server';
  const servers = new Map<string, Read>();
  let batch = new Set<Read>();
  let count = 0;
  for (const file of [...files.filter(isServer), ...files.filter((one) => !isServer(one))]) {
    const isTooLarge = file.size > importLimitBytes;
    const base64 = isTooLarge ? null : await read(file).catch(() => null);
    if (base64 === null) {
      yield { kind: 'refused', outcome: refusal(file.name, isTooLarge ? tooLarge(file) : unreadable(file)) };
      continue;
    }
    const own: Read = { name: file.name, base64, size: file.size };
    if (isServer(file)) {
      servers.set(folderOf(file.name), own);
      count += 1;
      continue;
    }
    const server = ofGenWeb.has(file) ? servers.get(folderOf(file.name)) : undefined;
    const together = server === undefined ? [own] : [server, own];
    if (batch.size > 0 && !fits(new Set([...batch, ...together]))) {
      yield filesOf(batch, count);
      batch = new Set();
      count = 0;
    }
    for (const one of together) batch.add(one);
    count += 1;
  }
  if (count > 0) yield filesOf(batch, count);
}

/** A file that was read, and its bytes. */
interface Read extends ImportedFile {
  readonly size: number;
}

function fits(files: ReadonlySet<Read>): boolean {
  return files.size <= mostFiles && [...files].reduce((sum, { size }) => sum + size, 0) <= importLimitBytes;
}

function filesOf(files: ReadonlySet<Read>, count: number): Batch {
  return { kind: 'files', files: [...files].map(({ name, base64 }) => ({ name, base64 })), count };
}

/** The bytes of a file in base64. Rejects where it cannot be read. */
export function readBase64(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onerror = () => reject(reader.error ?? new Error('unreadable'));
    // `data:TYPE;base64,BYTES`; an empty file may have no comma.
    reader.onload = () => resolve((reader.result as string).split(',')[1] ?? '');
    reader.readAsDataURL(file);
  });
}

/** A file that was not taken, and why. */
export function refusal(file: string, error: Fault): ImportOutcome {
  return { file, kind: 'refused', error };
}

function tooLarge(file: ChosenFile): Fault {
  return {
    code: 'file-too-large',
    message: `"${file.name}" has ${formatBytes(file.size)}; files of at most ${formatBytes(importLimitBytes)} are taken in.`,
    hint: 'It was not read. Choose the .conf file itself, or a smaller .zip.',
  };
}

function unreadable(file: ChosenFile): Fault {
  return {
    code: 'file-unreadable',
    message: `"${file.name}" could not be read.`,
    hint: 'See whether you may read it, and whether it is a file and no folder.',
  };
}
