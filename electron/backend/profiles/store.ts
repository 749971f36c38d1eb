import { watch } from 'node:fs';
import { chmod, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { encode } from '../../../shared/config/index.ts';
import { FaultError } from '../../../shared/fault.ts';
import type { Fault } from '../../../shared/fault.ts';
import { createFile, renameFile, replaceFile } from './files.ts';
import { profileName } from './name.ts';
import { Profile } from './profile.ts';

const suffix = '.conf';

const naturalOrder = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

/** The profiles of one user: a folder of .conf files, 0700, each file 0600. What is in it is the truth; nothing is cached. */
export class ProfileStore {
  readonly #folder: string;

  /** @param home the state folder; it is made when something is first kept in it */
  constructor(home: string) {
    this.#folder = join(home, 'profiles');
  }

  /** The names of all profiles, in natural order. */
  async names(): Promise<string[]> {
    const entries = await readdir(this.#folder, { withFileTypes: true }).catch((error: unknown) => {
      if (codeOf(error) === 'ENOENT') return [];
      throw new FaultError(unusable(this.#folder, error));
    });
    // A folder or a pipe that somebody put there must not keep the profiles from being read.
    return entries
      .filter((entry) => entry.isFile() || entry.isSymbolicLink())
      .filter(({ name }) => name.endsWith(suffix) && !name.startsWith('.'))
      .map(({ name }) => name.slice(0, -suffix.length))
      .sort((a, b) => naturalOrder.compare(a, b) || (a < b ? -1 : 1));
  }

  /** All profiles, in natural order of their names. */
  async all(): Promise<Profile[]> {
    const profiles = await Promise.all((await this.names()).map((name) => this.#read(name)));
    return profiles.filter((profile) => profile !== null);
  }

  /**
   * The profile of this name, or else the one that takes the interface of this name.
   *
   * @throws FaultError `profile-not-found`
   */
  async find(nameOrInterface: string): Promise<Profile> {
    const wanted = nameOrInterface.normalize('NFC');
    const names = await this.names();
    const byName = names.includes(wanted) ? await this.#read(wanted) : null;
    const profile = byName ?? (await this.all()).find((other) => other.interface === wanted);
    if (profile !== undefined) return profile;
    throw new FaultError({
      code: 'profile-not-found',
      message: `There is no profile called ${JSON.stringify(nameOrInterface)}.`,
      hint:
        names.length === 0
          ? 'None is kept yet: "adit import FILE" takes one in.'
          : `There are: ${names.join(', ')}.`,
    });
  }

  /**
   * Keeps a file under a new name.
   *
   * @throws FaultError `profile-name-invalid`, `profile-exists`, `home-unusable`
   */
  async add(name: string, bytes: Uint8Array): Promise<Profile> {
    const kept = profileName(name);
    await this.#makeFolder();
    try {
      await createFile(this.#path(kept), bytes);
    } catch (error) {
      throw new FaultError(codeOf(error) === 'EEXIST' ? taken(kept) : unusable(this.#folder, error));
    }
    return new Profile(kept, bytes);
  }

  /**
   * Gives a profile another name.
   *
   * @throws FaultError `profile-name-invalid`, `profile-exists`, `home-unusable`
   */
  async rename({ name }: Profile, newName: string): Promise<string> {
    const kept = profileName(newName);
    if (kept === name) return kept;
    try {
      await renameFile(this.#path(name), this.#path(kept));
    } catch (error) {
      throw new FaultError(codeOf(error) === 'EEXIST' ? taken(kept) : unusable(this.#folder, error));
    }
    return kept;
  }

  /**
   * Gives a profile another text, in the encoding that it has.
   *
   * @throws FaultError `home-unusable`
   */
  async replace({ name, encoding }: Profile, text: string): Promise<Profile> {
    const bytes = encode(text, encoding);
    try {
      await replaceFile(this.#path(name), bytes);
    } catch (error) {
      throw new FaultError(unusable(this.#folder, error));
    }
    return new Profile(name, bytes);
  }

  /** Forgets a profile. */
  async remove({ name }: Profile): Promise<void> {
    await rm(this.#path(name), { force: true });
  }

  /** Calls `listener` whenever a profile comes, goes or changes, by whatever program; the returned function ends that. */
  async watch(listener: () => void): Promise<() => void> {
    await this.#makeFolder();
    const watcher = watch(this.#folder, () => listener());
    return () => watcher.close();
  }

  /** Null where it went away meanwhile. */
  async #read(name: string): Promise<Profile | null> {
    try {
      return new Profile(name, await readFile(this.#path(name)));
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return null;
      throw new FaultError(unusable(this.#path(name), error));
    }
  }

  async #makeFolder(): Promise<void> {
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      await chmod(this.#folder, 0o700);
    } catch (error) {
      throw new FaultError(unusable(this.#folder, error));
    }
  }

  #path(name: string): string {
    return join(this.#folder, `${name}${suffix}`);
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : null;
}

function taken(name: string): Fault {
  return {
    code: 'profile-exists',
    message: `A profile called "${name}" is kept already; it was not touched.`,
    hint: 'Rename the file before importing it, or rename or remove the profile.',
    command: `adit rename ${JSON.stringify(name)} ${JSON.stringify(`${name} old`)}`,
  };
}

function unusable(path: string, error: unknown): Fault {
  return {
    code: 'home-unusable',
    message: `${path} cannot be used: ${error instanceof Error ? error.message : String(error)}`,
    hint: 'Profiles are kept in ADIT_HOME, by default in the "adit" folder of your configuration folder. It has to be yours.',
  };
}
