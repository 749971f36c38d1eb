import type { ConfFile } from '../syntax/conf-file.ts';
import { parse } from '../syntax/parse.ts';
import { applyFix } from '../text/edit.ts';
import { diagnose } from './diagnose.ts';

/** One repair restores a thousand lines; more than so many in a row are for nobody to wait for. */
const mostRepairs = 100;

/**
 * Restores text that was UTF-8, was read as Windows-1252 and saved again: what the diagnostic `mojibake` offers. Gives the file
 * itself where there is none.
 */
export function restoreText(file: ConfFile): ConfFile {
  let restored = file;
  for (let count = 0; count < mostRepairs; count += 1) {
    const fix = diagnose(restored).find(({ code }) => code === 'mojibake')?.fix;
    if (fix === undefined) break;
    restored = parse(applyFix(restored.text, fix));
  }
  return restored;
}
