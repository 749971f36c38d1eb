import {
  kindOfLine,
  lineCount,
  lineEndOf,
  settingOfLine,
  startOfLine,
  valueText,
} from '../../syntax/conf-file.ts';
import type { ConfFile } from '../../syntax/conf-file.ts';
import type { Fix } from '../../text/edit.ts';
import { fixBy, placeOfLine, placeOfValue, replacePlace } from '../report.ts';
import type { Report } from '../report.ts';

/**
 * From here on wg-quick takes more than a second for one line: bash finds where a `#` or `=` is by trying every length. Seen
 * with bash 5.2: 0.27 s at 2,660 characters, 1.1 s at 5,300, 4.2 s at 10,580.
 */
const slowLine = 6000;

/** Checks how long lines are. Whatever stands on one, wg-quick takes it apart. */
export function checkLengths(report: Report): void {
  const { file } = report;
  for (let line = 0; line < lineCount(file); line += 1) {
    const length = startOfLine(file, line + 1) - startOfLine(file, line);
    if (length <= slowLine) continue;
    const place = placeOfLine(file, line);
    report.add('line-slow', { ...place, end: place.start }, [place.end - place.start], () =>
      divided(file, line),
    );
  }
}

/** Prefixes as several lines of fifty: such a list is long by nature, while other long lines are mistakes. */
function divided(file: ConfFile, line: number): Fix | null {
  const setting = kindOfLine(file, line) === 'setting' ? settingOfLine(file, line) : null;
  if (setting?.field !== 'AllowedIPs' || setting.valueEnd - setting.valueStart > 1_000_000) return null;
  const items = valueText(file, setting).split(',');
  const lists: string[] = [];
  for (let at = 0; at < items.length; at += 50)
    lists.push(
      items
        .slice(at, at + 50)
        .join(',')
        .trim(),
    );
  const lines = lists.join(`${lineEndOf(file)}AllowedIPs = `);
  return fixBy('Divide it into several lines', replacePlace(file, placeOfValue(setting), lines));
}
