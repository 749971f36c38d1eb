import { differencesFor } from '../dialects/dialect-differences.ts';
import type { Dialect } from '../dialects/rule-set.ts';
import { publicKeyOf } from '../keys/key-pair.ts';
import { keyIn } from '../meaning/peer-section.ts';
import { asBashReads, lostInBash } from '../syntax/bash-read.ts';
import {
  bodyOf,
  kindOfLine,
  lengthOfMark,
  lineOfOffset,
  sectionsOf,
  settingOfLine,
  startOfLine,
} from '../syntax/conf-file.ts';
import type { ConfFile, Section, Setting } from '../syntax/conf-file.ts';
import { quickFieldOf } from '../syntax/quick.ts';
import { factsOf, isPeerField } from '../syntax/vocabulary.ts';
import type { Field } from '../syntax/vocabulary.ts';
import { parse } from '../syntax/parse.ts';
import { decodeLatin1, encode } from '../text/encoding.ts';
import type { Encoding } from '../text/encoding.ts';
import { zeroKey } from '../values/key.ts';
import { interfaceNameProblem } from '../values/interface-name.ts';
import type { DiagnosticCode } from './catalogue.ts';
import type { Diagnostic } from './diagnostic.ts';
import { emptyFacts } from './facts.ts';
import type { Facts } from './facts.ts';
import { byPlace, fixBy, placeOfKey, placeOfLine, replacePlace, Report } from './report.ts';
import { checkBytes } from './rules/bytes.ts';
import { checkInterfaceValue } from './rules/interface.ts';
import { checkReusedKeys } from './rules/keys.ts';
import { checkLengths } from './rules/line-length.ts';
import { beginPeer, checkPeerValue, endPeer } from './rules/peer.ts';
import { checkHeader, checkOther, checkSetting, checkWgShow } from './rules/structure.ts';
import { checkTraffic } from './rules/traffic.ts';
import { checkWholeFile } from './rules/whole-file.ts';

/** What is known of a file beside its text. */
export interface DiagnoseOptions {
  /** How its bytes were read; `wg` and wg-quick mind. Absent for text that never was a file. */
  readonly encoding?: Encoding;
  /** The interface it will be, which is the name of its file without `.conf`. */
  readonly interface?: string;
  /** Whether everybody may read or change the file and its folder, which wg-quick warns of. */
  readonly worldAccessible?: boolean;
  /** Other programs, and newer versions, whose different reading is to be told. None unless said. */
  readonly dialects?: readonly Dialect[];
}

const dialectCodes = {
  windows: 'windows-differs',
  apple: 'apple-differs',
  'wg-2025': 'newer-tools-differ',
} as const satisfies Readonly<Record<Dialect, DiagnosticCode>>;

/**
 * Everything there is to say about a configuration, by place. A file with an error is refused by the judge that the error
 * names, and by Adit; one without is accepted by all of them.
 *
 * Takes time in proportion to the text. Of one code at most 200 are told apart, and the rest in one.
 */
export function diagnose(file: ConfFile, options: DiagnoseOptions = {}): Diagnostic[] {
  const read = asBashReads(file.text);
  const text =
    read === file.text
      ? diagnoseText(file, options)
      : [...lostCharacters(file), ...diagnoseText(parse(read), options)].sort(byPlace);
  const found = options.encoding === undefined ? text : asBashReadsIt(file, options.encoding, text);
  return options.dialects === undefined ? found : withDialects(file, options.dialects, found);
}

function diagnoseText(file: ConfFile, options: DiagnoseOptions): Diagnostic[] {
  const report = new Report(file);
  checkName(report, options.interface);
  if (options.worldAccessible === true)
    report.add('file-world-accessible', { line: 0, start: 0, end: 0 }, []);
  checkBytes(report, options.encoding);
  checkLengths(report);
  const isWgShow = checkWgShow(report);
  const facts = factsAbout(file, options.encoding?.bom === true || lengthOfMark(file.text) > 0);
  for (const section of sectionsOf(file)) {
    if (!isWgShow || section.kind !== 'preamble') checkSection(report, facts, section);
  }
  for (const [field, setting] of facts.lastOf) checkInterfaceValue(report, facts, setting, field);
  checkReusedKeys(report, facts);
  // What such output lacks to be a configuration is no news.
  if (isWgShow && facts.interfaceLine === null) return report.finish();
  checkWholeFile(report, facts);
  checkTraffic(report, facts);
  return report.finish();
}

/** Says where bash leaves something out, which `wg` alone would refuse. The rest is judged without it, as wg-quick has it. */
function lostCharacters(file: ConfFile): Diagnostic[] {
  const report = new Report(file);
  for (const at of lostInBash(file.text)) {
    const place = { line: lineOfOffset(file, at), start: at, end: at + 1 };
    report.add('control-character', place, [], () =>
      fixBy('Remove the character', replacePlace(file, place, '')),
    );
  }
  return report.finish();
}

/**
 * Bash drops the NULs of UTF-16, and what is left of it without a byte order mark may be a configuration for `wg` after all. Only
 * where the text is ASCII is it the same one; elsewhere it can hold line ends and `#`s that the text does not have.
 */
