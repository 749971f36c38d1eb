import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, readlinkSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { FaultError } from '../../../shared/fault.ts';
import { thisPlace } from '../system/run-folder.ts';
import type { Place } from '../system/run-folder.ts';
import { replaceWhole, syncFolder } from '../system/whole-file.ts';
import type { EtcEntry } from './etc-file.ts';
import type { GlobalDns } from './global-dns.ts';

/** What was done that outlives a reboot, all that it takes to undo it. */
export type NamesRecord = FileRecord | GlobalDnsRecord;

/** A changed file in /etc. */
export interface FileRecord {
  readonly kind: 'file';
  readonly path: string;
  /** What stood there. */
  readonly before: EtcEntry;
  /** The texts of ours that may stand there now: the last, and the one before it while it is being replaced. */
  readonly ours: readonly string[];
  /** Why it is this that was changed; half a sentence. */
  readonly reason: string;
}

/** NetworkManager's global DNS configuration, in the same way. */
export interface GlobalDnsRecord {
  readonly kind: 'global-dns';
  readonly before: GlobalDns;
  readonly ours: readonly GlobalDns[];
  readonly reason: string;
}

/** A record as it is kept. */
interface Document extends Place {
  readonly version: number;
  readonly owner: number;
  /** Whether it was made in the machine's own network namespace, which has another number after each boot. */
  readonly machine: boolean;
  /** Of the record, in hexadecimal: a damaged one restores nothing. */
  readonly sha256: string;
  readonly record: NamesRecord;
}

const formatVersion = 1;
const documentFile = /^names-.+\.json$/;

/**
 * The record of what was changed in /etc, or in a program that keeps it over a reboot, under `/var/lib/adit/UID`, root's alone: a reboot loses /run. It is written,
 * and on the disk, before each change.
 *
 * What another network namespace of this boot has written is never read: its helper may live. What was written before a reboot
 * is: whoever wrote it is gone.
 */
export class NamesJournal {
  readonly #owner: number;
  readonly #folder: string;
  readonly #place = thisPlace();
  readonly #machine = isMachinesNamespace();

  /** @param root of the folders of all users */
  constructor(owner: number, root = '/var/lib/adit') {
    this.#owner = owner;
    this.#folder = join(root, String(owner));
  }

  /** What a helper of this owner, boot and network namespace has written down last; null where it has undone all. */
  read(): NamesRecord | null {
    const document = this.#readDocument(this.#name);
    return document !== null && this.#isHere(document) ? document.record : null;
  }

  /** Writes down what is about to be done. @throws FaultError `state-folder-unusable`, and then nothing may be changed */
  write(record: NamesRecord): void {
    const path = join(this.#folder, this.#name);
    const document: Document = {
      version: formatVersion,
      ...this.#place,
      owner: this.#owner,
      machine: this.#machine,
      sha256: digestOf(record),
      record,
    };
    try {
      mkdirSync(dirname(this.#folder), { recursive: true, mode: 0o755 });
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
      replaceWhole(path, `${path}.new`, JSON.stringify(document), { mode: 0o600 });
    } catch (error) {
      throw new FaultError(unusable(path, error), { cause: error });
    }
  }

  /** All is undone. */
  remove(): void {
    this.#remove(this.#name);
  }

  /**
   * What was written before the last reboot, in a network of this kind.
   *
   * @param undo says whether it could: then the record is forgotten, else the next helper tries again
   */
  async takeFromBeforeReboot(undo: (record: NamesRecord) => Promise<boolean>): Promise<void> {
    for (const name of this.#names()) {
      const document = this.#readDocument(name);
      if (document === null || document.boot === this.#place.boot) continue;
      if (document.machine !== this.#machine || document.owner !== this.#owner) continue;
      if (await undo(document.record)) this.#remove(name);
    }
  }

  get #name(): string {
    return `names-${this.#place.namespace.replace(/\D/g, '')}.json`;
  }

  #isHere({ boot, namespace, owner }: Document): boolean {
    return boot === this.#place.boot && namespace === this.#place.namespace && owner === this.#owner;
  }

  #names(): string[] {
    try {
      return readdirSync(this.#folder).filter((name) => documentFile.test(name));
    } catch {
      return [];
    }
  }

  /** A document that is whole, or null. */
  #readDocument(name: string): Document | null {
    try {
      const document = JSON.parse(readFileSync(join(this.#folder, name), 'utf8')) as Document;
      const isWhole = document.version === formatVersion && document.sha256 === digestOf(document.record);
      return isWhole ? document : null;
    } catch {
      return null;
    }
  }

  #remove(name: string): void {
    try {
      rmSync(join(this.#folder, name), { force: true });
      syncFolder(this.#folder);
      // Something may be in them still: another namespace's record, another user's.
      rmdirSync(this.#folder);
      rmdirSync(dirname(this.#folder));
    } catch {
      // A record too many undoes nothing: what it describes does not stand any more.
    }
  }
}

function digestOf(record: NamesRecord): string {
  return createHash('sha256').update(JSON.stringify(record)).digest('hex');
}

function isMachinesNamespace(): boolean {
  try {
    return readlinkSync('/proc/1/ns/net') === thisPlace().namespace;
  } catch {
    return false;
  }
}

function unusable(path: string, error: unknown): FaultError['fault'] {
  return {
    code: 'state-folder-unusable',
    message: `${path} cannot be written: ${error instanceof Error ? error.message : String(error)}`,
    hint: 'Nothing was changed. Make room under /var/lib/adit, or see what holds it read-only: what is changed in /etc is written down there first.',
  };
}
