import { readFileSync, statSync } from 'node:fs';

/** No file of settings is larger, in bytes; what is, is none. */
export const settingsSizeLimit = 1024 * 1024;

/** The text of a file of settings, through a link too; null where there is none that can be read: a pipe would be waited for, a device has no end. */
export function readText(path: string): string | null {
  try {
    const facts = statSync(path);
    return facts.isFile() && facts.size <= settingsSizeLimit ? readFileSync(path, 'utf8') : null;
  } catch {
    return null;
  }
}
