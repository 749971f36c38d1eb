import { lstatSync } from 'node:fs';
import { firstUntrusted, pathsFromRoot } from '../../../shared/contract/helper/trust.ts';
import type { Untrusted } from '../../../shared/contract/helper/trust.ts';

/**
 * The first of a file and its ancestors that somebody but root could change, or null where there is none.
 *
 * @param path absolute, with symbolic links resolved
 */
export function untrustedAncestor(path: string): Untrusted | null {
  const chain = pathsFromRoot(path).map((at) => {
    const { uid, mode } = lstatSync(at);
    return { path: at, uid, mode };
  });
  return firstUntrusted(chain);
}
