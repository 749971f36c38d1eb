import type { NameBackendKind } from '../../../shared/names/backend.ts';
import type { RunFolder } from '../system/run-folder.ts';

const file = 'names.json';
const formatVersion = 1;

/** The note that a program was told of our name servers, in the helper's run folder: what was told is in /run too. */
export class HeldProgram {
  readonly #folder: RunFolder;
  readonly #reason: string;

  /** @param reason why it is that program; half a sentence */
  constructor(folder: RunFolder, reason: string) {
    this.#folder = folder;
    this.#reason = reason;
  }

  /** Whether it may know of ours. */
  get isHeld(): boolean {
    return this.#folder.read(file) !== null;
  }

  /** From now on it may know of ours. @throws FaultError `run-folder-unusable` */
  hold(kind: NameBackendKind): void {
    this.#folder.write(file, JSON.stringify({ version: formatVersion, kind, reason: this.#reason }));
  }

  /** It knows of nothing of ours any more. */
  drop(): void {
    this.#folder.remove(file);
  }
}

/** Which program a helper before this one has told of ours, and why that; null where none was, or the note of it is damaged. */
export function programHeldIn(folder: RunFolder): { kind: NameBackendKind; reason: string } | null {
  const text = folder.read(file);
  if (text === null) return null;
  try {
    const { version, kind, reason } = JSON.parse(text) as {
      version: number;
      kind: NameBackendKind;
      reason: string;
    };
    return version === formatVersion ? { kind, reason } : null;
  } catch {
    return null;
  }
}
