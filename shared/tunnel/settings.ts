import { PrefixSet } from '../network/prefix-set.ts';
import { formatPrefix, networkOf, parseInterfaceAddress } from '../network/prefix.ts';
import type { Prefix } from '../network/prefix.ts';
import { readDomain } from './domain.ts';
import type { Tunnel } from './tunnel.ts';

/** What a person decides about a profile and a .conf has no key for. It is kept beside the .conf, in `NAME.json`. */
export interface ProfileSettings {
  /** Whether nothing may leave this machine but through the tunnel while it is wanted up. */
  readonly killSwitch: boolean;
  /** Whether the kill switch lets the networks through that this machine is connected to directly. */
  readonly allowLan: boolean;
  /** The domains that go to the tunnel's own name servers, while all other names go where they went before; empty sends all. */
  readonly dnsDomains: readonly string[];
  /** Bytes, in place of the file's; null leaves it to the file. */
  readonly mtu: number | null;
  /** Prefixes that stay out of the tunnel although its AllowedIPs have them. */
  readonly exclude: readonly Prefix[];
}

/** What holds where nobody has decided. */
export const defaultSettings: ProfileSettings = {
  killSwitch: false,
  allowLan: false,
  dnsDomains: [],
  mtu: null,
  exclude: [],
};

/** The settings as text: as they are written behind `adit set`, kept in the file, and shown. */
export type SettingsText = Readonly<Record<keyof ProfileSettings, string>>;

/** The name of a setting. */
export type SettingName = keyof ProfileSettings;

/** A setting that was not understood: what of it, and what it takes. */
export interface SettingProblem {
  readonly name: string;
  readonly problem: string;
  readonly takes: string;
}

/** How one setting is read, printed and explained. */
interface SettingForm<N extends SettingName> {
  /** Null where the text is no value of it. The empty text is the default. */
  readonly read: (text: string) => ProfileSettings[N] | null;
  readonly print: (value: ProfileSettings[N]) => string;
  readonly takes: string;
}

/** Bounds that the contract with the helper has too. */
const most = { domains: 64, prefixes: 1_000 } as const;

const forms: { readonly [N in SettingName]: SettingForm<N> } = {
  killSwitch: { read: readSwitch, print: printSwitch, takes: 'on or off' },
  allowLan: { read: readSwitch, print: printSwitch, takes: 'on or off' },
  dnsDomains: {
    read: (text) => allOf(itemsOf(text), readDomain, most.domains),
    print: (domains) => domains.join(','),
    takes: 'domains parted by commas, such as cluster.local,43.10.in-addr.arpa; nothing sends all names',
  },
  mtu: {
    read: (text) => {
      if (!/^\d{1,5}$/.test(text)) return null;
      const bytes = Number(text);
      return bytes >= 576 && bytes <= 65_535 ? bytes : null;
    },
    print: (bytes) => (bytes === null ? '' : String(bytes)),
    takes: 'bytes from 576 to 65535; nothing leaves it to the file',
  },
  exclude: {
    read: (text) => {
      const prefixes = allOf(itemsOf(text), readPrefix, most.prefixes);
      return prefixes === null ? null : PrefixSet.of(prefixes).prefixes();
    },
    print: (prefixes) => prefixes.map(formatPrefix).join(','),
    takes: 'prefixes parted by commas, such as 192.168.0.0/16,10.1.0.0/16',
  },
};

/** The names of all settings. */
export const settingNames = Object.keys(forms) as readonly SettingName[];

/** What a setting takes, in words. */
export function whatTakes(name: SettingName): string {
  return forms[name].takes;
}

/**
 * Changes settings by their texts; an empty text goes back to the default.
 *
 * @returns the settings, or the first text that is no value
 */
export function changeSettings(
  settings: ProfileSettings,
  texts: ReadonlyMap<string, string>,
): { readonly settings: ProfileSettings } | { readonly problem: SettingProblem } {
  let changed: ProfileSettings = settings;
  for (const [name, text] of texts) {
    if (!isSettingName(name)) {
      return {
        problem: { name, problem: 'there is no such setting', takes: `one of ${settingNames.join(', ')}` },
      };
    }
    const value = text === '' ? defaultSettings[name] : forms[name].read(text);
    // What takes null for "not decided" has the empty text for it.
    if (value === null && text !== '') {
      return {
        problem: { name, problem: `${JSON.stringify(text)} is no value of it`, takes: whatTakes(name) },
      };
    }
    changed = { ...changed, [name]: value };
  }
  return { settings: changed };
}

/** The texts of all settings. */
export function settingsToText(settings: ProfileSettings): SettingsText {
  return {
    killSwitch: forms.killSwitch.print(settings.killSwitch),
    allowLan: forms.allowLan.print(settings.allowLan),
    dnsDomains: forms.dnsDomains.print(settings.dnsDomains),
    mtu: forms.mtu.print(settings.mtu),
    exclude: forms.exclude.print(settings.exclude),
  };
}

/** A tunnel as its file has it, with what was decided beside the file. */
export function withSettings(tunnel: Tunnel, settings: ProfileSettings): Tunnel {
  const { killSwitch, allowLan, dnsDomains, mtu, exclude } = settings;
  return {
    ...tunnel,
    mtu: mtu ?? tunnel.mtu,
    dns: { ...tunnel.dns, domains: dnsDomains },
    exclude,
    killSwitch: killSwitch ? { allowLan } : null,
  };
}

function isSettingName(name: string): name is SettingName {
  return Object.hasOwn(forms, name);
}

function readSwitch(text: string): boolean | null {
  if (text === 'on') return true;
  return text === 'off' ? false : null;
}

function printSwitch(value: boolean): string {
  return value ? 'on' : 'off';
}

function readPrefix(text: string): Prefix | null {
  const address = parseInterfaceAddress(text);
  return address === null ? null : networkOf(address);
}

function itemsOf(text: string): string[] {
  return text.split(/[\s,]+/).filter((item) => item !== '');
}

/** Every item read, each once; null where one cannot be read or they are too many. */
function allOf<T>(items: readonly string[], read: (item: string) => T | null, limit: number): T[] | null {
  if (items.length > limit) return null;
  const values = [...new Set(items)].map(read);
  return values.some((value) => value === null) ? null : (values as T[]);
}
