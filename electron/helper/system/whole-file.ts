import {
  closeSync,
  fchmodSync,
  fchownSync,
  fsyncSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';

/** Who may do what with a file. */
export interface FileRights {
  readonly mode: number;
  readonly uid?: number;
  readonly gid?: number;
}

/**
 * Replaces a file, or a symbolic link, by a file of this text. Who reads it sees the old or the new as a whole, and it is on the disk
 * before this returns.
 *
 * @param temporary a path beside it, which nobody else uses
 * @throws the error of the system, and then the old one stands
 */
export function replaceWhole(
  path: string,
  temporary: string,
  text: string | Buffer,
  rights: FileRights,
): void {
  try {
    rmSync(temporary, { force: true });
    const file = openSync(temporary, 'wx', 0o600);
    try {
      // All of it, or an error: a single write may take a part where the disk is almost full.
      writeFileSync(file, text);
      if (rights.uid !== undefined && rights.gid !== undefined) fchownSync(file, rights.uid, rights.gid);
      fchmodSync(file, rights.mode);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
    syncFolder(dirname(path));
  } catch (error) {
    removeIfPossible(temporary);
    throw error;
  }
}

/** Makes sure that what happened to the names in a folder is on the disk. */
export function syncFolder(path: string): void {
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

function removeIfPossible(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // On a read-only folder nothing was made either.
  }
}
