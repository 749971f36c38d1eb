import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { mostAddresses } from './wire.ts';

/** Bytes of /etc/hosts that are read: some have lists of advertisers in it. */
const sizeLimit = 16 * 1024 * 1024;

/** The addresses that this machine's /etc/hosts gives a name, in the order of the file; those of IPv6 first. */
export async function addressesInHosts(name: string): Promise<string[]> {
  const text = await readFile('/etc/hosts', 'utf8').catch(() => '');
  return text.length > sizeLimit ? [] : addressesOf(name, text);
}

/** The same in a text. @see hosts(5) */
export function addressesOf(name: string, hosts: string): string[] {
  const wanted = name.toLowerCase().replace(/\.$/, '');
  if (!hosts.toLowerCase().includes(wanted)) return [];
  const addresses = hosts.split('\n').flatMap((line) => {
    const [address = '', ...names] = (line.split('#')[0] ?? '').trim().split(/\s+/);
    return isIP(address) !== 0 && names.some((other) => other.toLowerCase() === wanted) ? [address] : [];
  });
  const unique = [...new Set(addresses)];
  return [6, 4]
    .flatMap((family) => unique.filter((address) => isIP(address) === family))
    .slice(0, mostAddresses);
}
