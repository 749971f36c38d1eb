import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { runCommand } from '../../lab/command.ts';
import { endingWithUs, Running } from '../../lab/running.ts';
import { debianPython } from '../requirements.ts';
import type { Desktop } from './desktop.ts';

const watcher = 'org.kde.StatusNotifierWatcher';
const watcherPath = '/StatusNotifierWatcher';
const itemInterface = 'org.kde.StatusNotifierItem';
const menuInterface = 'com.canonical.dbusmenu';

/** Milliseconds for a tray icon to come, or for its menu to become as it should. */
const PATIENCE_MS = 15_000;

/** An entry of a tray icon's menu as the panel would show it. */
export interface MenuEntry {
  readonly id: number;
  readonly label: string;
  readonly isSeparator: boolean;
  readonly isEnabled: boolean;
  /** Null where it has no check mark to set. */
  readonly isChecked: boolean | null;
}

/** A panel with room for tray icons, on a desktop's bus: it speaks the protocol that Plasma, Xfce and GNOME's extension speak. */
export class Panel implements AsyncDisposable {
  readonly #bus: string;
  readonly #program: Running;
  #item: string | null = null;

  private constructor(bus: string, program: Running) {
    this.#bus = bus;
    this.#program = program;
  }

  /** Puts the panel on the desktop. */
  static async start({ bus }: Desktop): Promise<Panel> {
    const argv = [debianPython, '-m', 'dbusmock', '--session', watcher, watcherPath, watcher];
    const program = new Running('machine', [...endingWithUs, ...argv], undefined, {
      env: { DBUS_SESSION_BUS_ADDRESS: bus },
    });
    const panel = new Panel(bus, program);
    try {
      await panel.#until('the panel is on the bus', () => panel.#hasName(watcher));
      const mock = [watcher, watcherPath, 'org.freedesktop.DBus.Mock'] as const;
      await panel.#call(...mock, 'AddMethod', 'sssss', '', 'RegisterStatusNotifierItem', 's', '', '');
      const property = ['IsStatusNotifierHostRegistered', 'b', 'true'] as const;
      await panel.#call(...mock, 'AddProperty', 'ssv', watcher, ...property);
      const there = [watcher, 'StatusNotifierHostRegistered', '', '0'] as const;
      await panel.#call(...mock, 'EmitSignal', 'sssav', ...there);
      return panel;
    } catch (error) {
      await program.stop();
      throw error;
    }
  }

