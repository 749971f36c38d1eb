import { watch } from 'node:fs';
import type { FSWatcher } from 'node:fs';
import { basename, dirname } from 'node:path';

/** Milliseconds of silence after which a burst of changes counts as over. */
const settleTime = 100;

/**
 * Calls `changed` after something happened to one of these files: it was written, replaced, removed or made. A folder that is not
 * there is not watched.
 *
 * @param paths absolute
 * @param mounted those that are mounted over: what happens to such a file does not show in its folder
 * @returns what ends it
 */
export function watchFiles(
  paths: readonly string[],
  mounted: readonly string[],
  changed: () => void,
): () => void {
  let timer: NodeJS.Timeout | null = null;
  const noticed = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = setTimeout(changed, settleTime);
  };
  const watchers = [
    ...paths.flatMap((path) =>
      watcherOf(dirname(path), (name) => {
        if (name === null || name === basename(path)) noticed();
      }),
    ),
    ...mounted.flatMap((path) => watcherOf(path, noticed)),
  ];
  return () => {
    if (timer !== null) clearTimeout(timer);
    for (const watcher of watchers) watcher.close();
  };
}

function watcherOf(path: string, noticed: (name: string | null) => void): FSWatcher[] {
  try {
    const watcher = watch(path, { persistent: false }, (_, name) => noticed(name));
    // A folder that goes away ends its watching; the look every now and then goes on.
    watcher.on('error', () => watcher.close());
    return [watcher];
  } catch {
    return [];
  }
}
