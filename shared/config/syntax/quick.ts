import { keyText, kindOfLine, sectionsOf, settingOfLine } from './conf-file.ts';
import type { ConfFile, Section, Setting } from './conf-file.ts';
import { fieldNamed, isQuickField } from './vocabulary.ts';
import type { QuickField } from './vocabulary.ts';

/** The key that wg-quick takes a spelling for. Unlike `wg` it forgives no blank inside. */
export function quickFieldNamed(key: string): QuickField | null {
  const field = /[\t-\r ]/.test(key) ? null : fieldNamed(key);
  return field !== null && isQuickField(field) ? field : null;
}

/** The key as which wg-quick takes a line of this section out of the file; null where it leaves it to `wg`. */
export function quickFieldOf(file: ConfFile, section: Section, setting: Setting): QuickField | null {
  return section.plain && setting.field !== null ? quickFieldNamed(keyText(file, setting)) : null;
}

/** The settings that wg-quick takes out of the file, in order. One may lack its `=`, and is then its own value. */
export function* quickSettingsOf(file: ConfFile): Generator<[QuickField, Setting]> {
  for (const section of sectionsOf(file)) {
    if (!section.plain) continue;
    for (let line = section.firstLine + 1; line < section.endLine; line += 1) {
      const kind = kindOfLine(file, line);
      if (kind !== 'setting' && kind !== 'other') continue;
      const setting = settingOfLine(file, line);
      const field = quickFieldOf(file, section, setting);
      if (field !== null) yield [field, setting];
    }
  }
}
