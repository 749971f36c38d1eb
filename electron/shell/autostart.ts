import { app } from 'electron';
import type { Fault } from '../../shared/fault.ts';
import { configurationFolder } from '../backend/environment.ts';
import { AutostartEntry, autostartFile, programToStart, quietWord } from './login-item.ts';
import type { LoginItem } from './login-item.ts';

/** The switch "Start at login", wherever it is shown. */
export class StartAtLogin {
  readonly #item: LoginItem;
  readonly #listeners = new Set<() => void>();

  #isOn: boolean;

  private constructor(item: LoginItem) {
    this.#item = item;
    this.#isOn = this.#read();
  }

  /** The switch; null in a checkout, which has no program of its own that a login could start. */
  static find(): StartAtLogin | null {
    return app.isPackaged ? new StartAtLogin(loginItem()) : null;
  }

  /** As it was found when the program started, or last thrown. */
  get isOn(): boolean {
    return this.#isOn;
  }

  /** Throws the switch, and tells everybody who shows it, since a click has moved the mark already. Gives why it was refused. */
  set(isOn: boolean): Fault | null {
    try {
      this.#item.set(isOn);
      return null;
    } catch (error) {
      return refused(error);
    } finally {
      this.#isOn = this.#read();
      for (const listener of this.#listeners) listener();
    }
  }

  /** Calls `listener` whenever the switch was thrown. */
  onChange(listener: () => void): void {
    this.#listeners.add(listener);
  }

  /** What cannot be read counts as off. */
  #read(): boolean {
    try {
      return this.#item.isOn();
    } catch {
      return false;
    }
  }
}

/** Whether the login started the program, by the words it was given. */
export function isStartedAtLogin(words: readonly string[]): boolean {
  if (words.includes(quietWord)) return true;
  return process.platform === 'darwin' && app.getLoginItemSettings().wasOpenedAtLogin;
}

function loginItem(): LoginItem {
  if (process.platform !== 'linux') return systemItem;
  const file = autostartFile(configurationFolder(process.env));
  return new AutostartEntry(file, programToStart(process.execPath, process.env));
}

/** macOS and Windows keep the list themselves. Windows tells an entry from others by its words. */
const systemItem: LoginItem = {
  isOn: () => app.getLoginItemSettings({ args: [quietWord] }).openAtLogin,
  set: (isOn) => app.setLoginItemSettings({ openAtLogin: isOn, args: [quietWord] }),
};

function refused(error: unknown): Fault {
  const reason = error instanceof Error ? error.message : String(error);
  return {
    code: 'autostart-refused',
    message: `Whether Adit starts at login could not be changed: ${reason}`,
    hint: 'On Linux the entry is adit.desktop in the autostart folder of your configuration folder; both have to be yours.',
  };
}
