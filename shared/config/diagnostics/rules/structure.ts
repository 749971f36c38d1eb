import { quickFieldNamed, quickFieldOf } from '../../syntax/quick.ts';
import { endOfLine, keyText, lineEndOf, sectionAt, spanOfLine, textOfLine } from '../../syntax/conf-file.ts';
import type { ConfFile, Section, Setting } from '../../syntax/conf-file.ts';
import { factsOf, fieldNamed } from '../../syntax/vocabulary.ts';
import type { Field, Reader } from '../../syntax/vocabulary.ts';
import { skipBlanks, trim, trimEnd } from '../../text/blanks.ts';
import type { Edit, Fix } from '../../text/edit.ts';
import { plainLookAlikes } from '../../text/look-alikes.ts';
import { fixBy, placeOfKey, placeOfLine, removeLine, replacePlace } from '../report.ts';
import type { Place, Report } from '../report.ts';
import { longestKey, nearestField, nearestHeader } from './spelling.ts';

/** Checks a header. */
export function checkHeader(report: Report, section: Section): void {
  if (section.kind === 'peer' || (section.kind === 'interface' && section.plain)) return;
  const place = contentPlace(report.file, section.firstLine);
  const header = report.file.text.slice(place.start, place.end);
  if (section.kind === 'unknown') {
    if (checkLookAlikes(report, place)) return;
    report.add('section-unrecognized', place, [header], () => {
      const meant = nearestHeader(header);
      return meant === null ? null : fixBy(`Write ${meant}`, replacePlace(report.file, place, meant));
    });
  } else {
    report.add('section-spelling', place, [], () =>
      fixBy('Write [Interface]', replacePlace(report.file, place, '[Interface]')),
    );
  }
}

/**
 * Checks that a setting stands where somebody reads it.
 *
 * @returns who reads its value, or null where nobody gets that far
 */
export function checkSetting(report: Report, section: Section, setting: Setting): Reader | null {
  const { field } = setting;
  const quick = quickFieldOf(report.file, section, setting);
  if (quick !== null) return checkQuickSetting(report, setting, quick);
  if (section.kind === 'unknown') return null;
  if (!report.isAscii) {
    const content = { line: setting.line, start: setting.keyStart, end: setting.valueEnd };
    if (checkLookAlikes(report, content)) return null;
  }
  if (section.kind === 'preamble') {
    report.add('outside-section', placeOfKey(setting), () => [
      field ?? shortKey(keyText(report.file, setting)),
    ]);
    return null;
  }
  if (field === null) {
    checkUnknownKey(report, placeOfKey(setting), keyText(report.file, setting));
    return null;
  }
  const { section: home, reader } = factsOf(field);
  if (home !== section.kind) {
    report.add('key-misplaced', placeOfKey(setting), [field, headerOf(home)], () =>
      moveFix(report.file, section, setting, field),
    );
    return null;
  }
  if (reader === 'wg-quick') {
    report.add('key-not-taken', placeOfKey(setting), [field], () =>
      plainKeyFix(report.file, section, setting, field),
    );
    return null;
  }
  noteSpelling(report, setting, field);
  if (setting.valueStart === setting.valueEnd) {
    report.add('value-missing', placeOfKey(setting), [field]);
    return null;
  }
  return checkQuotes(report, setting, field) ? null : 'wg';
}

function checkQuickSetting(report: Report, setting: Setting, field: Field): Reader {
  noteSpelling(report, setting, field);
  // An empty SaveConfig is refused, not passed over, which its own rule reports.
  if (setting.valueStart === setting.valueEnd && field !== 'SaveConfig') {
    report.add('value-empty', placeOfKey(setting), [field], () =>
      fixBy('Remove the line', removeLine(setting.line)),
    );
  }
  return 'wg-quick';
}

/** Checks a line that is no header, comment or setting. Nobody reads it, or wg-quick takes it for a bare key. */
export function checkOther(report: Report, section: Section, line: number): void {
  const { file } = report;
  const place = contentPlace(file, line);
  const content = file.text.slice(place.start, place.end);
  const bare = section.plain ? quickFieldNamed(trim(content)) : null;
  if (bare !== null) {
    report.add('key-without-value', place, [bare]);
    return;
  }
  if (section.kind === 'unknown' || checkLookAlikes(report, place)) return;
  const marker = /^(?:;|\/\/|--|!|%|\uff03|\/\*|REM\b)/i.exec(content)?.[0];
  if (marker !== undefined) {
    const markerPlace = { ...place, end: place.start + marker.length };
    report.add('comment-marker', place, [marker], () =>
      fixBy('Begin it with #', replacePlace(file, markerPlace, '#')),
    );
    return;
  }
  const key = /^([A-Za-z]+)\s*(?::\s*|\s)(?=\S)/.exec(content.slice(0, 100));
  const field = key?.[1] === undefined ? null : fieldNamed(key[1]);
  if (key !== null && field !== null) {
    const gap = { ...place, start: place.start + (key[1]?.length ?? 0), end: place.start + key[0].length };
    report.add('equals-missing', place, [field], () => fixBy('Put in "="', replacePlace(file, gap, ' = ')));
    return;
  }
  report.add('line-unrecognized', place, []);
}

