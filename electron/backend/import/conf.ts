import { basename } from 'node:path';
import {
  decode,
  diagnose,
  encode,
  fillOwnEnd,
  parse,
  plainUtf8,
  readForeign,
  restoreText,
} from '../../../shared/config/index.ts';
import type {
  ConfFile,
  Decoded,
  Diagnostic,
  DiagnosticCode,
  ForeignConf,
  OwnEnd,
} from '../../../shared/config/index.ts';
import { looksLikePeers } from '../../../shared/cluster/exported-peers.ts';
import type { ImportOutcome } from '../../../shared/contract/ui/verbs.ts';
import { FaultError, faultOf } from '../../../shared/fault.ts';
import { faultOfDiagnostics } from '../profiles/profile.ts';
import type { ProfileStore } from '../profiles/store.ts';

/** What is done to a configuration on its way in. */
export interface ImportOptions {
  /** Whether text that was damaged by reading UTF-8 as Windows-1252 is restored. */
  readonly repair?: boolean;
  /** What a file is given that does not say anything of its own end. */
  readonly own?: OwnEnd;
}

/** Bytes that hold configurations, and what to call them. */
export interface GivenConf {
  /** How the report names it. */
  readonly file: string;
  /** The profile's name, unless the bytes tell of several tunnels. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Errors that keep a profile from coming up but not from being kept: what is missing can be filled in later. */
const fillable: ReadonlySet<DiagnosticCode> = new Set(['interface-missing', 'private-key-missing']);

/**
 * Takes in a configuration, or what `wg show` prints of one or several, each whole or not at all, and says what became of
 * each.
 */
export async function importConf(
  store: ProfileStore,
  { file, name, bytes }: GivenConf,
  options: ImportOptions,
): Promise<ImportOutcome[]> {
  const decoded = decode(bytes);
  if (looksLikePeers(decoded.text))
    return [await importPeers(store, { file, name, bytes }, decoded, options)];
  const foreign = readForeign(decoded.text);
  if (foreign === null) {
    const source = { ...decoded, fileName: basename(file), lineAt: (line: number) => line };
    return [await outcomeOf(file, () => takeIn(store, name, source, options))];
  }
  const outcomes: ImportOutcome[] = [];
  for (const conf of foreign) {
    const isOne = foreign.length === 1 || conf.interface === null;
    const label = isOne ? file : `${file}/${conf.interface.replace(/\p{Cc}/gu, '\u{fffd}')}`;
    const own = isOne ? name : conf.interface;
    outcomes.push(await outcomeOf(label, () => takeIn(store, own, sourceOf(file, conf), options)));
  }
  return outcomes;
}

/** Peer objects of a cluster: what there is to say of them is beside what there is to say of the text that they make. */
async function importPeers(
  store: ProfileStore,
  { file, name }: GivenConf,
  decoded: Decoded,
  options: ImportOptions,
): Promise<ImportOutcome> {
  try {
    const { readPeerObjects } = await import('./peer-objects.ts');
    const { text, warnings } = await readPeerObjects(decoded.text);
    const source = { text, encoding: plainUtf8, fileName: basename(file), lineAt: (line: number) => line };
    const outcome = await outcomeOf(file, () => takeIn(store, name, source, options));
    if (outcome.kind === 'refused') return outcome;
    const said = warnings.map(({ code, message, hint }) => ({ code, message, hint }));
    return { ...outcome, warnings: [...said, ...outcome.warnings] };
  } catch (error) {
    return { kind: 'refused', file, error: faultOf(error) };
  }
}

function sourceOf(file: string, { text, sourceLines }: ForeignConf): Source {
  return {
    fileName: basename(file),
    text,
    encoding: plainUtf8,
    lineAt: (line) => sourceLines[line - 1] ?? line,
  };
}

/** What a step of an import led to, as its report has it. */
async function outcomeOf(file: string, work: () => Promise<Taken>): Promise<ImportOutcome> {
  try {
    const { name, interface: link, remarks } = await work();
    const warnings = remarks
      .filter(({ severity }) => severity !== 'info')
      .map(({ code, message, hint, line }) => ({ code, message: `Line ${line}: ${message}`, hint }));
    return { kind: 'imported', file, name, interface: link, warnings };
  } catch (error) {
    return { kind: 'refused', file, error: faultOf(error) };
  }
}

/** A profile that was made, and what there is to say about it. */
interface Taken {
  readonly name: string;
  readonly interface: string;
  readonly remarks: readonly Diagnostic[];
}

/** A text to be kept, and where it comes from. */
interface Source extends Decoded {
  /** What messages call the file. */
  readonly fileName: string;
  /** Where a line stands in the file; both count from 1. */
  readonly lineAt: (line: number) => number;
}

async function takeIn(
  store: ProfileStore,
  name: string,
  { fileName, text, encoding, lineAt }: Source,
  options: ImportOptions,
): Promise<Taken> {
  const given = parse(text);
  // It is judged before anything is changed, while its lines are still those of the source.
  const judged = accepted(
    fileName,
    diagnose(given).map((remark) => ({ ...remark, line: lineAt(remark.line) })),
  );
  const file = changed(given, options);
  const remarks = file === given ? judged : accepted(fileName, diagnose(file));
  // wg reads neither a byte order mark nor UTF-16: the text is kept, in the bytes that it does read.
  const isReadable = encoding.charset === 'latin-1' || (encoding.charset === 'utf-8' && !encoding.bom);
  const profile = await store.add(name, encode(file.text, isReadable ? encoding : plainUtf8));
  return { name: profile.name, interface: profile.interface, remarks };
}

/** @throws FaultError with the code of the first error that cannot be filled in later */
function accepted(fileName: string, remarks: readonly Diagnostic[]): readonly Diagnostic[] {
  const problems = remarks.filter(({ code, severity }) => severity === 'error' && !fillable.has(code));
  if (problems.length > 0) throw new FaultError(faultOfDiagnostics(fileName, problems));
  return remarks;
}

function changed(file: ConfFile, { repair = false, own }: ImportOptions): ConfFile {
  const restored = repair ? restoreText(file) : file;
  return own === undefined ? restored : fillOwnEnd(restored, own);
}
