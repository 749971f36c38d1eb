import { parseAddress } from '../network/address.ts';
import { contains } from '../network/prefix.ts';
import type { TunnelWarning } from '../tunnel/status.ts';
import type { Tunnel } from '../tunnel/tunnel.ts';

/** What a person should know of the names that a profile asks for, before they are asked. */
export function nameWarnings({ dns, peers, table }: Tunnel): TunnelWarning[] {
  const warnings: TunnelWarning[] = [];
  const prefixes = peers.flatMap(({ allowedIps }) => allowedIps);
  const outside = dns.servers.filter((server) => {
    const address = parseAddress(server.split('%')[0] ?? '');
    return address !== null && !prefixes.some((prefix) => contains(prefix, address));
  });
  // With routes of the user's own, nobody knows what goes where.
  if (outside.length > 0 && table === 'auto') {
    warnings.push({
      code: 'name-server-outside',
      message: `The profile’s name server ${outside.join(', ')} is in no AllowedIPs of it: it is asked outside the tunnel, if it can be reached there.`,
      hint: 'Add its address to the AllowedIPs of the peer behind which it is, unless it is meant to be outside.',
    });
  }
  const routed = dns.searchDomains.filter((domain) => domain.startsWith('~'));
  if (routed.length > 0 && dns.domains.length === 0) {
    warnings.push({
      code: 'routing-domain-ignored',
      message: `${routed.join(', ')} in DNS sends no names apart: wg-quick sends all names to the servers all the same, and so does Adit.`,
      hint: 'To send only these domains to them, use the setting dnsDomains.',
    });
  }
  return warnings;
}
