import { constants } from 'node:fs';
import { link, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { FaultError } from '../../../shared/fault.ts';
import type { Fault } from '../../../shared/fault.ts';

/** The largest file that is read. No configuration is larger. Bytes. */
export const fileLimit = 16 * 1024 * 1024;

/**
 * The bytes of a file that somebody named.
 *
 * @param limit the largest that is read; bytes
 * @throws FaultError `file-not-found`, `file-unreadable`, `file-not-regular`, `file-too-large`
 */
export async function readGivenFile(path: string, limit = fileLimit): Promise<Buffer> {
  try {
    const facts = await stat(path);
    if (!facts.isFile()) throw new FaultError(notRegular(path, facts.isDirectory()));
    // Without O_NONBLOCK a pipe that took the file's place would be waited for.
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const { size } = await file.stat();
      if (size > limit) throw new FaultError(tooLarge(path, size, limit));
      return await file.readFile();
    } finally {
      await file.close();
    }
  } catch (error) {
    throw readFailure(path, error);
  }
}

/**
 * The .conf files that a path stands for: itself if it is a file, those in it if it is a folder, in the order of their names.
 *
 * @throws FaultError `file-not-found`, `file-unreadable`, `no-conf-files`
 */
export async function confFilesAt(path: string): Promise<string[]> {
  try {
    if (!(await stat(path)).isDirectory()) return [path];
    const names = (await readdir(path)).filter((name) => name.endsWith('.conf') && !name.startsWith('.'));
    if (names.length === 0) throw new FaultError(noConfFiles(path));
    return names.sort().map((name) => join(path, name));
  } catch (error) {
    throw readFailure(path, error);
  }
}

/** Writes a file of mode 0600 that does not exist yet, whole or not at all. Rejects with EEXIST if it does. */
export async function createFile(path: string, bytes: Uint8Array): Promise<void> {
  const temporary = await writeTemporary(path, bytes);
  try {
    // A link, unlike a rename, never takes the place of a file that is there.
    await link(temporary, path);
    await syncFolder(path);
  } finally {
    await rm(temporary, { force: true });
  }
}

/**
 * Writes a file that somebody named and that does not exist yet, with mode 0600. It may be on a file system without links, such
 * as that of a USB stick.
 *
 * @throws FaultError `output-exists`, `output-unwritable`
 */
export async function writeNewFile(path: string, bytes: Uint8Array): Promise<void> {
  try {
    const file = await open(path, 'wx', 0o600);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } catch (error) {
      await rm(path, { force: true });
      throw error;
    } finally {
      await file.close();
    }
  } catch (error) {
    const exists = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    throw new FaultError(exists ? outputExists(path) : outputUnwritable(path, error));
  }
}

/** Replaces a file, or makes it, with mode 0600: a reader sees the old bytes or the new, after a crash too. */
export async function replaceFile(path: string, bytes: Uint8Array): Promise<void> {
  const temporary = await writeTemporary(path, bytes);
  try {
    await rename(temporary, path);
    await syncFolder(path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Gives a file another name in its folder. Rejects with EEXIST if that name is taken. */
export async function renameFile(path: string, newPath: string): Promise<void> {
  await link(path, newPath);
  await rm(path);
  await syncFolder(newPath);
}

/** Milliseconds after which a temporary file is nobody's: writing one takes a moment. */
const abandonedAfter = 3_600_000;

/** Folders in which this process has looked for abandoned files. */
const swept = new Set<string>();

async function writeTemporary(path: string, bytes: Uint8Array): Promise<string> {
  const folder = dirname(path);
  if (!swept.has(folder)) {
    swept.add(folder);
    await removeAbandoned(folder);
  }
  const temporary = join(folder, `.${randomBytes(8).toString('hex')}.new`);
  const file = await open(temporary, 'wx', 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  } finally {
    await file.close();
  }
  return temporary;
}

/** Removes what a program left that was killed while it wrote: there may be a private key in it. */
async function removeAbandoned(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter((other) => /^\.[0-9a-f]{16}\.new$/.test(other))) {
    const path = join(folder, name);
    const facts = await stat(path).catch(() => null);
    if (facts !== null && Date.now() - facts.mtimeMs > abandonedAfter) await rm(path, { force: true });
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(dirname(path), 'r');
  await folder.sync().finally(() => folder.close());
}

function readFailure(path: string, error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG' || code === 'ELOOP')
    return new FaultError(notFound(path));
  if (code === 'EACCES' || code === 'EPERM') return new FaultError(unreadable(path));
  return error;
}

function outputExists(path: string): Fault {
  return {
    code: 'output-exists',
    message: `There is a file at ${path} already; it was not touched.`,
    hint: 'Choose another name, or remove it first.',
  };
}

function outputUnwritable(path: string, error: unknown): Fault {
  return {
    code: 'output-unwritable',
    message: `${path} cannot be written: ${error instanceof Error ? error.message : String(error)}`,
    hint: 'Choose a folder that exists and that you may write to.',
  };
}

function notFound(path: string): Fault {
  return {
    code: 'file-not-found',
    message: `There is nothing at ${path}.`,
    hint: 'Check the path; names with blanks need quotes in a shell.',
  };
}

function unreadable(path: string): Fault {
  return {
    code: 'file-unreadable',
    message: `${path} may not be read by this user.`,
    hint: 'Files in /etc/wireguard are root’s: copy the file to a place of yours as root, with your user as its owner.',
    command: `sudo install -m 600 -o "$USER" ${JSON.stringify(path)} ${JSON.stringify(join('.', basename(path)))}`,
  };
}

function notRegular(path: string, isFolder: boolean): Fault {
  return {
    code: 'file-not-regular',
    message: `${path} is ${isFolder ? 'a folder' : 'no regular file'}.`,
    hint: isFolder ? 'Name a file in it.' : 'Save its contents to a file first.',
  };
}

function tooLarge(path: string, size: number, limit: number): Fault {
  return {
    code: 'file-too-large',
    message: `${path} has ${size} bytes; no more than ${limit} are read.`,
    hint: 'Check that this is the file you meant.',
  };
}

function noConfFiles(path: string): Fault {
  return {
    code: 'no-conf-files',
    message: `The folder ${path} holds no .conf file.`,
    hint: 'Name the folder in which they are, or a file.',
  };
}
