import { execFile, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

const watcher = 'org.kde.StatusNotifierWatcher';

/** Milliseconds the session's bus may take to answer. */
const deadline = 2_000;

/** Milliseconds between questions while a host is waited for. */
const retryDelay = 500;

/**
 * Whether something shows tray icons. On Linux that is for the panel to say, over the session's bus: Electron makes a tray
 * without complaint where none is shown.
 */
export function hasTrayHost(): Promise<boolean> {
  if (process.platform !== 'linux') return Promise.resolve(true);
  const words = [
    '--session',
    '--print-reply=literal',
    `--dest=${watcher}`,
    '/StatusNotifierWatcher',
    'org.freedesktop.DBus.Properties.Get',
    `string:${watcher}`,
    'string:IsStatusNotifierHostRegistered',
  ];
  return new Promise((resolve) => {
    execFile('dbus-send', words, { timeout: deadline }, (error, stdout) => {
      resolve(error === null && stdout.includes('boolean true'));
    });
  });
}

/** Whether something shows tray icons within a time: at login the panel may come after us. @param time in milliseconds */
export async function trayHostComes(time: number): Promise<boolean> {
  const end = Date.now() + time;
  while (!(await hasTrayHost())) {
    if (Date.now() >= end) return false;
    await sleep(retryDelay);
  }
  return true;
}

/**
 * Calls `listener` whenever something has begun to show tray icons: a panel that comes after us, or one that was started
 * again. Both know nothing of an icon that was put there before. The returned function ends that.
 */
export function followTrayHost(listener: () => void): () => void {
  if (process.platform !== 'linux') return () => undefined;
  const monitor = spawn('/bin/sh', ['-c', endingWithUs, 'sh', ...signals], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  let isOver = false;
  // Without that program an icon comes when ours starts, or not at all.
  for (const source of [monitor, monitor.stdin]) source.on('error', () => undefined);
  monitor.stdout.setEncoding('utf8').on('data', (text: string) => {
    if (!/member=(NameOwnerChanged|StatusNotifierHostRegistered)/.test(text)) return;
    void hasTrayHost().then((isThere) => {
      if (isThere && !isOver) listener();
    });
  });
  return () => {
    isOver = true;
    monitor.stdin.end();
  };
}

/**
 * Runs the monitor until our end of its input is closed, and be it that we were killed. Left behind it would hold what it
 * inherits of Chromium, whose other processes would go on too.
 */
const endingWithUs = 'dbus-monitor --session "$@" & read -r _; kill $!; wait';

/** The two by which a host appears: the watcher's name gets an owner, or the watcher a host. */
const signals = [
  `type='signal',sender='org.freedesktop.DBus',member='NameOwnerChanged',arg0='${watcher}'`,
  `type='signal',interface='${watcher}',member='StatusNotifierHostRegistered'`,
];
