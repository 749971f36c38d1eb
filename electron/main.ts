/** The Electron entry: nothing but the order in which the parts begin. */
import { app } from 'electron';
import { App } from './backend/app.ts';
import { placesOf } from './backend/environment.ts';
import type { Places } from './backend/environment.ts';
import { setApplicationMenu } from './shell/application-menu.ts';
import { confineSession, refuseNavigation } from './shell/confinement.ts';
import { giveUp } from './shell/give-up.ts';
import { serveIpc } from './shell/ipc.ts';
import { keepChromiumFilesIn } from './shell/own-folder.ts';
import { declareScheme, servePage } from './shell/page-protocol.ts';
import { TrayMenu } from './shell/tray.ts';
import { hasTrayHost } from './shell/tray-host.ts';
import { MainWindow } from './shell/window.ts';

async function start(places: Places): Promise<void> {
  const backend = new App(places);
  const window = new MainWindow();
  const tray = new TrayMenu(backend, { showWindow: () => window.show(), quit: () => app.quit() });
  app.on('second-instance', () => window.show());
  app.on('activate', () => window.show());
  // Without anything that shows the tray, a program without a window could not be reached any more.
  app.on('window-all-closed', () => void hasTrayHost().then((isReachable) => isReachable || app.quit()));
  app.on('will-quit', () => {
    tray.stop();
    backend.stop();
  });

  servePage();
  confineSession();
  setApplicationMenu();
  serveIpc(backend, window);
  // The window need not wait for the helper: it shows how that is found.
  window.show();
  await backend.start();
  await tray.start();
}

function main(): void {
  const places = placesOf(process.env);
  declareScheme();
  app.on('web-contents-created', (_event, contents) => refuseNavigation(contents));
  keepChromiumFilesIn(places.home);
  if (!app.requestSingleInstanceLock()) {
    app.quit();
    return;
  }
  app
    .whenReady()
    .then(() => start(places))
    .catch(giveUp);
}

try {
  main();
} catch (error) {
  giveUp(error);
}
