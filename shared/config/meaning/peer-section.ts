import { networkOf } from '../../network/prefix.ts';
import type { Prefix } from '../../network/prefix.ts';
import { fieldOfLine, kindOfLine, settingOfLine, squeezedUpTo } from '../syntax/conf-file.ts';
import type { ConfFile, Section, Setting } from '../syntax/conf-file.ts';
import type { Field } from '../syntax/vocabulary.ts';
import { squeeze } from '../text/blanks.ts';
import { readAllowedIp } from '../values/allowed-ip.ts';
import { isKey, keyLength } from '../values/key.ts';
import { commaItems } from '../values/list.ts';

/** The settings of one key in a section. */
export function* settingsNamed(file: ConfFile, section: Section, field: Field): Generator<Setting> {
  for (let line = section.firstLine; line < section.endLine; line += 1) {
    if (fieldOfLine(file, line) === field && kindOfLine(file, line) === 'setting')
      yield settingOfLine(file, line);
  }
}

/** A key and the setting that gives it. */
export interface GivenKey {
  readonly key: string;
  readonly setting: Setting;
}

/** The last valid key that a section gives for a field, and where; null without one. */
export function givenKeyIn(file: ConfFile, section: Section, field: Field): GivenKey | null {
  for (let line = section.endLine - 1; line >= section.firstLine; line -= 1) {
    if (fieldOfLine(file, line) !== field || kindOfLine(file, line) !== 'setting') continue;
    const setting = settingOfLine(file, line);
    const key = squeezedUpTo(file, setting, keyLength);
    if (key !== null && isKey(key)) return { key, setting };
  }
  return null;
}

/** The last valid key that a section gives for a field; null without one. */
export function keyIn(file: ConfFile, section: Section, field: Field): string | null {
  return givenKeyIn(file, section, field)?.key ?? null;
}

/** The prefixes of a section's AllowedIPs, masked, in order; items that `wg` refuses are left out. */
export function* prefixesIn(file: ConfFile, section: Section): Generator<Prefix> {
  for (const setting of settingsNamed(file, section, 'AllowedIPs')) {
    for (const { start, end } of commaItems(file.text, setting.valueStart, setting.valueEnd)) {
      const item = readAllowedIp(squeeze(file.text.slice(start, end)));
      if (item.kind === 'read') yield networkOf(item.address);
    }
  }
}
