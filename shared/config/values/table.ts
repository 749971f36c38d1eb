import type { Tunnel } from '../../tunnel/tunnel.ts';
import { readCNumber } from './number.ts';

/** The tables that every Linux knows by name. */
const namedTables: ReadonlyMap<string, number> = new Map([
  ['main', 254],
  ['default', 253],
  ['local', 255],
  // The kernel takes table 0 for the main one.
  ['unspec', 254],
]);

/**
 * Where routes go, as wg-quick and `ip route add ... table` read it.
 *
 * - `read`: `auto`, `off`, or a table
 * - `case`: one of the words in another case, which wg-quick hands to `ip` as the name of a table
 * - `ambiguous`: `ip` reads octal or a sign; `table` is what it makes of it
 * - `unknown-name`: perhaps a name from this machine's `rt_tables`
 * - `refused`: a number out of range
 */
export type TableReading =
  | { readonly kind: 'read'; readonly table: Tunnel['table'] }
  | { readonly kind: 'case'; readonly word: string }
  | { readonly kind: 'ambiguous'; readonly table: number }
  | { readonly kind: 'unknown-name' | 'refused' };

/**
 * Reads a table, outer blanks removed. Nothing is the same as `auto`.
 *
 * @see wireguard-tools src/wg-quick/linux.bash add_route; iproute2 lib/rt_names.c rtnl_rttable_a2n
 */
export function readTable(text: string): TableReading {
  if (text === '' || text === 'auto') return { kind: 'read', table: 'auto' };
  if (text === 'off') return { kind: 'read', table: 'off' };
  const named = namedTables.get(text);
  if (named !== undefined) return { kind: 'read', table: named };
  const word = text.toLowerCase();
  if (word === 'auto' || word === 'off' || namedTables.has(word)) return { kind: 'case', word };
  const number = readCNumber(text);
  if (number === null) return { kind: /^[+-]?[0-9]/.test(text) ? 'refused' : 'unknown-name' };
  if (number < 0 || number > 0xffff_ffff) return { kind: 'refused' };
  const table = number === 0 ? 254 : number;
  return /^([1-9]|0$|0x)/.test(text) ? { kind: 'read', table } : { kind: 'ambiguous', table };
}
