import { join } from 'node:path';
import { dialog, Menu, nativeImage, Tray } from 'electron';
import type { MenuItemConstructorOptions, NativeImage } from 'electron';
import type { UiChange, UiState } from '../../shared/contract/ui/verbs.ts';
import type { Fault } from '../../shared/fault.ts';
import type { App } from '../backend/app.ts';
import { stateAfter } from './state.ts';
import { trayContent } from './tray-menu.ts';
import type { TrayContent, TrayEntry } from './tray-menu.ts';

/** What the tray asks of the rest of the program. */
export interface TrayDelegate {
  showWindow(): void;
  quit(): void;
}

/** The icon in the panel, with a menu that has a switch for each profile. */
export class TrayMenu {
  readonly #backend: App;
  readonly #delegate: TrayDelegate;
  #tray: Tray | null = null;
  #endChanges: (() => void) | null = null;
  /** Null until it has been read once. */
  #state: UiState | null = null;
  /** The icon and the menu as they stand, as text. */
  #shown = { icon: '', menu: '' };

  constructor(backend: App, delegate: TrayDelegate) {
    this.#backend = backend;
    this.#delegate = delegate;
  }

  /** Puts the icon there, and keeps it and its menu true from then on. */
  async start(): Promise<void> {
    this.#tray = new Tray(iconOf('off'));
    this.#tray.on('click', () => this.#delegate.showWindow());
    this.#endChanges = this.#backend.onChange((change) => this.#take(change));
    this.#state = await this.#backend.state();
    this.#show();
  }

  stop(): void {
    this.#endChanges?.();
    this.#tray?.destroy();
    this.#tray = null;
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
    const { icon, tooltip, entries } = trayContent(this.#state);
    const menu = JSON.stringify([tooltip, entries]);
    if (icon !== this.#shown.icon) this.#tray.setImage(iconOf(icon));
    if (menu !== this.#shown.menu) {
      this.#tray.setToolTip(tooltip);
      this.#tray.setContextMenu(Menu.buildFromTemplate(entries.map((entry) => this.#item(entry))));
    }
    this.#shown = { icon, menu };
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
      case 'separator':
        return { type: 'separator' };
      case 'show':
        return { label: 'Show Adit', click: () => this.#delegate.showWindow() };
      case 'quit':
        return { label: 'Quit', click: () => this.#delegate.quit() };
    }
  }

  async #toggle(name: string, isOn: boolean): Promise<void> {
    const reply = await this.#backend.answer(
      isOn ? 'tunnel.down' : 'tunnel.up',
      isOn ? { name } : { name, accept: [] },
    );
    // The click has moved the check mark already; the menu has to say again how things really are.
    this.#shown = { ...this.#shown, menu: '' };
    this.#show();
    if (!reply.ok) await this.#tell(reply.fault);
  }

  /** A question of the fault, such as whether to leave scripts out, is answered in the window. */
  async #tell({ message, hint }: Fault): Promise<void> {
    const { response } = await dialog.showMessageBox({
      type: 'warning',
      title: 'Adit',
      message,
      detail: hint,
      buttons: ['Close', 'Show Adit'],
      defaultId: 0,
      cancelId: 0,
    });
    if (response === 1) this.#delegate.showWindow();
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
