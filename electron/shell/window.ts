import { join } from 'node:path';
import { BrowserWindow } from 'electron';
import type { WebFrameMain } from 'electron';
import type { UiChange } from '../../shared/contract/ui/verbs.ts';
import type { Fault } from '../../shared/fault.ts';
import { channels } from '../../shared/contract/ui/wire.ts';
import { isOurs, pageUrl } from './page-protocol.ts';

/** Milliseconds a page has to live for another to take its place: one that dies at once would do so for ever. */
const shortestLife = 3_000;

/** The one window of the program; it may be closed and opened again. */
export class MainWindow {
  readonly #tell: (fault: Fault) => void;
  #window: BrowserWindow | null = null;
  /** When its page began, in milliseconds since 1970. */
  #begun = 0;

  /** @param tell tells the person why the window shows nothing */
  constructor(tell: (fault: Fault) => void) {
    this.#tell = tell;
  }

  /** Opens the window, or brings it to the front. */
  show(): void {
    if (this.#window === null) {
      this.#window = this.#open();
      return;
    }
    if (this.#window.isMinimized()) this.#window.restore();
    if (this.#window.webContents.isCrashed()) this.#load(this.#window);
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
    window.once('ready-to-show', () => window.show());
    window.on('closed', () => (this.#window = null));
    window.webContents.on('render-process-gone', () => {
      if (Date.now() - this.#begun < shortestLife) this.#tell(pageDied);
      else this.#load(window);
    });
    this.#load(window);
    return window;
  }

  #load(window: BrowserWindow): void {
    this.#begun = Date.now();
    // It is rejected where the window is closed meanwhile; nothing else can go wrong with files held in memory.
    window.loadURL(pageUrl).catch(() => undefined);
  }
}

const pageDied: Fault = {
  code: 'page-died',
  message: 'The page of Adit’s window ended as soon as it had begun.',
  hint: 'Tunnels go on without it. Show the window again; if it ends again, "adit serve" shows the same in a browser.',
};
