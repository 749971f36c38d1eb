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
  const burst = new Burst(changed);
  return burst.endWith([
    ...paths.flatMap((path) =>
      watcherOf(dirname(path), (name) => {
        if (name === null || name === basename(path)) burst.noticed();
      }),
    ),
    ...mounted.flatMap((path) => watcherOf(path, () => burst.noticed())),
  ]);
}

/** The same for everything in some folders, of which some may not be there. */
export function watchFolders(paths: readonly string[], changed: () => void): () => void {
  const burst = new Burst(changed);
  return burst.endWith(paths.flatMap((path) => watcherOf(path, () => burst.noticed())));
}

/** Waits for the end of a burst of changes. */
class Burst {
  readonly #over: () => void;
  #timer: NodeJS.Timeout | null = null;

  constructor(over: () => void) {
    this.#over = over;
  }

  noticed(): void {
    this.#stop();
    this.#timer = setTimeout(this.#over, settleTime);
  }

  endWith(watchers: readonly FSWatcher[]): () => void {
    return () => {
      this.#stop();
      for (const watcher of watchers) watcher.close();
    };
  }

  #stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
  }
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
