import {
  closeSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  lstatSync,
  openSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { FaultError } from '../../../shared/fault.ts';
import { readText, settingsSizeLimit } from '../system/settings-text.ts';
import { replaceWhole, syncFolder } from '../system/whole-file.ts';

/** What stands at a path, all that it takes to put it back. */
export type EtcEntry =
  | { readonly kind: 'absent' }
  | { readonly kind: 'link'; readonly target: string }
  | {
      readonly kind: 'file';
      /** In base64: it may be anything. */
      readonly content: string;
      readonly mode: number;
      readonly uid: number;
      readonly gid: number;
    };

/** A file in /etc that we change, and put back. */
export class EtcFile {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** What stands there now. @throws FaultError `names-file-unusable` for a folder, a device, or more than 1 MiB */
  read(): EtcEntry {
    try {
      const facts = lstatSync(this.path);
      if (facts.isSymbolicLink()) return { kind: 'link', target: readlinkSync(this.path) };
      if (!facts.isFile() || facts.size > settingsSizeLimit) throw new FaultError(notAFile(this.path));
      const content = readFileSync(this.path).toString('base64');
      return { kind: 'file', content, mode: facts.mode & 0o7777, uid: facts.uid, gid: facts.gid };
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return { kind: 'absent' };
      throw error;
    }
  }

  /** The text that a reader finds, through a link too; null where there is none. */
  text(): string | null {
    return readText(this.path);
  }

  /** Whether it is mounted over: it can only be written in place then, which a reader may see half done. */
  get isMounted(): boolean {
    return mountPoints().has(this.path);
  }

  /**
   * Makes it a file of this text, which everybody may read.
   *
   * @throws FaultError `names-file-immutable`, `names-file-read-only`, `names-file-unusable`, and then it is as it was
   */
  write(text: string): void {
    this.#attempt(() => {
      if (this.isMounted) writeInPlace(this.path, text);
      else replaceWhole(this.path, this.#temporary, text, { mode: 0o644 });
    });
  }

  /** Puts back what stood there. @throws FaultError as {@link write} */
  restore(entry: EtcEntry): void {
    this.#attempt(() => {
      switch (entry.kind) {
        case 'absent':
          rmSync(this.path, { force: true });
          syncFolder(dirname(this.path));
          return;
        case 'link':
          rmSync(this.#temporary, { force: true });
          symlinkSync(entry.target, this.#temporary);
          renameSync(this.#temporary, this.path);
          syncFolder(dirname(this.path));
          return;
        case 'file': {
          const content = Buffer.from(entry.content, 'base64');
          if (this.isMounted) writeInPlace(this.path, content);
          else replaceWhole(this.path, this.#temporary, content, entry);
        }
      }
    });
  }

  /** Removes what a crash may have left beside it. */
  tidy(): void {
    try {
      rmSync(this.#temporary, { force: true });
    } catch {
      // Where nothing can be removed, nothing could be made.
    }
  }

  get #temporary(): string {
    return `${this.path}.adit-new`;
  }

  #attempt(act: () => void): void {
    try {
      act();
    } catch (error) {
      throw new FaultError(refusal(this.path, error), { cause: error });
    }
  }
}

/** Where a link leads. @param path of the link, absolute */
export function targetOf(path: string, target: string): string {
  return target.startsWith('/') ? target : join(dirname(path), target);
}

/** Where that fails, on a full disk for example, the old text is put back: there is room for it. */
function writeInPlace(path: string, text: string | Buffer): void {
  const file = openSync(path, 'r+');
  try {
    const before = readFileSync(file);
    try {
      overwrite(file, Buffer.from(text));
    } catch (error) {
      overwrite(file, before);
      throw error;
    }
  } finally {
    closeSync(file);
  }
}

/**
 * Replaces the text of a file. It is never emptied first, so that its room stays its own; until it is cut, blank lines stand in the place
 * of what is left of the old text.
 */
function overwrite(file: number, text: Buffer): void {
  const surplus = Math.max(0, fstatSync(file).size - text.length);
  const whole = Buffer.concat([text, Buffer.alloc(surplus, '\n')]);
  let written = 0;
  while (written < whole.length) written += writeSync(file, whole, written, whole.length - written, written);
  ftruncateSync(file, text.length);
  fsyncSync(file);
}

/** The paths that something is mounted on, as they are seen here. @see proc(5), mountinfo */
function mountPoints(): Set<string> {
  const lines = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
  return new Set(lines.map((line) => (line.split(' ')[4] ?? '').replace(/\\040/g, ' ')));
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

function refusal(path: string, error: unknown): FaultError['fault'] {
  const code = codeOf(error);
  if (code === 'EPERM') {
    return {
      code: 'names-file-immutable',
      message: `${path} cannot be changed: somebody has made it immutable.`,
      hint: 'Let it be changed, or take DNS out of the profile.',
      command: `chattr -i ${path}`,
    };
  }
  if (code === 'EROFS') {
    return {
      code: 'names-file-read-only',
      message: `${path} cannot be changed: it is on a file system that is read-only.`,
      hint: 'Mount it writable, let systemd-resolved answer names, or take DNS out of the profile.',
    };
  }
  return {
    code: 'names-file-unusable',
    message: `${path} cannot be changed: ${error instanceof Error ? error.message : String(error)}`,
    hint: 'See what stands at that path, and whether the disk is full.',
  };
}

function notAFile(path: string): FaultError['fault'] {
  return {
    code: 'names-file-unusable',
    message: `${path} is no file of settings: it is a folder, a device, or larger than 1 MiB.`,
    hint: 'Adit changes names in that file. Put one there, or take DNS out of the profile.',
  };
}
