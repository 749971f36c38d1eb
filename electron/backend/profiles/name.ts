import { createHash } from 'node:crypto';
import { FaultError } from '../../../shared/fault.ts';

/** A file name has at most 255 bytes, and `.conf`, `.json` or `.kube` follows. */
const longestName = 250;

/** What wg-quick takes as the name of an interface. */
const interfacePattern = /^[a-zA-Z0-9_=+.][a-zA-Z0-9_=+.-]{0,14}$/;

/** Names the kernel keeps for itself, or uses for "every interface". */
const reserved = new Set(['.', '..', 'all', 'default', 'lo']);

/**
 * A name for a profile, as it is kept: any text that can be a file's base name, Unicode composed, blanks around it removed.
 *
 * @throws FaultError `profile-name-invalid`
 */
export function profileName(text: string): string {
  const name = text.normalize('NFC').trim();
  const reason = refusalOf(name);
  if (reason === null) return name;
  throw new FaultError({
    code: 'profile-name-invalid',
    message: `A profile cannot be called ${JSON.stringify(shortened(name))}: ${reason}.`,
    hint: `Choose a name of 1 to ${longestName} bytes without "/" or control characters, that does not begin with a dot.`,
  });
}

function refusalOf(name: string): string | null {
  if (name === '') return 'it is empty';
  if (Buffer.byteLength(name) > longestName) return `it has ${Buffer.byteLength(name)} bytes`;
  if (name.startsWith('.')) return 'it begins with a dot';
  if (/[/\\\p{Cc}\p{Cs}]/u.test(name)) return 'it has a character that no file name takes';
  return null;
}

/**
 * The network interface of a profile: its name where that is a legal one, else what is left of the name and enough of its
 * hash to tell it from others. Always the same for the same name.
 */
export function interfaceNameOf(name: string): string {
  if (interfacePattern.test(name) && !reserved.has(name)) return name;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 6);
  const rest = name.replace(/[^a-zA-Z0-9]+/g, '-').replace(/^-+|-+$/g, '');
  return `${rest === '' ? 'adit' : rest.slice(0, 8).replace(/-+$/, '')}-${hash}`;
}

function shortened(name: string): string {
  return name.length > 40 ? `${name.slice(0, 40)}…` : name;
}
