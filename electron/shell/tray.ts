import { join } from 'node:path';
import { Menu, nativeImage, Tray } from 'electron';
import type { MenuItemConstructorOptions, NativeImage } from 'electron';
import type { UiChange, UiState } from '../../shared/contract/ui/verbs.ts';
import type { Fault } from '../../shared/fault.ts';
import type { App } from '../backend/app.ts';
import type { StartAtLogin } from './autostart.ts';
import { canAskForRoot, startHelper } from './elevate.ts';
import { stateAfter } from './state.ts';
import { followTrayHost } from './tray-host.ts';
import { trayContent } from './tray-menu.ts';
import type { TrayContent, TrayEntry } from './tray-menu.ts';

/** What the tray asks of the rest of the program. */
export interface TrayDelegate {
  showWindow(): void;
  /** Tells the person of something that could not be done. */
  tell(fault: Fault): Promise<void>;
  quit(): void;
}

/** The icon in the panel, with a menu that has a switch for each profile. */
export class TrayMenu {
  readonly #backend: App;
  readonly #startAtLogin: StartAtLogin | null;
  readonly #delegate: TrayDelegate;
  #tray: Tray | null = null;
  #isStopped = false;
  #endFollowing: (() => void)[] = [];
  /** Null until it has been read once. */
  #state: UiState | null = null;
  /** The icon and the menu as they stand, as text; empty where they have to be set again. */
  #shown = { icon: '', menu: '' };

  constructor(backend: App, startAtLogin: StartAtLogin | null, delegate: TrayDelegate) {
    this.#backend = backend;
    this.#startAtLogin = startAtLogin;
    this.#delegate = delegate;
  }

  /** Puts the icon there, and keeps it and its menu true from then on, unless the program is ending already. */
  async start(): Promise<void> {
    if (this.#isStopped) return;
    this.#appear();
    this.#startAtLogin?.onChange(() => this.#showAgain());
    this.#endFollowing = [
      this.#backend.onChange((change) => this.#take(change)),
      followTrayHost(() => this.#appear()),
    ];
    this.#state = await this.#backend.state();
    this.#show();
  }

  stop(): void {
    this.#isStopped = true;
    for (const end of this.#endFollowing) end();
    this.#tray?.destroy();
    this.#tray = null;
  }

  /** Puts an icon there, in place of one that a panel before may have shown. */
  #appear(): void {
    this.#tray?.destroy();
    this.#tray = new Tray(iconOf('off'));
    this.#tray.on('click', () => this.#delegate.showWindow());
    this.#shown = { icon: '', menu: '' };
    this.#show();
  }

  /** Changes come several times a second; what the tray shows of them seldom does. */
  #take(change: UiChange): void {
    if (this.#state === null) return;
    this.#state = stateAfter(this.#state, change);
    this.#show();
  }

  /** On Linux a menu that is shown does not change: a new one has to take its place. */
  #show(): void {
    if (this.#state === null || this.#tray === null) return;
    const { icon, tooltip, entries } = trayContent(this.#state, {
      canStartHelper: this.#backend.canStartHelper || canAskForRoot(process.platform),
      startAtLogin: this.#startAtLogin?.isOn ?? null,
    });
    const menu = JSON.stringify([tooltip, entries]);
    if (icon !== this.#shown.icon) this.#tray.setImage(iconOf(icon));
    if (menu !== this.#shown.menu) {
      this.#tray.setToolTip(tooltip);
      this.#tray.setContextMenu(Menu.buildFromTemplate(entries.map((entry) => this.#item(entry))));
    }
    this.#shown = { icon, menu };
  }

  /** A click moves a check mark by itself: the menu has to say again how things really are. */
  #showAgain(): void {
    this.#shown = { ...this.#shown, menu: '' };
    this.#show();
  }

  #item(entry: TrayEntry): MenuItemConstructorOptions {
    switch (entry.kind) {
      case 'profile': {
        const { name, label, isOn } = entry;
        return {
          type: 'checkbox',
          label: literally(label),
          checked: isOn,
          click: () => void this.#toggle(name, isOn),
        };
      }
      case 'note':
        return { label: entry.label, enabled: false };
      case 'start-helper':
        return { label: 'Start the helper…', click: () => void this.#startHelper() };
      case 'separator':
        return { type: 'separator' };
      case 'show':
        return { label: 'Show Adit', click: () => this.#delegate.showWindow() };
      case 'start-at-login': {
        const { isOn } = entry;
        return {
          type: 'checkbox',
          label: 'Start at login',
          checked: isOn,
          click: () => void this.#tell(this.#startAtLogin?.set(!isOn) ?? null),
        };
      }
      case 'quit':
        return { label: 'Quit', click: () => this.#delegate.quit() };
    }
  }

  async #toggle(name: string, isOn: boolean): Promise<void> {
    const reply = await this.#backend.answer(
      isOn ? 'tunnel.down' : 'tunnel.up',
      isOn ? { name } : { name, accept: [] },
    );
    this.#showAgain();
    if (!reply.ok) await this.#tell(reply.fault);
  }

  async #startHelper(): Promise<void> {
    await this.#tell(await (this.#backend.canStartHelper ? this.#backend.startHelper() : startHelper()));
  }

  async #tell(fault: Fault | null): Promise<void> {
    if (fault !== null) await this.#delegate.tell(fault);
  }
}

/** The file beside which Electron finds those for screens of higher density. */
function iconOf(icon: TrayContent['icon']): NativeImage {
  const image = nativeImage.createFromPath(join(__dirname, 'icons', `tray-${icon}.png`));
  // On macOS the system colours it as the menu bar needs it.
  image.setTemplateImage(process.platform === 'darwin');
  return image;
}

/** In a menu's label a single `&` marks the key of the entry. */
function literally(label: string): string {
  return label.replaceAll('&', '&&');
}