/** Whether a file begins with what `wg show` prints. If so it is said once, and its lines are not checked one by one. */
export function checkWgShow(report: Report): boolean {
  const { firstLine, endLine } = sectionAt(report.file, 0);
  for (let line = firstLine; line < Math.min(endLine, firstLine + 20); line += 1) {
    const text = textOfLine(report.file, line).slice(0, 200);
    if (!/^\s*(interface: \S|peer: [A-Za-z0-9+/]{43}=)/.test(text)) continue;
    report.add('wg-show-output', placeOfLine(report.file, line), []);
    return true;
  }
  return false;
}

/** What stands on a line before its comment, without outer blanks. */
function contentPlace(file: ConfFile, line: number): Place {
  const { start, contentEnd } = spanOfLine(file, line);
  const first = skipBlanks(file.text, start, contentEnd);
  return { line, start: first, end: trimEnd(file.text, first, contentEnd) };
}

function checkUnknownKey(report: Report, place: Place, key: string): void {
  if (key.length > longestKey || key === '') {
    report.add('line-unrecognized', place, []);
    return;
  }
  report.add(
    'key-unrecognized',
    place,
    () => [key, nearestField(key)],
    () => {
      const meant = nearestField(key);
      return meant === null ? null : fixBy(`Write ${meant}`, replacePlace(report.file, place, meant));
    },
  );
}

function shortKey(key: string): string {
  return key.length > longestKey ? '…' : key;
}

/** `wg` refuses any character beyond ASCII in what it reads; here the ones that nobody would see. */
function checkLookAlikes(report: Report, place: Place): boolean {
  // Nobody searches a longer line for one character.
  if (report.isAscii || place.end - place.start > 10_000) return false;
  const plain = plainLookAlikes(report.file.text.slice(place.start, place.end));
  if (plain === null) return false;
  report.add('look-alike-character', place, [plain.found], () => lookAlikeFix(report.file, place));
  return true;
}

/** One edit for each character, so that no edit carries a key. */
function lookAlikeFix(file: ConfFile, place: Place): Fix {
  const edits: Edit[] = [];
  for (let at = place.start; at < place.end && edits.length < 1000; at += 1) {
    const plain = plainLookAlikes(file.text.charAt(at));
    if (plain !== null) edits.push(replacePlace(file, { ...place, start: at, end: at + 1 }, plain.text));
  }
  return fixBy('Use the plain characters', ...edits);
}

function noteSpelling(report: Report, setting: Setting, field: Field): void {
  const key = keyText(report.file, setting);
  if (key === field) return;
  report.add('key-spelling', placeOfKey(setting), [key, field], () =>
    fixBy(`Write ${field}`, replacePlace(report.file, placeOfKey(setting), field)),
  );
}

function checkQuotes(report: Report, setting: Setting, field: Field): boolean {
  const { text } = report.file;
  const quote = text.charAt(setting.valueStart);
  if (!(quote === '"' || quote === "'") || setting.valueEnd - setting.valueStart < 2) return false;
  if (text.charAt(setting.valueEnd - 1) !== quote) return false;
  const place = { line: setting.line, start: setting.valueStart, end: setting.valueEnd };
  report.add('value-quoted', place, [field], () =>
    fixBy(
      'Remove the quotes',
      replacePlace(report.file, { ...place, end: place.start + 1 }, ''),
      replacePlace(report.file, { ...place, start: place.end - 1 }, ''),
    ),
  );
  return true;
}

function headerOf(section: 'interface' | 'peer'): string {
  return section === 'interface' ? '[Interface]' : '[Peer]';
}

/** Only a key of [Interface] has one clear place to go to, and a secret does not travel inside a fix. */
function moveFix(file: ConfFile, section: Section, setting: Setting, field: Field): Fix | null {
  if (factsOf(field).section !== 'interface' || field === 'PrivateKey' || section.index > 1000) return null;
  for (let index = 1; index < section.index; index += 1) {
    const target = sectionAt(file, index);
    if (target.kind !== 'interface') continue;
    const end = endOfLine(file, target.firstLine);
    const moved = `${lineEndOf(file)}${textOfLine(file, setting.line)}`;
    return fixBy(
      'Move it to [Interface]',
      replacePlace(file, { line: target.firstLine, start: end, end }, moved),
      removeLine(setting.line),
    );
  }
  return null;
}

function plainKeyFix(file: ConfFile, section: Section, setting: Setting, field: Field): Fix {
  const header = contentPlace(file, section.firstLine);
  const edits = [replacePlace(file, placeOfKey(setting), field)];
  if (!section.plain) edits.unshift(replacePlace(file, header, '[Interface]'));
  return fixBy('Write both plainly', ...edits);
}
