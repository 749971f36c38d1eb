import { contains, parsePrefix } from '../../../../shared/network/prefix.ts';
import { parseIp } from '../../../../shared/cluster/values/cidr.ts';

/**
 * The proxy that the environment has for a server, as it is written; null for none. This machine itself is never reached by one.
 *
 * @see golang.org/x/net/http/httpproxy
 */
export function proxyFor(server: URL, environment: NodeJS.ProcessEnv): string | null {
  const name = server.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  const proxy = environment[name] ?? environment[name.toLowerCase()] ?? '';
  const exceptions = environment['NO_PROXY'] ?? environment['no_proxy'] ?? '';
  return proxy === '' || isLoopback(server) || isException(server, exceptions) ? null : proxy;
}

/** Whether a server is this machine itself. */
export function isLoopback(server: URL): boolean {
  const host = hostOf(server);
  if (host === 'localhost' || host.endsWith('.localhost') || host === '::1') return true;
  return /^127\.\d+\.\d+\.\d+$/.test(host);
}

/** The host of a server, without the brackets of IPv6. */
export function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '').toLowerCase();
}

/** The port of a server. */
export function portOf({ port, protocol }: URL): number {
  if (port !== '') return Number(port);
  return protocol === 'https:' ? 443 : 80;
}

function isException(server: URL, list: string): boolean {
  const host = hostOf(server);
  const address = parseIp(host);
  return list
    .split(',')
    .map((word) => word.trim().toLowerCase())
    .some((word) => {
      if (word === '') return false;
      if (word === '*') return true;
      const range = parsePrefix(word);
      if (range !== null && address !== null) return contains(range, address);
      const [, name = '', port] = /^\[?(.*?)\]?(?::(\d+))?$/.exec(word) ?? [];
      if (port !== undefined && Number(port) !== portOf(server)) return false;
      if (address !== null) return name === host;
      const domain = name.replace(/^\*?\./, '');
      return host.endsWith(`.${domain}`) || (host === domain && !name.startsWith('.'));
    });
}
