import { mkdirSync, readdirSync, readFileSync, readlinkSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { FaultError } from '../../../shared/fault.ts';
import { replaceWhole } from './whole-file.ts';

/**
 * The helper's own folder, `/run/adit/UID/net-INODE`: one for each network namespace, which has a helper, a lock and a record of
 * its own; root's alone. It is gone after a reboot, as everything is that the helper makes in the network.
 */
export class RunFolder {
  readonly path: string;

  /**
   * Makes the folder where it is missing.
   *
   * @param root of the folders of all users
   * @throws FaultError `run-folder-unusable`
   */
  constructor(owner: number, root = '/run/adit') {
    const userFolder = join(root, String(owner));
    this.path = join(userFolder, `net-${thisPlace().namespace.replace(/\D/g, '')}`);
    attempt(this.path, () => {
      // The user has to get through to the socket, which stands beside our folder.
      mkdirSync(userFolder, { recursive: true, mode: 0o755 });
      mkdirSync(this.path, { recursive: true, mode: 0o700 });
    });
  }

  /**
   * Replaces a file as a whole, on the disk before this returns. A reader sees the old text or the new.
   *
   * @throws FaultError `run-folder-unusable`
   */
  write(name: string, text: string): void {
    const path = join(this.path, name);
    attempt(path, () => replaceWhole(path, `${path}.new`, text, { mode: 0o600 }));
  }

  /** The text of a file, or null where there is none. */
  read(name: string): string | null {
    try {
      return readFileSync(join(this.path, name), 'utf8');
    } catch {
      return null;
    }
  }

  /** The names of all that is in the folder. */
  names(): string[] {
    return readdirSync(this.path);
  }

  /** Puts a file that cannot be read out of the way, under its name and `.damaged`, for somebody to look at. */
  setAside(name: string): void {
    const path = join(this.path, name);
    attempt(path, () => renameSync(path, `${path}.damaged`));
  }

  /** Removes a file, if it is there. @throws FaultError `run-folder-unusable` */
  remove(name: string): void {
    const path = join(this.path, name);
    attempt(path, () => rmSync(path, { force: true }));
  }

  /** Removes the folder, and the user's around it, where nothing is in them any more. The one of all users stays, as /run's do. */
  leave(): void {
    for (const folder of [this.path, dirname(this.path)]) {
      try {
        rmdirSync(folder);
      } catch {
        // Something is in it still: a record, another user's helper.
        return;
      }
    }
  }
}

/** Where and since when this process runs: what was made in another place or before a reboot is not there to undo. */
export interface Place {
  /** Of this boot of the kernel. */
  readonly boot: string;
  /** Of this network namespace. */
  readonly namespace: string;
}

/** The place this process runs in. */
export function thisPlace(): Place {
  return {
    boot: readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(),
    namespace: readlinkSync('/proc/self/ns/net'),
  };
}

/** `run-folder-unusable`, of something below `/run/adit`. */
export function unusable(path: string, reason: string): FaultError['fault'] {
  return {
    code: 'run-folder-unusable',
    message: `${path} cannot be written: ${reason}`,
    hint: 'Nothing was changed. Make room under /run, or see what holds it read-only.',
  };
}

function attempt(path: string, act: () => void): void {
  try {
    act();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new FaultError(unusable(path, reason), { cause: error });
  }
}
