import { lowerAscii, squeezeShort } from '../text/blanks.ts';

/** Every key of the language in its canonical spelling and order: first those of `[Interface]`, then those of `[Peer]`. */
export const fields = [
  'PrivateKey',
  'Address',
  'ListenPort',
  'FwMark',
  'DNS',
  'MTU',
  'Table',
  'PreUp',
  'PostUp',
  'PreDown',
  'PostDown',
  'SaveConfig',
  'PublicKey',
  'PresharedKey',
  'AllowedIPs',
  'Endpoint',
  'PersistentKeepalive',
] as const;

/** A key of the language. */
export type Field = (typeof fields)[number];

/** A key of `[Peer]`; all of them are for `wg`. */
export type PeerField = 'PublicKey' | 'PresharedKey' | 'AllowedIPs' | 'Endpoint' | 'PersistentKeepalive';

/** A key of `[Interface]`. */
export type InterfaceField = Exclude<Field, PeerField>;

/** A key that wg-quick takes out of the file for itself. */
export type QuickField = Exclude<InterfaceField, 'PrivateKey' | 'ListenPort' | 'FwMark'>;

/** The sections that have keys. */
export type KeyedSection = 'interface' | 'peer';

/** Who takes a key out of the file: `wg setconf`, or wg-quick before it hands the rest to `wg`. */
export type Reader = 'wg' | 'wg-quick';

interface FieldFacts {
  readonly section: KeyedSection;
  readonly reader: Reader;
  /** Whether several lines add up; of any other key the last line counts. */
  readonly repeats: boolean;
}

const facts: Readonly<Record<Field, FieldFacts>> = {
  PrivateKey: { section: 'interface', reader: 'wg', repeats: false },
  Address: { section: 'interface', reader: 'wg-quick', repeats: true },
  ListenPort: { section: 'interface', reader: 'wg', repeats: false },
  FwMark: { section: 'interface', reader: 'wg', repeats: false },
  DNS: { section: 'interface', reader: 'wg-quick', repeats: true },
  MTU: { section: 'interface', reader: 'wg-quick', repeats: false },
  Table: { section: 'interface', reader: 'wg-quick', repeats: false },
  PreUp: { section: 'interface', reader: 'wg-quick', repeats: true },
  PostUp: { section: 'interface', reader: 'wg-quick', repeats: true },
  PreDown: { section: 'interface', reader: 'wg-quick', repeats: true },
  PostDown: { section: 'interface', reader: 'wg-quick', repeats: true },
  SaveConfig: { section: 'interface', reader: 'wg-quick', repeats: false },
  PublicKey: { section: 'peer', reader: 'wg', repeats: false },
  PresharedKey: { section: 'peer', reader: 'wg', repeats: false },
  AllowedIPs: { section: 'peer', reader: 'wg', repeats: true },
  Endpoint: { section: 'peer', reader: 'wg', repeats: false },
  PersistentKeepalive: { section: 'peer', reader: 'wg', repeats: false },
};

/** Where a key belongs, who reads it, and whether it may be repeated. */
export function factsOf(field: Field): FieldFacts {
  return facts[field];
}

const ranks = Object.fromEntries(fields.map((field, index) => [field, index])) as Readonly<
  Record<Field, number>
>;

/** The position of a key in the canonical order. */
export function rankOf(field: Field): number {
  return ranks[field];
}

/** Whether a key belongs under [Peer]. */
export function isPeerField(field: Field): field is PeerField {
  return facts[field].section === 'peer';
}

/** Whether wg-quick takes a key for itself. */
export function isQuickField(field: Field): field is QuickField {
  return facts[field].reader === 'wg-quick';
}

/** The keys that wg-quick runs as commands. */
export const scriptFields: readonly Field[] = ['PreUp', 'PostUp', 'PreDown', 'PostDown'];

const byLowerCase: ReadonlyMap<string, Field> = new Map(fields.map((field) => [field.toLowerCase(), field]));
const longestName = Math.max(...fields.map((field) => field.length));
const byCanonical: ReadonlyMap<string, Field> = new Map(fields.map((field) => [field, field]));

/**
 * The key that a spelling stands for, blanks removed and case ignored.
 *
 * @see wireguard-tools src/config.c process_line
 */
export function fieldNamed(spelling: string): Field | null {
  const direct = byCanonical.get(spelling);
  if (direct !== undefined) return direct;
  const squeezed = squeezeShort(spelling, longestName);
  const lower = squeezed === null ? null : lowerAscii(squeezed);
  return lower === null ? null : (byLowerCase.get(lower) ?? null);
}
