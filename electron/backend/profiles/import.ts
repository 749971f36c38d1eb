import { basename } from 'node:path';
import { decode, diagnose, encode, parse } from '../../../shared/config/index.ts';
import type { Diagnostic, DiagnosticCode } from '../../../shared/config/index.ts';
import type { ImportOutcome } from '../../../shared/contract/ui/verbs.ts';
import { FaultError, faultOf } from '../../../shared/fault.ts';
import type { Profile } from './profile.ts';
import { faultOfDiagnostics } from './profile.ts';
import type { ProfileStore } from './store.ts';

/** A file to take in: a name, of which only the base counts, and its bytes. */
export interface GivenFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Errors that keep a profile from coming up but not from being kept: what is missing can be filled in later. */
const fillable: ReadonlySet<DiagnosticCode> = new Set(['interface-missing', 'private-key-missing']);

/** Takes a file in, whole or not at all, and says what became of it. */
export async function importFile(store: ProfileStore, file: GivenFile): Promise<ImportOutcome> {
  try {
    const { profile, remarks } = await takeIn(store, file);
    const warnings = remarks
      .filter(({ severity }) => severity !== 'info')
      .map(({ code, message, hint, line }) => ({ code, message: `Line ${line}: ${message}`, hint }));
    return { kind: 'imported', file: file.name, name: profile.name, interface: profile.interface, warnings };
  } catch (error) {
    return { kind: 'refused', file: file.name, error: faultOf(error) };
  }
}

async function takeIn(
  store: ProfileStore,
  { name, bytes }: GivenFile,
): Promise<{ profile: Profile; remarks: Diagnostic[] }> {
  const { text, encoding } = decode(bytes);
  const remarks = diagnose(parse(text));
  const problems = remarks.filter(({ code, severity }) => severity === 'error' && !fillable.has(code));
  if (problems.length > 0) throw new FaultError(faultOfDiagnostics(basename(name), problems));
  // wg reads neither a byte order mark nor UTF-16: the text is kept, in the bytes that it does read.
  const isReadable = encoding.charset === 'latin-1' || (encoding.charset === 'utf-8' && !encoding.bom);
  const profile = await store.add(baseName(name), isReadable ? bytes : encode(text));
  return { profile, remarks };
}

/** The name a file gives its profile: without folders and without `.conf`. */
function baseName(path: string): string {
  return basename(path.replaceAll('\\', '/')).replace(/\.conf$/i, '');
}
