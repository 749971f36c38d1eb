import { isSearchDomain } from '../../tunnel/domain.ts';
import { formatAddress, parseAddress } from '../../network/address.ts';

/**
 * One word of DNS. wg-quick takes digits and dots, and anything with a colon, for a server, and all else for a search
 * domain, without a further look.
 *
 * - `server`: an address, as `wg` would print it, a zone kept
 * - `domain`: a search domain
 * - `not-a-server`, `not-a-domain`: what wg-quick takes it for, although it cannot be one
 */
export type DnsReading =
  | { readonly kind: 'server' | 'domain'; readonly text: string }
  | { readonly kind: 'not-a-server' | 'not-a-domain' };

/**
 * Reads one word of DNS.
 *
 * @see wireguard-tools src/wg-quick/linux.bash parse_options and set_dns
 */
export function readDns(text: string): DnsReading {
  if (/^[0-9.]+$/.test(text) || text.includes(':')) {
    const [, addressText = '', zone = ''] = /^([^%]*)(%[A-Za-z0-9._-]{1,15})?$/.exec(text) ?? [];
    const address = parseAddress(addressText);
    if (address === null || (zone !== '' && address.family === 4)) return { kind: 'not-a-server' };
    return { kind: 'server', text: formatAddress(address) + zone };
  }
  return isSearchDomain(text) ? { kind: 'domain', text } : { kind: 'not-a-domain' };
}
