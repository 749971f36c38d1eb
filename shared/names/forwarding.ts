import type { DesiredNames } from './desired.ts';
import type { ResolvConf } from './resolv-conf.ts';
import type { NameScope } from './wish.ts';

/** Whom the forwarder asks, by scope. */
export type ForwardingTable = readonly Forwarding[];

/** The servers for some names, in the order in which they are asked. */
export interface Forwarding {
  readonly scope: NameScope;
  /** Addresses, an IPv6 zone kept. */
  readonly servers: readonly string[];
}

/** The addresses at which a forwarder may listen: loopback's, and out of the way of what others use there. */
export const forwarderAddresses = ['127.20.53.1', '127.20.53.2', '127.20.53.3', '127.20.53.4'] as const;

/** Whether a server is a forwarder of ours, which must never ask itself. */
export function isForwarder(server: string): boolean {
  return (forwarderAddresses as readonly string[]).includes(server);
}

/** What the forwarder is to do: the tunnels' names to the tunnels' servers, and what nobody wants to the uplink's. */
export function forwardingTable({ links }: DesiredNames, uplink: ResolvConf): ForwardingTable {
  const ofTunnels = links.map(({ scope, servers }) => ({ scope, servers }));
  if (links.some(({ scope }) => scope.kind === 'all')) return ofTunnels;
  return [
    ...ofTunnels,
    { scope: { kind: 'all' }, servers: uplink.servers.filter((server) => !isForwarder(server)) },
  ];
}

/**
 * What the host's one list of servers is while a forwarder stands. Behind the forwarder come the servers that all other names go to
 * anyway: where it dies together with the helper, those names go on being answered.
 */
export function confWithForwarder(address: string, desired: DesiredNames, uplink: ResolvConf): ResolvConf {
  const all = desired.links.find(({ scope }) => scope.kind === 'all');
  const others = all?.servers ?? uplink.servers.filter((server) => !isForwarder(server));
  return {
    servers: [address, ...others],
    searchDomains: [
      ...desired.links.flatMap(({ searchDomains }) => searchDomains),
      ...(all === undefined ? uplink.searchDomains : []),
    ],
    options: uplink.options,
  };
}

/** The one list of servers where a single tunnel has all names, as `resolvconf -x` makes it: nothing of the uplink's is in it. */
export function confWithoutForwarder({ links }: DesiredNames, uplink: ResolvConf): ResolvConf {
  return {
    servers: links.flatMap(({ servers }) => servers),
    searchDomains: links.flatMap(({ searchDomains }) => searchDomains),
    options: uplink.options,
  };
}
