/** Where a real Electron is. */
import { access, constants, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const electronPackage = join(import.meta.dirname, '..', 'node_modules', 'electron');

/** The program inside an Electron distribution folder, by platform; the rest have it as Linux has. */
const programs: Readonly<Partial<Record<NodeJS.Platform, string>>> = {
  darwin: 'Electron.app/Contents/MacOS/Electron',
  win32: 'electron.exe',
};

/** An unpacked Electron: the folder that its makers distribute, and a packager starts from. */
export interface ElectronRuntime {
  readonly folder: string;
  /** Such as `45.4.1`. */
  readonly version: string;
  /** The path of the program itself. */
  readonly program: string;
}

/** The Electron in a distribution folder; null where there is none, or only a part of one. */
export async function runtimeIn(folder: string): Promise<ElectronRuntime | null> {
  const program = join(folder, programs[process.platform] ?? 'electron');
  try {
    await access(program, constants.X_OK);
    const version = (await readFile(join(folder, 'version'), 'utf8')).trim().replace(/^v/, '');
    return { folder, version, program };
  } catch {
    return null;
  }
}

/** The Electron that ships, where it is installed: named by ELECTRON_OVERRIDE_DIST_PATH, or fetched by npm's `electron`. */
export async function installedRuntime(
  environment: NodeJS.ProcessEnv = process.env,
): Promise<ElectronRuntime | null> {
  const override = environment['ELECTRON_OVERRIDE_DIST_PATH'] ?? '';
  if (override !== '') return runtimeIn(override);
  // The package writes this file last: without it a folder may be half unpacked.
  const isWhole = await access(join(electronPackage, 'path.txt')).then(
    () => true,
    () => false,
  );
  return isWhole ? runtimeIn(join(electronPackage, 'dist')) : null;
}

/** The program of npm's `electron` that fetches the runtime. */
export const runtimeInstaller = join(electronPackage, 'install.js');
