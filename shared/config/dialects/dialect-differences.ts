import { quickFieldOf } from '../syntax/quick.ts';
import {
  keyText,
  sectionsOf,
  settingsOf,
  squeezedUpTo,
  startOfLine,
  valueText,
} from '../syntax/conf-file.ts';
import type { ConfFile, Section, Setting } from '../syntax/conf-file.ts';
import { factsOf } from '../syntax/vocabulary.ts';
import type { Field } from '../syntax/vocabulary.ts';
import { keyIn, settingsNamed } from '../meaning/peer-section.ts';
import { trim } from '../text/blanks.ts';
import { appleRules } from './apple.ts';
import { newerToolsRules } from './newer-tools.ts';
import type { Dialect, DialectDifference, Finding, RuleSet } from './rule-set.ts';
import { windowsRules } from './windows.ts';

const ruleSets: Readonly<Record<Dialect, RuleSet>> = {
  windows: windowsRules,
  apple: appleRules,
  'wg-2025': newerToolsRules,
};

/** How much of a value rules look at; what is longer is nothing that a dialect reads differently. */
const longestValue = 10_000;

/**
 * What other programs make of a configuration that `wg` and wg-quick of 2021 accept: which of its lines WireGuard for
 * Windows, WireGuard for macOS and iOS, and the tools since 2025 refuse, leave out or read differently. By dialect, then by
 * place.
 */
export function dialectDifferences(
  file: ConfFile,
  dialects: readonly Dialect[] = ['windows', 'apple', 'wg-2025'],
): DialectDifference[] {
  return dialects.flatMap((dialect) => [...differencesFor(file, dialect)].sort((a, b) => a.line - b.line));
}

/** The same for one dialect, one by one: of a million there is no need to keep all. */
export function* differencesFor(file: ConfFile, dialect: Dialect): Generator<DialectDifference> {
  const rules = ruleSets[dialect];
  const seen = emptyHistory();
  const at = (finding: Finding, line: number, start: number, end: number): DialectDifference => {
    const lineStart = startOfLine(file, line);
    return {
      dialect,
      ...finding,
      line: line + 1,
      column: start - lineStart + 1,
      endColumn: end - lineStart + 1,
    };
  };
  if (rules.noPrivateKey !== null && !hasPrivateKey(file)) {
    const line = lineOfInterface(file);
    yield at(rules.noPrivateKey, line, startOfLine(file, line), startOfLine(file, line));
  }
  for (const section of sectionsOf(file)) {
    if (section.kind === 'preamble') continue;
    const header = startOfLine(file, section.firstLine);
    const finding = checkSection(file, section, rules, seen);
    if (finding !== null) yield at(finding, section.firstLine, header, header);
    seen.fields.clear();
    for (const setting of settingsOf(file, section)) {
      const found = checkSetting(file, section, setting, rules, seen);
      const end = Math.max(setting.keyEnd, setting.valueEnd);
      if (found !== null) yield at(found, setting.line, setting.keyStart, end);
    }
  }
}

/** The header of the first [Interface]; the first line where there is none. */
function lineOfInterface(file: ConfFile): number {
  for (const section of sectionsOf(file)) if (section.kind === 'interface') return section.firstLine;
  return 0;
}

function hasPrivateKey(file: ConfFile): boolean {
  for (const section of sectionsOf(file)) {
    if (section.kind === 'interface' && !settingsNamed(file, section, 'PrivateKey').next().done) return true;
  }
  return false;
}

/** What came before, as far as it matters. */
interface History {
  interfaces: number;
  peers: number;
  readonly keys: Set<string>;
  readonly fields: Set<Field>;
}

function emptyHistory(): History {
  return { interfaces: 0, peers: 0, keys: new Set(), fields: new Set() };
}

function checkSection(file: ConfFile, section: Section, rules: RuleSet, seen: History): Finding | null {
  if (section.kind === 'interface') {
    seen.interfaces += 1;
    if (!section.plain) return rules.blanksInside;
    return seen.interfaces === 1 ? null : seen.peers > 0 ? rules.interfaceAfterPeer : rules.secondInterface;
  }
  if (section.kind !== 'peer') return null;
  seen.peers += 1;
  const key = keyIn(file, section, 'PublicKey');
  if (key === null) return null;
  const known = seen.keys.has(key);
  seen.keys.add(key);
  return known ? rules.samePeerAgain : null;
}

function checkSetting(
  file: ConfFile,
  section: Section,
  setting: Setting,
  rules: RuleSet,
  seen: History,
): Finding | null {
  const { field } = setting;
  if (field === null || factsOf(field).section !== section.kind) return null;
  if (factsOf(field).reader === 'wg-quick' && quickFieldOf(file, section, setting) === null) return null;
  const repeated = seen.fields.has(field) && !factsOf(field).repeats;
  seen.fields.add(field);
  if (/[\0\t-\r ]/.test(keyText(file, setting))) return rules.blanksInside;
  if (repeated && rules.repeatedKey !== null) return rules.repeatedKey;
  const value = setting.valueEnd - setting.valueStart > longestValue ? null : trim(valueText(file, setting));
  if (value === null) return null;
  if (value === '') return rules.emptyValue(field);
  const isOneWord = field !== 'AllowedIPs' && factsOf(field).reader === 'wg';
  if (isOneWord && squeezedUpTo(file, setting, longestValue) !== value) return rules.blanksInside;
  return rules.fields[field]?.(value, setting.comment >= 0) ?? null;
}
