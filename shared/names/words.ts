import type { DnsStatus } from '../tunnel/status.ts';

/** A sentence about names without its end, behind the word "Names": the first part is where they go, the second how and why. */
export interface DnsWords {
  readonly where: string;
  /** Follows the first without a blank between. */
  readonly how: string;
}

/** How names are resolved while a tunnel is up, in words: the same for a terminal and for the window. */
export function dnsWords({ backend, mode, reason, servers, domains, searchDomains }: DnsStatus): DnsWords {
  const behind =
    searchDomains.length === 0 ? '' : `, with ${searchDomains.join(', ')} tried behind short ones`;
  const how = `${behind}, by ${backend} (${reason})`;
  switch (mode) {
    case 'none':
      return { where: 'left as they are', how: ` (${reason})` };
    case 'all':
      return { where: `all go to ${servers.join(', ')}`, how };
    case 'split':
      return { where: `those in ${domains.join(', ')} go to ${servers.join(', ')}`, how };
  }
}

/** The whole of {@link dnsWords}. */
export function dnsText(dns: DnsStatus): string {
  const { where, how } = dnsWords(dns);
  return where + how;
}
