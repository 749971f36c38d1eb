import { accessSync, constants, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { changedEntry, entryValue, execValue, stringValue, textOf } from './desktop-entry.ts';

/** What the system starts when the person logs in. */
export interface LoginItem {
  isOn(): boolean;
  /** @throws what the system refuses it with */
  set(isOn: boolean): void;
}

/** The word by which the program knows that the login started it, and not a person who wants its window. */
export const quietWord = '--hidden';

/** Where a desktop looks for what it starts: XDG's Desktop Application Autostart Specification. @param config XDG's folder */
export function autostartFile(config: string): string {
  return join(config, 'autostart', 'adit.desktop');
}

/** The program that the login has to start: of an AppImage the file itself, since what is in it lies elsewhere each time. */
export function programToStart(execPath: string, environment: NodeJS.ProcessEnv): string {
  const { APPIMAGE: image = '', APPDIR: folder = '' } = environment;
  // Whoever was started from within an AppImage of others has these variables too.
  return image !== '' && folder !== '' && execPath.startsWith(folder + sep) ? image : execPath;
}

/** Adit among what a Linux desktop starts at login: an entry of the person's own, who may have added to it. */
export class AutostartEntry implements LoginItem {
  readonly #file: string;
  readonly #program: string;

  constructor(file: string, program: string) {
    this.#file = file;
    this.#program = program;
  }

  /** Whether a desktop would start what the entry names: it is not switched off, and the program is still there. */
  isOn(): boolean {
    const text = this.#read();
    if (text === '' || isTrue(text, 'Hidden') || entryValue(text, gnomeSwitch) === 'false') return false;
    const program = entryValue(text, 'TryExec');
    return program === null || isProgram(textOf(program));
  }

  set(isOn: boolean): void {
    if (isOn) this.#switchOn();
    else this.#switchOff();
  }

  #switchOn(): void {
    const text = this.#read();
    const given = Object.entries(description).filter(([key]) => entryValue(text, key) === null);
    const isOffInGnome = entryValue(text, gnomeSwitch) === 'false';
    mkdirSync(dirname(this.#file), { recursive: true, mode: 0o700 });
    writeFileSync(
      this.#file,
      changedEntry(text, {
        ...Object.fromEntries(given),
        ...this.#start(),
        Hidden: null,
        ...(isOffInGnome ? { [gnomeSwitch]: 'true' } : {}),
      }),
    );
  }

  /** What others have added stays, and so does the entry then. */
  #switchOff(): void {
    const text = this.#read();
    if (text === '') return;
    const isOursAlone =
      changedEntry(text, this.#start()) === changedEntry('', { ...description, ...this.#start() });
    if (isOursAlone) rmSync(this.#file);
    else writeFileSync(this.#file, changedEntry(text, { Hidden: 'true' }));
  }

  #start(): Readonly<Record<string, string>> {
    // GLib looks for the first word as it is written, before it takes "%%" for "%".
    const starter = this.#program.includes('%') ? ['/usr/bin/env'] : [];
    return {
      Exec: execValue([...starter, this.#program, quietWord]),
      TryExec: stringValue(this.#program),
    };
  }

  /** Empty where there is no entry. */
  #read(): string {
    try {
      return readFileSync(this.#file, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
      throw error;
    }
  }
}

/** What a desktop shows of it in the list of what it starts. */
const description: Readonly<Record<string, string>> = {
  Type: 'Application',
  Name: 'Adit',
  Comment: 'WireGuard client',
  Icon: 'adit-desktop',
};

/** The key in which GNOME notes that the person has switched an entry off. */
const gnomeSwitch = 'X-GNOME-Autostart-enabled';

function isTrue(text: string, key: string): boolean {
  return entryValue(text, key) === 'true';
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
