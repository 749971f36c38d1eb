import { join } from 'node:path';
import { dialog, Menu, nativeImage, Tray } from 'electron';
import type { MenuItemConstructorOptions } from 'electron';
import type { UiState } from '../../shared/contract/ui/verbs.ts';
import type { App } from '../backend/app.ts';
import { trayEntries, trayTooltip } from './tray-menu.ts';
import type { TrayEntry } from './tray-menu.ts';

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
  /** The menu as it stands, as text. */
  #shown = '';

  constructor(backend: App, delegate: TrayDelegate) {
    this.#backend = backend;
    this.#delegate = delegate;
  }

  /** Puts the icon there, and keeps its menu true from then on. */
  async start(): Promise<void> {
    this.#tray = new Tray(nativeImage.createFromPath(join(__dirname, 'icons', 'tray.png')));
    this.#tray.on('click', () => this.#delegate.showWindow());
    this.#endChanges = this.#backend.onChange(() => void this.#refresh());
    await this.#refresh();
  }

  stop(): void {
    this.#endChanges?.();
    this.#tray?.destroy();
    this.#tray = null;
  }

  async #refresh(): Promise<void> {
    const state = await this.#backend.state();
    const entries = trayEntries(state);
    const text = JSON.stringify([entries, trayTooltip(state)]);
    if (text === this.#shown) return;
    this.#show(state, entries);
    this.#shown = text;
  }

  /** On Linux a menu that is shown does not change: a new one has to take its place. */
  #show(state: UiState, entries: readonly TrayEntry[]): void {
    this.#tray?.setToolTip(trayTooltip(state));
    this.#tray?.setContextMenu(Menu.buildFromTemplate(entries.map((entry) => this.#item(entry))));
  }

  #item(entry: TrayEntry): MenuItemConstructorOptions {
    switch (entry.kind) {
      case 'profile': {
        const { name, label, isOn } = entry;
        return { type: 'checkbox', label, checked: isOn, click: () => void this.#toggle(name, isOn) };
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
    this.#shown = '';
    await this.#refresh();
    if (!reply.ok) dialog.showErrorBox(reply.fault.message, reply.fault.hint);
  }
}
