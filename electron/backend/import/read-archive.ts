import { fromBufferPromise, getFileNameLowLevel, validateFileName } from 'yauzl';
import type { Entry, ZipFile } from 'yauzl';
import type { Readable } from 'node:stream';
import { FaultError } from '../../../shared/fault.ts';
import type { Fault } from '../../../shared/fault.ts';
import { InflationMeter, mostEntries, tooLarge } from './archive-limits.ts';
import { crc32 } from './crc32.ts';
import { isZip } from './file-kind.ts';
import { genWebKindOf } from '../../../shared/config/index.ts';

/** A file of an archive. */
export interface ArchiveFile {
  /** Its path inside, such as `work/office.conf`. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/**
 * The .conf files in a .zip, and those of wg-gen-web, in any of its folders, inflated. An archive that could do harm elsewhere is refused as a whole,
 * before anything of it is used: what else it holds is not to be trusted either.
 *
 * @throws FaultError `archive-damaged`, `archive-encrypted`, `archive-link`, `archive-nested`, `archive-path-unsafe`,
 *   `archive-too-large`, `archive-unsupported`, `no-conf-files`
 */
export async function readArchive(bytes: Uint8Array): Promise<ArchiveFile[]> {
  try {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const zip = await fromBufferPromise(buffer, { decodeStrings: false });
    const meter = new InflationMeter();
    const files: ArchiveFile[] = [];
    for (const [name, entry] of await confEntriesOf(zip)) {
      meter.next();
      files.push({ name, bytes: await inflate(zip, name, entry, meter) });
    }
    // A server.json may be anybody's, and says nothing alone.
    if (!files.some(({ name }) => genWebKindOf(name) !== 'server')) throw new FaultError(withoutConf);
    return files;
  } catch (error) {
    throw error instanceof FaultError ? error : new FaultError(damaged(error));
  }
}

/** Reads the whole directory before anything is inflated. */
async function confEntriesOf(zip: ZipFile): Promise<[name: string, entry: Entry][]> {
  const entries: [string, Entry][] = [];
  if (zip.entryCount > mostEntries) throw tooLarge(`lists ${zip.entryCount} files`);
  for await (const entry of zip.eachEntry()) {
    const name = nameOf(entry);
    refuseDangerous(name, entry);
    if (isConf(name)) entries.push([name, entry]);
  }
  return entries;
}

/** Says in the flags of an entry that its name is UTF-8; without it, it should be CP437. */
const utf8Flag = 0x800;

/** Info-ZIP, where its locale is none, writes UTF-8 and does not say so; CP437 is hardly ever valid UTF-8 by chance. */
function nameOf(entry: Entry): string {
  const { generalPurposeBitFlag, fileNameRaw, extraFields } = entry;
  const asUtf8 = fileNameRaw.toString('utf8');
  const isUtf8 = Buffer.from(asUtf8).equals(fileNameRaw);
  return getFileNameLowLevel(
    isUtf8 ? generalPurposeBitFlag | utf8Flag : generalPurposeBitFlag,
    fileNameRaw,
    extraFields,
    true,
  );
}

/** Finder's and others' shadow files are no configurations. */
function isConf(name: string): boolean {
  return (
    (/\.conf$/i.test(name) || genWebKindOf(name) !== null) &&
    !name.split('/').some((part) => part.startsWith('.') || part === '__MACOSX')
  );
}

/** The bits of a Unix mode that tell files apart, in the upper half of an entry's attributes. */
const mode = { kind: 0o170000, file: 0o100000, folder: 0o040000 } as const;

function refuseDangerous(name: string, entry: Entry): void {
  if (/\p{Cc}/u.test(name) || validateFileName(name) !== null) throw new FaultError(unsafePath(name));
  const kind = (entry.externalFileAttributes >>> 16) & mode.kind;
  if (kind !== 0 && kind !== mode.file && kind !== mode.folder) throw new FaultError(link(name));
  if (entry.isEncrypted()) throw new FaultError(encrypted(name));
  if (/\.(zip|7z|rar|tar|tgz|gz|bz2|xz|zst)$/i.test(name)) throw new FaultError(nested(name));
  if (isConf(name) && !entry.canDecodeFileData()) throw new FaultError(unsupported(name));
}

async function inflate(zip: ZipFile, name: string, entry: Entry, meter: InflationMeter): Promise<Uint8Array> {
  const parts: Buffer[] = [];
  const stream: Readable = await zip.openReadStreamPromise(entry);
  try {
    for await (const part of stream as AsyncIterable<Buffer>) {
      meter.count(name, part.length, entry.compressedSize);
      parts.push(part);
    }
  } finally {
    stream.destroy();
  }
  const bytes = Buffer.concat(parts);
  if (crc32(bytes) !== entry.crc32) throw new FaultError(damaged(`"${name}" has another checksum`));
  if (isZip(bytes)) throw new FaultError(nested(name));
  return bytes;
}

const nothingTaken = 'Nothing of it was taken.';

const withoutConf: Fault = {
  code: 'no-conf-files',
  message: 'The .zip file holds no .conf file.',
  hint: 'Look at what is in it; configurations have names that end in .conf.',
};

function damaged(reason: unknown): Fault {
  const words = (reason instanceof Error ? reason.message : String(reason)).replace(/\p{Cc}/gu, '');
  return {
    code: 'archive-damaged',
    message: `The .zip file is damaged: ${words}. ${nothingTaken}`,
    hint: 'Fetch or make it again.',
  };
}

function unsafePath(name: string): Fault {
  return {
    code: 'archive-path-unsafe',
    message: `The .zip file names ${shown(name)}, which leads out of its folder or is no plain path. ${nothingTaken}`,
    hint: 'No ordinary program writes such a name. Do not unpack it; ask whoever gave it to you.',
  };
}

function link(name: string): Fault {
  return {
    code: 'archive-link',
    message: `In the .zip file, ${shown(name)} is a link or a device instead of a file. ${nothingTaken}`,
    hint: 'Make it again with the files themselves.',
  };
}

function encrypted(name: string): Fault {
  return {
    code: 'archive-encrypted',
    message: `In the .zip file, ${shown(name)} is encrypted with a password. ${nothingTaken}`,
    hint: 'Unpack it with the password, and import the .conf files.',
  };
}

function nested(name: string): Fault {
  return {
    code: 'archive-nested',
    message: `In the .zip file, ${shown(name)} is an archive again. ${nothingTaken}`,
    hint: 'Unpack it, and import what is in it one by one.',
  };
}

function unsupported(name: string): Fault {
  return {
    code: 'archive-unsupported',
    message: `In the .zip file, ${shown(name)} is packed in a way that Adit does not read. ${nothingTaken}`,
    hint: 'Unpack it, and import the .conf files.',
  };
}

function shown(name: string): string {
  return JSON.stringify(name.length > 80 ? `${name.slice(0, 80)}…` : name);
}
