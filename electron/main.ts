/** The Electron entry: nothing but the order in which the parts begin. */
import { app } from 'electron';
import { App } from './backend/app.ts';
import { placesOf } from './backend/environment.ts';
import { serveIpc } from './shell/ipc.ts';
import { declareScheme, servePage } from './shell/page-protocol.ts';
import { confineSession, refuseNavigation } from './shell/confinement.ts';
import { TrayMenu } from './shell/tray.ts';
import { hasTrayHost } from './shell/tray-host.ts';
import { MainWindow } from './shell/window.ts';

async function start(): Promise<void> {
  const backend = new App(placesOf(process.env));
  const window = new MainWindow();
  servePage();
  confineSession();
  serveIpc(backend, window);
  await backend.start();
  window.show();

  const tray = new TrayMenu(backend, { showWindow: () => window.show(), quit: () => app.quit() });
  await tray.start();
  // Without anything that shows the tray, a program without a window could not be reached any more.
  const outlivesWindow = await hasTrayHost();
  app.on('window-all-closed', () => {
    if (!outlivesWindow) app.quit();
  });
  app.on('second-instance', () => window.show());
  app.on('activate', () => window.show());
  app.on('will-quit', () => {
    tray.stop();
    backend.stop();
  });
}

declareScheme();
app.on('web-contents-created', (_event, contents) => refuseNavigation(contents));
if (app.requestSingleInstanceLock()) void app.whenReady().then(start);
else app.quit();
