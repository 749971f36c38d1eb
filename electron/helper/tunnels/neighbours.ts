import { readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { PlannedTunnel } from '../../../shared/network/plan/planned-tunnel.ts';
import type { Neighbour } from '../../../shared/network/plan/neighbours.ts';
import { linkExists } from '../network/observe.ts';
import { whileLocked } from '../system/place-lock.ts';
import type { RunFolder } from '../system/run-folder.ts';
import { heldIn, plannedFile, plannedIn } from './record.ts';

/** What other users of this machine hold in the same network. */
export interface Beside {
  readonly tunnels: readonly Neighbour[];
  /** Of each kernel setting that one of them has changed, its value before. */
  readonly earlierSettings: ReadonlyMap<string, string>;
}

const nobody: Beside = { tunnels: [], earlierSettings: new Map() };

/**
 * The helpers of other users of this machine, in the same network. Each tells in its folder which tunnels it holds, without their keys;
 * whoever changes the network takes all into account, one helper at a time. What a helper that is gone has told still counts: its
 * tunnels may stand.
 */
export class Neighbours {
  readonly #folder: RunFolder;
  readonly #owner: number;
  #told = '';

  constructor(folder: RunFolder, owner: number) {
    this.#folder = folder;
    this.#owner = owner;
  }

  /**
   * Does work that changes the network, while no other helper does.
   *
   * @throws FaultError `another-helper-busy`, and whatever the work throws
   */
  exclusively<T>(work: (beside: Beside) => Promise<T>): Promise<T> {
    // A helper makes its folder before anything else: with none there is nobody to keep out, and nobody comes who does not see ours.
    if (this.#folders().length === 0) return work(nobody);
    return whileLocked(this.#lock, () => work(this.look()));
  }

  /** What they hold now. */
  look(): Beside {
    const folders = this.#folders();
    if (folders.length === 0) return nobody;
    const tunnels = folders.flatMap(({ owner, path }) =>
      plannedIn(path).map((tunnel): Neighbour => ({ owner, tunnel, stands: linkExists(tunnel.interface) })),
    );
    const earlierSettings = new Map(
      folders.flatMap(({ path }) =>
        heldIn(path).flatMap(({ resource, before }) =>
          resource.kind === 'sysctl' && before !== undefined ? [[resource.key, before] as const] : [],
        ),
      ),
    );
    return { tunnels, earlierSettings };
  }

  /** Tells them which tunnels are held here from now on. @throws FaultError `run-folder-unusable` */
  tell(tunnels: readonly PlannedTunnel[]): void {
    const text = JSON.stringify(tunnels);
    if (text === this.#told) return;
    if (tunnels.length === 0) this.#folder.remove(plannedFile);
    else this.#folder.write(plannedFile, text);
    this.#told = text;
  }

  /** The folders of other users for this network. */
  #folders(): { owner: number; path: string }[] {
    const root = dirname(dirname(this.#folder.path));
    const place = basename(this.#folder.path);
    return readdirSync(root)
      .filter((name) => /^\d+$/.test(name) && Number(name) !== this.#owner)
      .map((name) => ({ owner: Number(name), path: join(root, name, place) }))
      .filter(({ path }) => isThere(path));
  }

  get #lock(): string {
    return join(dirname(dirname(this.#folder.path)), `${basename(this.#folder.path)}.lock`);
  }
}

function isThere(folder: string): boolean {
  try {
    return readdirSync(folder).length > 0;
  } catch {
    return false;
  }
}
