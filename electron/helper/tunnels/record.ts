import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from '../../../shared/contract/schema.ts';
import { faultOf } from '../../../shared/fault.ts';
import type { PlannedTunnel } from '../../../shared/network/plan/planned-tunnel.ts';
import type { Resource } from '../../../shared/network/plan/resources.ts';
import type { Log } from '../system/log.ts';
import { thisPlace } from '../system/run-folder.ts';
import type { RunFolder } from '../system/run-folder.ts';
import { holdingsOf } from './lost-holdings.ts';
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

/** The name of the file in which a helper tells those of other users which tunnels it holds. */
export const plannedFile = 'planned.json';

const holdingsFile = 'holdings.json';
const settingsFile = 'settings.json';
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

/** The tunnels that a helper tells others of, by the file in its folder. None where there is no such file, or it cannot be read. */
export function plannedIn(folder: string): readonly PlannedTunnel[] {
  try {
    return JSON.parse(readFileSync(join(folder, plannedFile), 'utf8')) as PlannedTunnel[];
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
 *
 * A file that is damaged is put aside and logged, and the others hold.
 */
export class HoldingsRecord {
  readonly #folder: RunFolder;
  readonly #log: Log;
  readonly #place = thisPlace();

  constructor(folder: RunFolder, log: Log) {
    this.#folder = folder;
    this.#log = log;
  }

  /**
   * What whoever ran here before holds; where the record of it is damaged, what follows from the tunnels that others were told of. What
   * kernel settings were before follows from nothing, and is in a file of its own.
   */
  held(): readonly HeldResource[] {
    const document = this.#readHere(holdingsFile, holdings);
    if (document !== 'damaged') return document?.held ?? [];
    const known = this.#readHere(settingsFile, settings);
    const before = known === null || known === 'damaged' ? {} : known.before;
    return holdingsOf(plannedIn(this.#folder.path)).map((held) => withValue(held, before));
  }

  /** Writes down what is held from now on. @throws FaultError `run-folder-unusable` */
  hold(held: readonly HeldResource[]): void {
    this.#noteSettings(held);
    if (held.length === 0) this.#folder.remove(holdingsFile);
    else this.#write(holdingsFile, { held });
  }

  #noteSettings(held: readonly HeldResource[]): void {
    const entries = held.flatMap(({ resource, before }) =>
      resource.kind === 'sysctl' && before !== undefined ? [[resource.key, before] as const] : [],
    );
    if (entries.length === 0) this.#folder.remove(settingsFile);
    else this.#write(settingsFile, { before: Object.fromEntries(entries) });
  }

  /** The tunnels that whoever ran here before has promised, in the order of their coming up. */
  promised(): PreparedTunnel[] {
    return this.#folder
      .names()
      .filter((name) => tunnelFile.test(name))
      .flatMap((name) => {
        const document = this.#readHere(name, promise);
        return document === null || document === 'damaged' ? [] : [document.prepared];
      })
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
  #readHere<T>(name: string, shape: z.ZodType<T>): T | 'damaged' | null {
    const text = this.#folder.read(name);
    if (text === null) return null;
    try {
      const json: unknown = JSON.parse(text);
      const { boot, namespace, version } = header.parse(json);
      const isHere = boot === this.#place.boot && namespace === this.#place.namespace;
      return isHere && version === formatVersion ? shape.parse(json) : null;
    } catch {
      this.#log('record-damaged', { file: join(this.#folder.path, name) });
      this.#setAside(name);
      return 'damaged';
    }
  }

  #setAside(name: string): void {
    try {
      this.#folder.setAside(name);
    } catch (error) {
      this.#log('record-not-put-aside', { reason: faultOf(error).message });
    }
  }
}

/** What is held with the value that its kernel setting had before, where that is known. */
function withValue(held: HeldResource, values: Readonly<Record<string, string>>): HeldResource {
  const { resource } = held;
  if (resource.kind !== 'sysctl' || !Object.hasOwn(values, resource.key)) return held;
  const before = values[resource.key];
  return before === undefined ? held : { ...held, before };
}

const header = z.object({ version: z.number(), boot: z.string(), namespace: z.string() });

/** Of what is written whole by root alone, enough to tell that it is. */
const holdings = z.looseObject({
  held: z.array(z.custom<HeldResource>((entry) => heldShape.safeParse(entry).success)),
});
const settings = z.looseObject({ before: z.record(z.string(), z.string()) });
const heldShape = z.looseObject({ resource: z.looseObject({ kind: z.string() }) });
const promise = z.looseObject({
  prepared: z.custom<PreparedTunnel>((prepared) => preparedShape.safeParse(prepared).success),
});
const preparedShape = z.looseObject({
  tunnel: z.looseObject({ name: z.string(), interface: z.string(), peers: z.array(z.unknown()) }),
  order: z.number(),
});
