import type { DnsStatus } from '../../../shared/tunnel/status.ts';

/** How names are resolved, in a sentence without its end. */
export function dnsText({ backend, mode, reason, servers, domains }: DnsStatus): string {
  switch (mode) {
    case 'none':
      return `left as they are (${reason})`;
    case 'all':
      return `all go to ${servers.join(', ')}, by ${backend} (${reason})`;
    case 'split':
      return `those in ${domains.join(', ')} go to ${servers.join(', ')}, by ${backend} (${reason})`;
  }
}
