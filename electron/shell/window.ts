import { join } from 'node:path';
import { BrowserWindow } from 'electron';
import type { WebFrameMain } from 'electron';
import type { UiChange } from '../../shared/contract/ui/verbs.ts';
import { channels } from '../../shared/contract/ui/wire.ts';
import { pageOrigin } from './page-protocol.ts';

/** The one window of the program; it may be closed and opened again. */
export class MainWindow {
  #window: BrowserWindow | null = null;

  /** Opens the window, or brings it to the front. */
  show(): void {
    if (this.#window !== null) {
      if (this.#window.isMinimized()) this.#window.restore();
      this.#window.focus();
      return;
    }
    const window = new BrowserWindow({
      width: 1000,
      height: 680,
      minWidth: 380,
      minHeight: 420,
      title: 'Adit',
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
    this.#window = window;
    window.once('ready-to-show', () => window.show());
    window.on('closed', () => (this.#window = null));
    void window.loadURL(`${pageOrigin}/`);
  }

  /** Tells the page of a change, if there is one. */
  send(change: UiChange): void {
    this.#window?.webContents.send(channels.change, change);
  }

  /** Whether a frame is our own page, and not one that somebody has got into it. */
  isOurPage(frame: WebFrameMain | null): boolean {
    return (
      frame !== null &&
      this.#window !== null &&
      frame === this.#window.webContents.mainFrame &&
      new URL(frame.url).origin === pageOrigin
    );
  }
}
