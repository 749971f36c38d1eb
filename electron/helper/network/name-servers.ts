import { parseAddress } from '../../../shared/network/address.ts';
import type { Address } from '../../../shared/network/address.ts';
import { readText } from '../system/settings-text.ts';

/** Where those who put a stub of their own before the name servers keep the real ones. */
const realServers = ['/run/systemd/resolve/resolv.conf', '/run/NetworkManager/no-stub-resolv.conf'] as const;

/**
 * The name servers that this host asks. Where a stub stands before them, of systemd-resolved or of NetworkManager's dnsmasq, the file that
 * it keeps beside names the real ones.
 *
 * @see resolv.conf(5), systemd-resolved.service(8), NetworkManager.conf(5) dns
 */
export function nameServers(): Address[] {
  const servers = serversIn(readText('/etc/resolv.conf') ?? '');
  const isStub = servers.length > 0 && servers.every(isLoopback);
  if (!isStub) return servers;
  return [...servers, ...realServers.flatMap((path) => serversIn(readText(path) ?? ''))];
}

/** The servers in the text of a resolv.conf. */
export function serversIn(text: string): Address[] {
  return text.split('\n').flatMap((line) => {
    const [keyword, server = ''] = line.trim().split(/\s+/);
    return keyword === 'nameserver' ? (parseAddress(server) ?? []) : [];
  });
}

/** Whether an address is this machine's own for itself. */
export function isLoopback({ family, words }: Address): boolean {
  if (family === 4) return (words[0] ?? 0) >>> 24 === 127;
  return words.every((word, index) => word === (index === 3 ? 1 : 0));
}
