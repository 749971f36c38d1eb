/** The Electron entry: nothing but the order in which the parts begin. */
import { app } from 'electron';
import type { Fault } from '../shared/fault.ts';
import { App } from './backend/app.ts';
import { placesOf } from './backend/environment.ts';
import type { Places } from './backend/environment.ts';
import { pkexecStart } from './backend/helper-client/pkexec.ts';
import { showApplicationMenu } from './shell/application-menu.ts';
import { isStartedAtLogin, StartAtLogin } from './shell/autostart.ts';
import { confineSession, refuseNavigation } from './shell/confinement.ts';
import { giveUp } from './shell/give-up.ts';
import { serveIpc } from './shell/ipc.ts';
import { quietWord } from './shell/login-item.ts';
import { keepChromiumFilesIn } from './shell/own-folder.ts';
import { declareScheme, servePage } from './shell/page-protocol.ts';
import { tellOf } from './shell/tell.ts';
import { TrayMenu } from './shell/tray.ts';
import { hasTrayHost, trayHostComes } from './shell/tray-host.ts';
import { MainWindow } from './shell/window.ts';

/** Milliseconds that a panel may come after us when both are started at login. */
const panelPatience = 5_000;

async function start(places: Places): Promise<void> {
  const backend = new App(places, pkexecStart(places.socket));
  const startAtLogin = StartAtLogin.find();
  const tell = async (fault: Fault): Promise<void> => {
    if ((await tellOf(fault)).wantsWindow) window.show();
  };
  const window = new MainWindow((fault) => void tell(fault));
  const tray = new TrayMenu(backend, startAtLogin, {
    showWindow: () => window.show(),
    tell,
    quit: () => app.quit(),
  });
  app.on('second-instance', (_event, words) => {
    if (!words.includes(quietWord)) window.show();
  });
  app.on('activate', () => window.show());
  // Without anything that shows the tray, a program without a window could not be reached any more.
  app.on('window-all-closed', () => void hasTrayHost().then((isReachable) => isReachable || app.quit()));
  app.on('will-quit', () => {
    tray.stop();
    backend.stop();
  });

  servePage();
  confineSession();
  showApplicationMenu(startAtLogin, (fault) => void tell(fault));
  serveIpc(backend, window);
  // The window need not wait for the helper: it shows how that is found. A login shows the tray alone, where there is one.
  if (!isStartedAtLogin(process.argv)) window.show();
  else void trayHostComes(panelPatience).then((isReachable) => isReachable || window.show());
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
