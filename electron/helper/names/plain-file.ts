import { FaultError } from '../../../shared/fault.ts';
import {
  emptyResolvConf,
  markOf,
  parseResolvConf,
  printResolvConf,
} from '../../../shared/names/resolv-conf.ts';
import type { ResolvConf, ResolvConfMark } from '../../../shared/names/resolv-conf.ts';
import type { TunnelWarning } from '../../../shared/tunnel/status.ts';
import type { Clock } from '../system/clock.ts';
import type { Log } from '../system/log.ts';
import type { WholeHostBackend } from './backend.ts';
import { readText } from '../system/settings-text.ts';
import { targetOf } from './etc-file.ts';
import type { EtcEntry, EtcFile } from './etc-file.ts';
import type { FileRecord, NamesJournal } from './journal.ts';
import { watchFiles } from './watch.ts';

/** More often than `times` within `span` milliseconds the file is not put right again: that would be a fight. */
const patience = { times: 5, span: 60_000 } as const;

/** What the backend of the plain file works with. */
export interface PlainFileParts {
  readonly file: EtcFile;
  readonly journal: NamesJournal;
  readonly mark: ResolvConfMark;
  readonly clock: Clock;
  readonly log: Log;
  /** Why it is the plain file; kept with the record. */
  readonly reason: string;
}

/**
 * /etc/resolv.conf itself, with an undo copy. Somebody else may write it while we hold it: then it is put right, and what they wrote is
 * what stands there at the end.
 */
export class PlainFile implements WholeHostBackend {
  readonly kind = 'plain-file';
  readonly shape = 'whole-host';
  readonly #parts: PlainFileParts;
  /** What was done to the file; null where nothing of ours is in it. */
  #record: FileRecord | null;
  /** When it was put right, in milliseconds. */
  #putRight: number[] = [];
  #isContested = false;

  constructor(parts: PlainFileParts) {
    this.#parts = parts;
    const record = parts.journal.read();
    this.#record = record?.kind === 'file' ? record : null;
  }

  apply(conf: ResolvConf): void {
    const { file, mark } = this.#parts;
    const text = printResolvConf(conf, mark);
    const standing = file.read();
    if (this.#record !== null && isOurs(standing, this.#record, file)) {
      if (textOf(standing) === text) return;
      this.#note({ ...this.#record, ours: [...this.#record.ours.slice(-1), text] });
    } else {
      refuseAnothers(standing, this.#record, mark, file);
      if (this.#record !== null && this.#isFight()) return;
      this.#note({
        kind: 'file',
        path: file.path,
        before: standing,
        ours: [text],
        reason: this.#parts.reason,
      });
    }
    file.write(text);
  }

  release(): string[] {
    const { file, journal } = this.#parts;
    const record = this.#record;
    if (record === null) return [];
    const undone = undo(file, record);
    journal.remove();
    this.#record = null;
    this.#isContested = false;
    return undone;
  }

  stands(): boolean {
    const { file } = this.#parts;
    return this.#record === null || textOf(file.read()) === this.#record.ours.at(-1);
  }

  uplink(): ResolvConf {
    const { file } = this.#parts;
    const text = this.#record === null ? file.text() : textBefore(this.#record);
    return text === null ? emptyResolvConf : parseResolvConf(text);
  }

  watch(changed: () => void): () => void {
    const { file } = this.#parts;
    const before = this.#record?.before;
    // Where it was a link, what it leads to may be kept up to date by others still.
    const behind = before?.kind === 'link' ? [targetOf(file.path, before.target)] : [];
    return watchFiles([file.path, ...behind], file.isMounted ? [file.path] : [], changed);
  }

  warnings(): TunnelWarning[] {
    if (!this.#isContested) return [];
    return [
      {
        code: 'names-contested',
        message: `Another program keeps writing ${this.#parts.file.path}: the name servers of the tunnel are not used now.`,
        hint: 'Find out which (its first lines may say), and keep it from doing so. Adit tries again in a minute.',
      },
    ];
  }

  #note(record: FileRecord): void {
    this.#parts.journal.write(record);
    this.#record = record;
  }

  /** Whether it was put right too often of late; counts this time. */
  #isFight(): boolean {
    const { clock, log, file } = this.#parts;
    const now = clock.now();
    this.#putRight = this.#putRight.filter((at) => now - at < patience.span);
    this.#isContested = this.#putRight.length >= patience.times;
    if (!this.#isContested) this.#putRight.push(now);
    log('names-rewritten', { path: file.path, gaveUp: this.#isContested });
    return this.#isContested;
  }
}

/**
 * Puts back what a record says was there, unless somebody has put something else there since.
 *
 * @returns a line for what was undone, or left
 */
export function undo(file: EtcFile, record: FileRecord): string[] {
  const standing = file.read();
  file.tidy();
  if (isOurs(standing, record, file)) {
    file.restore(record.before);
    return [file.path];
  }
  if (JSON.stringify(standing) === JSON.stringify(record.before)) return [];
  return [`${file.path} was left as it is: somebody has changed it since`];
}

/** Whether what stands there is ours; of a file that is written in place, half of ours is. */
function isOurs(standing: EtcEntry, { ours, before }: FileRecord, file: EtcFile): boolean {
  const text = textOf(standing);
  if (text === null) return false;
  if (ours.includes(text)) return true;
  const whole = [...ours, ...(before.kind === 'file' ? [textOf(before) ?? ''] : [])];
  return file.isMounted && !whole.includes(text) && whole.some((each) => each.startsWith(text));
}

/** @throws FaultError `names-taken` where another helper's names stand there */
function refuseAnothers(
  standing: EtcEntry,
  record: FileRecord | null,
  mark: ResolvConfMark,
  file: EtcFile,
): void {
  const other = markOf(textOf(standing) ?? '');
  if (record !== null || other === null) return;
  if (other.owner === mark.owner && other.namespace === mark.namespace) return;
  throw new FaultError({
    code: 'names-taken',
    message: `${file.path} is what the Adit of user ${other.owner} in ${other.namespace} has made of it.`,
    hint: 'Take that one’s tunnels down first; if it does not run any more, "adit recover" there puts the file back.',
    command: `adit recover --owner ${other.owner}`,
  });
}

function textOf(entry: EtcEntry): string | null {
  return entry.kind === 'file' ? Buffer.from(entry.content, 'base64').toString() : null;
}

function textBefore({ before, path }: FileRecord): string | null {
  return before.kind === 'link' ? readText(targetOf(path, before.target)) : textOf(before);
}
