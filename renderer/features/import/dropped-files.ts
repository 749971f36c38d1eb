/**
 * The files that were dropped, and those that stand in a dropped folder and end in .conf, as "adit import FOLDER" takes them.
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
  const wanted = found.filter(isConf).sort((a, b) => (a.name < b.name ? -1 : 1));
  return (await Promise.all(wanted.map(fileOf))).flat();
}

function isConf(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile && entry.name.endsWith('.conf') && !entry.name.startsWith('.');
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
