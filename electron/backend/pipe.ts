import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Socket } from 'node:net';
import { FaultError } from '../../shared/fault.ts';

/** How long one may be waited for: as long as a person may take to log in. Milliseconds. */
const usualPatience = 300_000;

/** Whether a path is that of a pipe, such as a shell makes of `<(kubectl ...)`. */
export async function isPipe(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFIFO();
  } catch {
    return false;
  }
}

/**
 * What comes out of a pipe that has a path, to its end. No thread waits for it, so the program can end meanwhile.
 *
 * @param limit the most that is read; bytes
 * @param patience how long all of it may take, with the wait for somebody who writes; milliseconds
 * @throws FaultError `file-not-regular`, `file-unreadable`, `file-too-large`, `input-timeout`
 */
export async function readPipe(path: string, limit: number, patience = usualPatience): Promise<Buffer> {
  const socket = openPipe(path);
  const timer = setTimeout(() => socket.destroy(tooSlow(path, patience)), patience);
  const parts: Buffer[] = [];
  let size = 0;
  try {
    for await (const part of socket as AsyncIterable<Buffer>) {
      size += part.length;
      if (size > limit) throw tooLarge(path, limit);
      parts.push(part);
    }
  } catch (error) {
    throw error instanceof FaultError ? error : unreadable(path, error);
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
  return Buffer.concat(parts);
}

/** To open it is no wait for who writes into it; to read it is one. */
function openPipe(path: string): Socket {
  try {
    const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    // Something else may have taken its place.
    if (fstatSync(file).isFIFO()) return new Socket({ fd: file, readable: true, writable: false });
    closeSync(file);
  } catch (error) {
    throw unreadable(path, error);
  }
  throw new FaultError({
    code: 'file-not-regular',
    message: `${path} was a pipe, and is none any more.`,
    hint: 'Save its contents to a file first.',
  });
}

function tooSlow(path: string, patience: number): FaultError {
  return new FaultError({
    code: 'input-timeout',
    message: `What comes out of ${path} did not end within ${patience / 1000} s.`,
    hint: 'See whether what writes into it waits for something, or never ends, as with --watch; save it to a file, and name that.',
  });
}

function tooLarge(path: string, limit: number): FaultError {
  return new FaultError({
    code: 'file-too-large',
    message: `More than ${limit} bytes come out of ${path}, which is the most that is read.`,
    hint: 'Ask kubectl for less: nodes, services and peers tell of the network.',
  });
}

function unreadable(path: string, error: unknown): FaultError {
  return new FaultError({
    code: 'file-unreadable',
    message: `${path} cannot be read: ${error instanceof Error ? error.message : String(error)}.`,
    hint: 'Save its contents to a file, and name that.',
  });
}
