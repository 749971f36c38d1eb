import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Resource } from '../../../shared/network/plan/resources.ts';
import { thisPlace } from '../system/run-folder.ts';
import type { Place, RunFolder } from '../system/run-folder.ts';
import type { PreparedTunnel } from './prepared.ts';

/** A resource that we made, or are about to make. */
export interface HeldResource {
  readonly resource: Resource;
  /** For a kernel setting, its value before. */
  readonly before?: string;
  /** For a link, the number the kernel gave it when it was finished; without it, it may be half made. */
  readonly index?: number;
}

const formatVersion = 1;
const holdingsFile = 'holdings.json';
const tunnelFile = /^tunnel-.+\.json$/;

/** What a helper holds, by the record in its folder: another user's helper, say. Nothing where there is none, or it cannot be read. */
export function heldIn(folder: string): readonly HeldResource[] {
  try {
    const { held } = JSON.parse(readFileSync(join(folder, holdingsFile), 'utf8')) as {
      held: readonly HeldResource[];
    };
    return held;
  } catch {
    return [];
  }
}

/**
 * The helper's record of what it holds in the network and of the tunnels it has promised to keep up. It is written ahead of
 * each change, so that whoever starts after a crash (the next helper, or `adit recover`) can undo all of it, and bring
 * back the tunnels that should be up.
 *
 * A tunnel is promised by a file of its own: taking one down removes a file, which works on a full disk too.
 */
export class HoldingsRecord {
  readonly #folder: RunFolder;
  readonly #place = thisPlace();

  constructor(folder: RunFolder) {
    this.#folder = folder;
  }

  /** What whoever ran here before holds. */
  held(): readonly HeldResource[] {
    const document = this.#readHere(holdingsFile) as { held: readonly HeldResource[] } | null;
    return document?.held ?? [];
  }

  /** Writes down what is held from now on. @throws FaultError `run-folder-unusable` */
  hold(held: readonly HeldResource[]): void {
    if (held.length === 0) this.#folder.remove(holdingsFile);
    else this.#write(holdingsFile, { held });
  }

  /** The tunnels that whoever ran here before has promised, in the order of their coming up. */
  promised(): PreparedTunnel[] {
    return this.#folder
      .names()
      .filter((name) => tunnelFile.test(name))
      .map((name) => this.#readHere(name) as { prepared: PreparedTunnel } | null)
      .flatMap((document) => document?.prepared ?? [])
      .sort((a, b) => a.order - b.order);
  }

  /** From now on a tunnel comes back after a crash. @throws FaultError `run-folder-unusable` */
  promise(prepared: PreparedTunnel): void {
    this.#write(this.#tunnelFile(prepared.tunnel.interface), { prepared });
  }

  /** From now on a tunnel does not come back. @throws FaultError `run-folder-unusable` */
  release(interfaceName: string): void {
    this.#folder.remove(this.#tunnelFile(interfaceName));
  }

  #tunnelFile(interfaceName: string): string {
    return `tunnel-${interfaceName}.json`;
  }

  #write(name: string, contents: object): void {
    this.#folder.write(name, JSON.stringify({ version: formatVersion, ...this.#place, ...contents }));
  }

  /** A document of this boot and this network namespace, or null: what was made elsewhere is not there to undo. */
  #readHere(name: string): object | null {
    const text = this.#folder.read(name);
    if (text === null) return null;
    const document = JSON.parse(text) as Place & { version: number };
    const { boot, namespace } = this.#place;
    const isHere = document.boot === boot && document.namespace === namespace;
    return isHere && document.version === formatVersion ? document : null;
  }
}
