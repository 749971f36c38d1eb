import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { app } from 'electron';
import { FaultError } from '../../shared/fault.ts';

/**
 * Has Chromium keep its own files (caches, the lock that lets the program run once) in a folder of the state folder. By itself
 * it would take the state folder, since both go by the program's name. Before anything else is asked of Electron.
 *
 * @throws FaultError `home-unusable`
 */
export function keepChromiumFilesIn(home: string): void {
  const folder = join(resolve(home), 'chromium');
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new FaultError({
      code: 'home-unusable',
      message: `${folder} cannot be made: ${error instanceof Error ? error.message : String(error)}`,
      hint: 'Adit keeps profiles in ADIT_HOME, by default the "adit" folder of your configuration folder. It has to be yours.',
    });
  }
  app.setPath('userData', folder);
}
