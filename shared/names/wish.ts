import { parseAddress } from '../network/address.ts';
import { readDomain } from '../tunnel/domain.ts';
import type { TunnelDns } from '../tunnel/tunnel.ts';

/** What a tunnel wants to be done about names while it is up. */
export interface NameWish {
  readonly interface: string;
  /** The profile's name. */
  readonly name: string;
  /** Its turn among all tunnels: of two that want the same names, the lower gets them. */
  readonly order: number;
  /** Addresses, an IPv6 zone kept; none asks for nothing. */
  readonly servers: readonly string[];
  /** What is tried behind a name without dots; no marks of systemd's. */
  readonly searchDomains: readonly string[];
  /** Which names its servers are to answer. */
  readonly scope: NameScope;
}

/** Names: all there are, or those in some domains. */
export type NameScope =
  { readonly kind: 'all' } | { readonly kind: 'domains'; readonly domains: readonly string[] };

/**
 * What a tunnel wants: all names where it lists no domains, as wg-quick means `DNS =`. Where it does, its search domains are its
 * servers' too: nobody else could answer for them.
 */
export function wishOf(tunnel: {
  readonly interface: string;
  readonly name: string;
  readonly order: number;
  readonly dns: TunnelDns;
}): NameWish {
  const { dns, name, order } = tunnel;
  // "~domain" is systemd's word for a domain that is routed and not searched.
  const searchDomains = unique(
    dns.searchDomains.filter((text) => !text.startsWith('~')).flatMap((text) => readDomain(text) ?? []),
  );
  return {
    interface: tunnel.interface,
    name,
    order,
    servers: unique(dns.servers.filter((text) => parseAddress(text.replace(/%.*$/, '')) !== null)),
    searchDomains,
    scope:
      dns.domains.length === 0
        ? { kind: 'all' }
        : { kind: 'domains', domains: unique([...dns.domains, ...searchDomains]) },
  };
}

function unique<T>(items: readonly T[]): T[] {
  return [...new Set(items)];
}
