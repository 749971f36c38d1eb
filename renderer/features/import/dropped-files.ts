import { genWebAmong } from '../../../shared/config/foreign/gen-web-files.ts';

/**
 * The files that were dropped, and of a dropped folder those that end in .conf and those of wg-gen-web, as "adit import FOLDER" takes them;
 * the latter with the folder's name before theirs.
 * Has to be called while the drop is being handled; what it gives comes later.
 */
export function droppedFiles(transfer: DataTransfer): Promise<readonly File[]> {
  const items = [...transfer.items].filter(({ kind }) => kind === 'file');
  const readings = items.map((item) => {
    const entry = item.webkitGetAsEntry();
    if (isFolder(entry)) return filesIn(entry);
    const file = item.getAsFile();
    return Promise.resolve(file === null ? [] : [file]);
  });
  return Promise.all(readings).then((lists) => lists.flat());
}

function isFolder(entry: FileSystemEntry | null): entry is FileSystemDirectoryEntry {
  return entry?.isDirectory === true;
}

async function filesIn(folder: FileSystemDirectoryEntry): Promise<File[]> {
  const reader = folder.createReader();
  const found: FileSystemEntry[] = [];
  for (;;) {
    // A reader gives what it has got so far, and nothing once that was all.
    const some = await new Promise<FileSystemEntry[]>((resolve) => {
      reader.readEntries(resolve, () => resolve([]));
    });
    if (some.length === 0) break;
    found.push(...some);
  }
  const files = found.filter(isFile).sort((a, b) => (a.name < b.name ? -1 : 1));
  const ofGenWeb = genWebAmong(files);
  const readings = files.flatMap((entry) => {
    if (ofGenWeb.has(entry))
      return [fileOf(entry).then((some) => some.map((file) => inFolder(folder, file)))];
    return isConf(entry) ? [fileOf(entry)] : [];
  });
  return (await Promise.all(readings)).flat();
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function isConf({ name }: FileSystemEntry): boolean {
  return name.endsWith('.conf') && !name.startsWith('.');
}

/** Two folders of wg-gen-web's may be dropped at once, and each has a server of its own. */
function inFolder({ name }: FileSystemDirectoryEntry, file: File): File {
  return new File([file], `${name}/${file.name}`);
}

/** One that went away meanwhile is none. */
function fileOf(entry: FileSystemFileEntry): Promise<File[]> {
  return new Promise((resolve) => {
    entry.file(
      (file) => resolve([file]),
      () => resolve([]),
    );
  });
}
