import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { join } from 'node:path';
import { testRuntime } from '../../build/electron-fixture.ts';
import type { RuntimeSearch } from '../../build/electron-fixture.ts';
import { labEnvironment } from '../lab/command.ts';
import { whyNoLab } from '../lab/requirements.ts';

/** Programs that the desktop tests call, by the Debian package that brings each. */
const PROGRAMS: Readonly<Record<string, string>> = {
  'dbus-bin': 'dbus-send',
  'dbus-daemon': 'dbus-daemon',
  // For busctl, which writes what it is told as JSON.
  systemd: 'busctl',
  'util-linux': 'setpriv',
  'x11-utils': 'xwininfo',
  xvfb: 'Xvfb',
};

/** Libraries that Electron 22 to 45 load, by package; theirs follow by dependency. */
const LIBRARIES: Readonly<Record<string, string>> = {
  libasound2: 'libasound.so.2',
  'libatk-bridge2.0-0': 'libatk-bridge-2.0.so.0',
  'libatspi2.0-0': 'libatspi.so.0',
  libcups2: 'libcups.so.2',
  libdrm2: 'libdrm.so.2',
  libgbm1: 'libgbm.so.1',
  'libgtk-3-0': 'libgtk-3.so.0',
  libnotify4: 'libnotify.so.4',
  libnss3: 'libnss3.so',
  libxcomposite1: 'libXcomposite.so.1',
  libxdamage1: 'libXdamage.so.1',
  libxkbcommon0: 'libxkbcommon.so.0',
  libxrandr2: 'libXrandr.so.2',
};

/** Debian's Python, whatever other comes first in the path: the modules are its own. */
export const debianPython = '/usr/bin/python3';

/** Files that are there once a package is. */
const FILES: Readonly<Record<string, string>> = {
  'fonts-dejavu-core': '/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf',
  'python3-dbusmock': '/usr/lib/python3/dist-packages/dbusmock',
  // It fetches the Electron of the tests.
  'python3-pip': '/usr/lib/python3/dist-packages/pip',
};

/** The Debian packages that a machine with a desktop test on it needs, beside those of the lab. */
export const desktopPackages: readonly string[] = [
  ...Object.keys(PROGRAMS),
  ...Object.keys(LIBRARIES),
  ...Object.keys(FILES),
];

/** Those of {@link desktopPackages} of which something is missing here. */
export function missingDesktopPackages(): string[] {
  const folders = labEnvironment()['PATH']?.split(':') ?? [];
  const libraries = spawnSync('/sbin/ldconfig', ['-p'], { encoding: 'utf8' }).stdout;
  const isThere: Readonly<Record<string, boolean>> = {
    ...mapped(PROGRAMS, (program) => folders.some((folder) => isProgram(join(folder, program)))),
    ...mapped(LIBRARIES, (library) => libraries.includes(`${library} (`)),
    ...mapped(FILES, existsSync),
  };
  return desktopPackages.filter((name) => isThere[name] !== true);
}

/** The Electron that the product is tried on, or in one line why no desktop test can run here. The first time this takes 5 s. */
export async function findElectron(): Promise<RuntimeSearch> {
  const noLab = whyNoLab();
  if (noLab !== null) return { kind: 'none', reason: noLab };
  const missing = missingDesktopPackages().filter((name) => name !== 'python3-pip');
  if (missing.length > 0) return { kind: 'none', reason: `missing Debian packages: ${missing.join(', ')}` };
  return testRuntime();
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function mapped(
  table: Readonly<Record<string, string>>,
  check: (value: string) => boolean,
): Record<string, boolean> {
  return Object.fromEntries(Object.entries(table).map(([name, value]) => [name, check(value)]));
}
