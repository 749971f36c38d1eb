import { FaultError } from '../../../shared/fault.ts';
import { formatPrefix } from '../../../shared/network/prefix.ts';
import { changeSettings, defaultSettings } from '../../../shared/tunnel/settings.ts';
import type { ProfileSettings, SettingProblem } from '../../../shared/tunnel/settings.ts';

/** The text of `NAME.json`: a JSON object with a value for each setting that is not the default; null where all are. */
export function settingsFileText(settings: ProfileSettings): string | null {
  const { killSwitch, allowLan, dnsDomains, mtu, exclude } = settings;
  const kept = {
    ...(killSwitch ? { killSwitch } : {}),
    ...(allowLan ? { allowLan } : {}),
    ...(dnsDomains.length > 0 ? { dnsDomains } : {}),
    ...(mtu === null ? {} : { mtu }),
    ...(exclude.length > 0 ? { exclude: exclude.map(formatPrefix) } : {}),
  };
  return Object.keys(kept).length === 0 ? null : `${JSON.stringify(kept, null, 2)}\n`;
}

/**
 * Reads `NAME.json`. A setting that is missing has its default.
 *
 * @returns `settings-unreadable` where it cannot be read: a kill switch that was decided on must not be off because a file is damaged
 */
export function readSettingsFile(path: string, text: string): ProfileSettings | FaultError {
  try {
    const document: unknown = JSON.parse(text);
    if (typeof document !== 'object' || document === null || Array.isArray(document))
      throw new Error('it is no JSON object');
    const texts = Object.entries(document).map(([name, value]) => [name, textOf(value)] as const);
    const outcome = changeSettings(defaultSettings, new Map(texts));
    if ('settings' in outcome) return outcome.settings;
    throw new Error(problemText(outcome.problem));
  } catch (error) {
    return new FaultError({
      code: 'settings-unreadable',
      message: `The settings in ${path} cannot be read: ${error instanceof Error ? error.message : String(error)}.`,
      hint: 'Correct the file, or remove it: the profile then has its default settings.',
    });
  }
}

/** A setting that was not understood, in words. */
export function problemText({ name, problem, takes }: SettingProblem): string {
  return `${name}: ${problem} (${takes})`;
}

function textOf(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (Array.isArray(value)) return value.map(String).join(',');
  return String(value);
}
