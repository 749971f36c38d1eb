import type { ForeignConf } from './foreign-conf.ts';
import { readWgDump } from './wg-dump.ts';
import { readWgShow } from './wg-show.ts';

/**
 * Reads what `wg show` prints, for people or as a dump, of one interface or several. Nothing is made up: a key that `wg` hides
 * is missing or hidden in the result too.
 *
 * @returns a configuration for each interface, or null where the text is nothing of the kind
 */
export function readForeign(text: string): ForeignConf[] | null {
  return readWgDump(text) ?? readWgShow(text);
}