function asBashReadsIt(file: ConfFile, encoding: Encoding, found: Diagnostic[]): Diagnostic[] {
  if (encoding.bom || !encoding.charset.startsWith('utf-16')) return found;
  const left = decodeLatin1(withoutNuls(encode(file.text, encoding)));
  const isRefused = left !== file.text && diagnoseText(parse(left), {}).some(isRefusal);
  const unmarked = new Report(file);
  unmarked.add(isRefused ? 'encoding-utf16' : 'encoding-utf16-unmarked', { line: 0, start: 0, end: 0 }, []);
  return [...unmarked.finish(), ...(left === file.text ? found : found.filter((one) => !isRefusal(one)))];
}

/** In place: typed arrays are filtered by way of a list that takes eight times the room. */
function withoutNuls(bytes: Uint8Array): Uint8Array {
  let kept = 0;
  for (const byte of bytes) if (byte !== 0) bytes[kept++] = byte;
  return bytes.subarray(0, kept);
}

function isRefusal({ severity, judge }: Diagnostic): boolean {
  return severity === 'error' && (judge === 'wg' || judge === 'strip');
}

function checkName(report: Report, name: string | undefined): void {
  const problem = name === undefined ? null : interfaceNameProblem(name);
  if (name === undefined || problem === null) return;
  const place = { line: 0, start: 0, end: 0 };
  if (problem === 'reserved') report.add('interface-name-reserved', place, [name]);
  else report.add('interface-name-invalid', place, [name, problem]);
}

/** Adds what the dialects read differently. A line with an error will change anyway. */
function withDialects(
  file: ConfFile,
  dialects: readonly Dialect[],
  found: readonly Diagnostic[],
): Diagnostic[] {
  const wrong = new Set(found.flatMap(({ severity, line }) => (severity === 'error' ? [line] : [])));
  const report = new Report(file);
  for (const dialect of dialects) {
    for (const { message, line, column, endColumn } of differencesFor(file, dialect)) {
      if (wrong.has(line)) continue;
      const start = startOfLine(file, line - 1) - 1;
      const place = { line: line - 1, start: start + column, end: start + endColumn };
      report.add(dialectCodes[dialect], place, [message]);
    }
  }
  return [...found, ...report.finish()].sort(byPlace);
}

/** The interface's own keys are needed for every peer, also for those above [Interface]. */
function factsAbout(file: ConfFile, marked: boolean): Facts {
  let privateKey: string | null = null;
  for (const section of sectionsOf(file)) {
    if (section.kind === 'interface') privateKey = keyIn(file, section, 'PrivateKey') ?? privateKey;
  }
  const usable = privateKey === zeroKey ? null : privateKey;
  return emptyFacts({
    marked,
    privateKey: usable,
    publicKey: usable === null ? null : publicKeyOf(usable),
  });
}

function checkSection(report: Report, facts: Facts, section: Section): void {
  if (section.index > 0) checkHeader(report, section);
  if (section.kind === 'interface') beginInterface(report, facts, section);
  const peer = section.kind === 'peer' ? beginPeer(report, facts, section) : null;
  for (let line = bodyOf(section); line < section.endLine; line += 1) {
    const kind = kindOfLine(report.file, line);
    if (kind === 'setting') checkOne(report, facts, section, settingAt(report.file, line, facts), peer);
    if (kind === 'other') checkBare(report, facts, section, line);
  }
  if (section.kind === 'peer') endPeer(report, facts, section);
}

/** What is on a line; the key of a [Peer] was looked up already. */
function settingAt(file: ConfFile, line: number, { peerKey }: Facts): Setting {
  return peerKey?.setting.line === line ? peerKey.setting : settingOfLine(file, line);
}

function beginInterface(report: Report, facts: Facts, section: Section): void {
  if (facts.interfaceLine === null) facts.interfaceLine = section.firstLine;
  else report.add('repeated-interface', placeOfLine(report.file, section.firstLine), []);
}

function checkOne(
  report: Report,
  facts: Facts,
  section: Section,
  setting: Setting,
  peer: number | null,
): void {
  const reader = checkSetting(report, section, setting);
  const { field } = setting;
  if (field === null) return;
  if (factsOf(field).section === section.kind) noteSeen(report, facts, setting, field);
  if (reader === null) return;
  if (isPeerField(field)) checkPeerValue(report, facts, setting, field, peer);
  // wg-quick looks at these two when the file has been read, so only the last of each is ever used.
  else if (field === 'MTU' || field === 'Table') facts.lastOf.set(field, setting);
  else if (field !== 'SaveConfig' || isFoundByQuick(facts, section))
    checkInterfaceValue(report, facts, setting, field);
}

/** wg-quick takes a byte order mark for part of the header behind it, and does not find an [Interface] there. */
function isFoundByQuick({ marked }: Facts, section: Section): boolean {
  return !(marked && section.firstLine === 0);
}

/** A key alone on its line. wg-quick refuses only SaveConfig at once. */
function checkBare(report: Report, facts: Facts, section: Section, line: number): void {
  checkOther(report, section, line);
  const setting = settingOfLine(report.file, line);
  if (quickFieldOf(report.file, section, setting) === 'SaveConfig' && isFoundByQuick(facts, section)) {
    checkInterfaceValue(report, facts, setting, 'SaveConfig');
  }
}

/** Keeps a setting in mind, and reports the one before it where that no longer counts. */
function noteSeen(report: Report, facts: Facts, setting: Setting, field: Field): void {
  const { section, repeats } = factsOf(field);
  const seen = section === 'interface' ? facts.interfaceSettings : facts.peerSettings;
  const before = repeats ? undefined : seen.get(field);
  if (before !== undefined) report.add('repeated-key', placeOfKey(before), [field, setting.line + 1]);
  seen.set(field, setting);
}
