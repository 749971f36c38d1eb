import { fieldNamed, fields } from '../../syntax/vocabulary.ts';
import type { Field } from '../../syntax/vocabulary.ts';

/** A longer word is no misspelled key; it may be a key's value on a line of its own, so it is never quoted either. */
export const longestKey = 24;

/** Words that people write for a key, without blanks and signs and in lower case. */
const otherWords: ReadonlyMap<string, Field> = new Map([
  ['privkey', 'PrivateKey'],
  ['secretkey', 'PrivateKey'],
  ['pubkey', 'PublicKey'],
  ['psk', 'PresharedKey'],
  ['sharedkey', 'PresharedKey'],
  ['ip', 'Address'],
  ['ips', 'Address'],
  ['ipaddress', 'Address'],
  ['addresses', 'Address'],
  ['port', 'ListenPort'],
  ['nameserver', 'DNS'],
  ['nameservers', 'DNS'],
  ['server', 'Endpoint'],
  ['endpoints', 'Endpoint'],
  ['allowed', 'AllowedIPs'],
  ['allowedip', 'AllowedIPs'],
  ['allowedaddress', 'AllowedIPs'],
  ['keepalive', 'PersistentKeepalive'],
  ['mark', 'FwMark'],
]);

/** The key that a misspelled one was meant for: another word for it, or at most two letters away. */
export function nearestField(word: string): Field | null {
  const letters = word.replace(/[^A-Za-z]/g, '').toLowerCase();
  if (letters === '' || word.length > longestKey) return null;
  const other = fieldNamed(letters) ?? otherWords.get(letters);
  if (other !== undefined) return other;
  const limit = letters.length < 5 ? 1 : 2;
  return fields.find((field) => distance(letters, field.toLowerCase()) <= limit) ?? null;
}

/** The header that was meant by another one, as it should be written; null where that is not clear. */
export function nearestHeader(header: string): '[Interface]' | '[Peer]' | null {
  const word = header
    .slice(0, longestKey)
    .replace(/[^A-Za-z]/g, '')
    .toLowerCase();
  if (distance(word, 'interface') <= 2) return '[Interface]';
  return distance(word, 'peer') <= 1 ? '[Peer]' : null;
}

/** How many letters have to be put in, left out or changed (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let line = 1; line <= a.length; line += 1) {
    const next = [line];
    for (let column = 1; column <= b.length; column += 1) {
      const change = (row[column - 1] ?? 0) + (a.charAt(line - 1) === b.charAt(column - 1) ? 0 : 1);
      next.push(Math.min(change, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
