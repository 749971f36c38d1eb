import { watch } from 'node:fs';
import { chmod, copyFile, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { encode } from '../../../shared/config/index.ts';
import { FaultError } from '../../../shared/fault.ts';
import type { Fault } from '../../../shared/fault.ts';
import { changeSettings, defaultSettings } from '../../../shared/tunnel/settings.ts';
import type { ProfileSettings, SettingProblem } from '../../../shared/tunnel/settings.ts';
import { createFile, renameFile, replaceFile } from './files.ts';
import { profileName } from './name.ts';
import { Profile } from './profile.ts';
import { problemText, readSettingsFile, settingsFileText } from './settings-file.ts';

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
      // Of a profile whose file was removed by hand.
      await this.#removeBeside(kept);
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
  async rename({ name, settings }: Profile, newName: string): Promise<string> {
    const kept = profileName(newName);
    if (kept === name) return kept;
    try {
      if ((await this.names()).includes(kept)) throw new FaultError(taken(kept));
      // Settings first: the profile must not be there without its kill switch, not for a moment.
      await this.#writeSettings(kept, settings);
      await copyFile(this.clusterPath(name), this.clusterPath(kept)).catch(noneIfMissing);
      await renameFile(this.#path(name), this.#path(kept));
      await this.#removeBeside(name);
    } catch (error) {
      if (error instanceof FaultError) throw error;
      throw new FaultError(codeOf(error) === 'EEXIST' ? taken(kept) : unusable(this.#folder, error));
    }
    return kept;
  }

  /**
   * Gives a profile another text, in the encoding that it has.
   *
   * @throws FaultError `home-unusable`
   */
  async replace({ name, encoding, settings }: Profile, text: string): Promise<Profile> {
    const bytes = encode(text, encoding);
    try {
      await replaceFile(this.#path(name), bytes);
    } catch (error) {
      throw new FaultError(unusable(this.#folder, error));
    }
    return new Profile(name, bytes, settings);
  }

  /**
   * Changes the settings of a profile by their texts; an empty text goes back to the default.
   *
   * @throws FaultError `setting-invalid`, `settings-unreadable`, and then nothing is changed; `home-unusable`
   */
  async set(profile: Profile, texts: ReadonlyMap<string, string>): Promise<ProfileSettings> {
    const { name, settings } = profile;
    const outcome = changeSettings(settings, texts);
    if ('problem' in outcome) throw new FaultError(invalidSetting(name, outcome.problem));
    try {
      await this.#writeSettings(name, outcome.settings);
    } catch (error) {
      throw new FaultError(unusable(this.#folder, error));
    }
    return outcome.settings;
  }

  /** Forgets a profile. */
  async remove({ name }: Profile): Promise<void> {
    await rm(this.#path(name), { force: true });
    await this.#removeBeside(name);
  }

  /** Calls `listener` whenever a profile comes, goes or changes, by whatever program; the returned function ends that. */
  async watch(listener: () => void): Promise<() => void> {
    await this.#makeFolder();
    const watcher = watch(this.#folder, () => listener());
    return () => watcher.close();
  }

  /** A profile with nothing decided has no file of settings. */
  async #writeSettings(name: string, settings: ProfileSettings): Promise<void> {
    const text = settingsFileText(settings);
    if (text === null) await rm(this.#settingsPath(name), { force: true });
    else await replaceFile(this.#settingsPath(name), Buffer.from(text));
  }

  /** Null where it went away meanwhile. */
  async #read(name: string): Promise<Profile | null> {
    try {
      const settings = await readFile(this.#settingsPath(name), 'utf8').catch(noneIfMissing);
      return new Profile(
        name,
        await readFile(this.#path(name)),
        settings === null ? defaultSettings : readSettingsFile(this.#settingsPath(name), settings),
      );
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

  /** What is kept beside the file of a profile, and goes with it. */
  async #removeBeside(name: string): Promise<void> {
    await rm(this.#settingsPath(name), { force: true });
    await rm(this.clusterPath(name), { force: true });
  }

  /** Where it is kept which cluster a profile is of. */
  clusterPath(name: string): string {
    return join(this.#folder, `${name}.kube`);
  }

  #path(name: string): string {
    return join(this.#folder, `${name}${suffix}`);
  }

  #settingsPath(name: string): string {
    return join(this.#folder, `${name}.json`);
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : null;
}

function noneIfMissing(error: unknown): null {
  if (codeOf(error) === 'ENOENT') return null;
  throw error;
}

function invalidSetting(profile: string, problem: SettingProblem): Fault {
  return {
    code: 'setting-invalid',
    message: `The profile "${profile}" was not changed. ${problemText(problem)}.`,
    hint: '"adit set --help" shows what there is to set.',
  };
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
