import { join } from 'node:path';
import { BrowserWindow } from 'electron';
import type { WebFrameMain } from 'electron';
import type { UiChange } from '../../shared/contract/ui/verbs.ts';
import { channels } from '../../shared/contract/ui/wire.ts';
import { isOurs, pageUrl } from './page-protocol.ts';

/** Milliseconds a page has to live for another to take its place: one that dies at once would do so for ever. */
const shortestLife = 3_000;

/** The one window of the program; it may be closed and opened again. */
export class MainWindow {
  #window: BrowserWindow | null = null;

  /** Opens the window, or brings it to the front. */
  show(): void {
    if (this.#window === null) {
      this.#window = this.#open();
      return;
    }
    if (this.#window.isMinimized()) this.#window.restore();
    this.#window.show();
    this.#window.focus();
  }

  /** Tells the page of a change, if there is one. */
  send(change: UiChange): void {
    const contents = this.#window?.webContents;
    if (contents !== undefined && !contents.isCrashed()) contents.send(channels.change, change);
  }

  /** Whether a frame is our own page, and not one that somebody has got into it. */
  isOurPage(frame: WebFrameMain | null): boolean {
    return (
      frame !== null &&
      this.#window !== null &&
      frame === this.#window.webContents.mainFrame &&
      isOurs(frame.url)
    );
  }

  #open(): BrowserWindow {
    const window = new BrowserWindow({
      width: 1120,
      height: 760,
      minWidth: 380,
      minHeight: 420,
      title: 'Adit',
      icon: join(__dirname, 'icons', 'app.png'),
      show: false,
      autoHideMenuBar: true,
      webPreferences: {
        preload: join(__dirname, 'preload.cjs'),
        contextIsolation: true,
        sandbox: true,
        nodeIntegration: false,
        webviewTag: false,
        spellcheck: false,
      },
    });
    const load = (): void => {
      // It is rejected where the window is closed meanwhile; nothing else can go wrong with files held in memory.
      window.loadURL(pageUrl).catch(() => undefined);
    };
    let begun = Date.now();
    window.once('ready-to-show', () => window.show());
    window.on('closed', () => (this.#window = null));
    window.webContents.on('render-process-gone', () => {
      if (Date.now() - begun < shortestLife) return;
      begun = Date.now();
      load();
    });
    load();
    return window;
  }
}