  /** Waits until a program has put its icon there; the last one counts. */
  async registered(): Promise<string> {
    const words = [watcher, watcherPath, 'org.freedesktop.DBus.Mock', 'GetMethodCalls'] as const;
    await this.#until('a tray icon is registered', async () => {
      const [calls] = (await this.#call(...words, 's', 'RegisterStatusNotifierItem')) as [MethodCall[]];
      this.#item = calls.at(-1)?.[1][0]?.data ?? null;
      return this.#item !== null;
    });
    return this.#item ?? '';
  }

  /** Waits until a program of this process has put its icon there, whoever was there before. */
  async registeredBy(pid: number): Promise<void> {
    await this.#until(`process ${pid} has a tray icon`, async () =>
      (await this.registered()).includes(`-${pid}-`),
    );
  }

  /** The icon's menu, read anew. */
  async menu(): Promise<MenuEntry[]> {
    const words = [await this.#menu(), menuInterface, 'GetLayout', 'iias', '0', '-1', '0'] as const;
    const [, root] = (await this.#call(await this.registered(), ...words)) as [number, MenuNode];
    return root[2].map(({ data }) => entryOf(data));
  }

  /** The entry with this label, or a label that matches. @throws where there is none within 15 s */
  async entry(label: string | RegExp): Promise<MenuEntry> {
    let found: MenuEntry | undefined;
    let labels: string[] = [];
    const matches = (entry: MenuEntry): boolean =>
      typeof label === 'string' ? entry.label === label : label.test(entry.label);
    await this.#until(
      () => `the menu has ${String(label)} (it has ${labels.join(', ')})`,
      async () => {
        const menu = await this.menu();
        labels = menu.map((entry) => entry.label);
        found = menu.find(matches);
        return found !== undefined;
      },
    );
    if (found === undefined) throw new Error('unreachable');
    return found;
  }

  /** Clicks an entry of the menu. */
  async choose(label: string | RegExp): Promise<void> {
    const { id } = await this.entry(label);
    const words = ['Event', 'isvu', String(id), 'clicked', 'i', '0', '0'] as const;
    await this.#call(await this.registered(), await this.#menu(), menuInterface, ...words);
  }

  /** Clicks the icon itself. */
  async activate(): Promise<void> {
    const words = ['/StatusNotifierItem', itemInterface, 'Activate', 'ii', '0', '0'] as const;
    await this.#call(await this.registered(), ...words);
  }

  /** What the pointer shows over the icon. */
  async tooltip(): Promise<string> {
    const [, , title] = (await this.#property('ToolTip')) as [string, unknown, string, string];
    return title;
  }

  /** The icon as the program sends it: its width in pixels, and a digest of them for comparing. */
  async icon(): Promise<{ readonly size: number; readonly digest: string }> {
    const pixmaps = (await this.#property('IconPixmap')) as [number, number, number[]][];
    const [size, , pixels] = pixmaps[0] ?? [0, 0, []];
    return { size, digest: createHash('sha256').update(Buffer.from(pixels)).digest('hex') };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#program.stop();
  }

  async #menu(): Promise<string> {
    return (await this.#property('Menu')) as string;
  }

  async #property(name: string): Promise<unknown> {
    const item = await this.registered();
    const words = ['get-property', item, '/StatusNotifierItem', itemInterface, name];
    return ((await this.#busctl(...words)) as { data: unknown }).data;
  }

  async #hasName(name: string): Promise<boolean> {
    const words = ['org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus'] as const;
    const [has] = (await this.#call(...words, 'NameHasOwner', 's', name)) as [boolean];
    return has;
  }

  async #call(
    to: string,
    path: string,
    where: string,
    method: string,
    ...words: string[]
  ): Promise<unknown[]> {
    const answer = await this.#busctl('call', to, path, where, method, ...words);
    return (answer as { data?: unknown[] }).data ?? [];
  }

  async #busctl(...words: string[]): Promise<unknown> {
    const argv = ['busctl', `--address=${this.#bus}`, '--json=short', '--', ...words];
    const { stdout } = await runCommand('desktop', argv, {});
    return stdout.trim() === '' ? {} : (JSON.parse(stdout) as unknown);
  }

  async #until(what: string | (() => string), holds: () => Promise<boolean>): Promise<void> {
    const end = Date.now() + PATIENCE_MS;
    while (!(await holds())) {
      if (Date.now() > end) {
        throw new Error(`not within ${PATIENCE_MS} ms: ${typeof what === 'string' ? what : what()}`);
      }
      await sleep(50);
    }
  }
}

/** As busctl writes them: the time of a call and its arguments. */
type MethodCall = [time: number, words: { data: string }[]];

/** As busctl writes an entry of com.canonical.dbusmenu: `(ia{sv}av)`. */
type MenuNode = [id: number, properties: Record<string, { data: unknown }>, children: { data: MenuNode }[]];

function entryOf([id, properties]: MenuNode): MenuEntry {
  const value = (name: string): unknown => properties[name]?.data;
  const label = value('label');
  const mark = value('toggle-type') === 'checkmark';
  return {
    id,
    // In the protocol "_" marks the key of an entry, and "__" stands for itself.
    label: typeof label === 'string' ? label.replaceAll(/_(.)/g, '$1') : '',
    isSeparator: value('type') === 'separator',
    isEnabled: value('enabled') !== false,
    isChecked: mark ? value('toggle-state') === 1 : null,
  };
}
