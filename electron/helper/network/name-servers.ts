import { readFile } from 'node:fs/promises';
import { parseAddress } from '../../../shared/network/address.ts';
import type { Address } from '../../../shared/network/address.ts';

/**
 * The name servers that this host asks. Where a stub of systemd-resolved stands before them, the file that it keeps beside names
 * the real ones.
 *
 * @see resolv.conf(5), systemd-resolved.service(8)
 */
export async function nameServers(): Promise<Address[]> {
  const servers = serversIn(await readOrNothing('/etc/resolv.conf'));
  const isStub = servers.length > 0 && servers.every(isLoopback);
  const behind = isStub ? serversIn(await readOrNothing('/run/systemd/resolve/resolv.conf')) : [];
  return [...servers, ...behind];
}

/** The servers in the text of a resolv.conf. */
export function serversIn(text: string): Address[] {
  return text.split('\n').flatMap((line) => {
    const [keyword, server = ''] = line.trim().split(/\s+/);
    return keyword === 'nameserver' ? (parseAddress(server) ?? []) : [];
  });
}

function isLoopback({ family, words }: Address): boolean {
  if (family === 4) return (words[0] ?? 0) >>> 24 === 127;
  return words.every((word, index) => word === (index === 3 ? 1 : 0));
}

function readOrNothing(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}
