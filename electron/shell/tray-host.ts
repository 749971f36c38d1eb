import { execFile } from 'node:child_process';

/** Milliseconds the session's bus may take to answer. */
const deadline = 2_000;

/**
 * Whether something shows tray icons. On Linux that is for the panel to say, over the session's bus: Electron makes a tray
 * without complaint where none is shown.
 */
export function hasTrayHost(): Promise<boolean> {
  if (process.platform !== 'linux') return Promise.resolve(true);
  const words = [
    '--session',
    '--print-reply=literal',
    '--dest=org.kde.StatusNotifierWatcher',
    '/StatusNotifierWatcher',
    'org.freedesktop.DBus.Properties.Get',
    'string:org.kde.StatusNotifierWatcher',
    'string:IsStatusNotifierHostRegistered',
  ];
  return new Promise((resolve) => {
    execFile('dbus-send', words, { timeout: deadline }, (error, stdout) => {
      resolve(error === null && stdout.includes('boolean true'));
    });
  });
}
