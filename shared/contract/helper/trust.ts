/**
 * Whose a path is. The helper asks this of every file that it runs, a client of the folder in which it finds the
 * helper's socket: neither may be anybody's but root's.
 */

/** What `lstat` says of a path. */
export interface PathFacts {
  readonly path: string;
  readonly uid: number;
  /** Type and permission bits, as in `st_mode`. */
  readonly mode: number;
}

/** A path that somebody but root could change, and why that is so. */
export interface Untrusted {
  readonly path: string;
  /** Completes the sentence "PATH ...". */
  readonly reason: string;
}

const groupOrOthersWrite = 0o022;
const sticky = 0o1000;
const typeMask = 0o170000;
const symbolicLink = 0o120000;

/** A path and all its ancestors, from `/` down. */
export function pathsFromRoot(path: string): string[] {
  const names = path.split('/').filter((name) => name !== '');
  return ['/', ...names.map((_, index) => `/${names.slice(0, index + 1).join('/')}`)];
}

/**
 * The first path that somebody but root owns or can write to, or null where there is none. A folder with the sticky bit, such
 * as /tmp, is no harm above others: nobody can replace in it what belongs to root.
 *
 * @param chain from `/` down
 */
export function firstUntrusted(chain: readonly PathFacts[]): Untrusted | null {
  for (const [index, { path, uid, mode }] of chain.entries()) {
    const isLast = index === chain.length - 1;
    if ((mode & typeMask) === symbolicLink) return { path, reason: 'is a symbolic link' };
    if (uid !== 0) return { path, reason: `belongs to user ${uid}, not to root` };
    if ((mode & groupOrOthersWrite) !== 0 && (isLast || (mode & sticky) === 0)) {
      return { path, reason: 'can be written by others than root' };
    }
  }
  return null;
}
