import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../../fixtures/conf');

/** The bytes of a configuration below test/fixtures/conf. */
export function fixture(path: string): Buffer {
  return readFileSync(join(root, path));
}

/** The text of one that is UTF-8. */
export function fixtureText(path: string): string {
  return fixture(path).toString('utf8');
}

/** The paths of all configurations below a folder of test/fixtures/conf. */
export function fixturesIn(folder: string): string[] {
  return readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.conf'))
    .sort()
    .map((name) => `${folder}/${name}`);
}

/** The folders with a file for each row of the specification's tables. */
export const rowFolders: readonly string[] = readdirSync(join(root, 'rows'))
  .sort()
  .map((section) => `rows/${section}`);
