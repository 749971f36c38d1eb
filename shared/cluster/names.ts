import { formatAddress, parseAddress } from '../network/address.ts';
import type { Prefix } from '../network/prefix.ts';
import { readDomain } from '../tunnel/domain.ts';
import type { Cluster } from './cluster.ts';
import { reverseZones } from './reverse-zones.ts';

/** Which names of a cluster are looked up where, as a profile has it. */
export interface ClusterNames {
  /** For `DNS` of the profile; none where the cluster does not tell of its own. */
  readonly servers: readonly string[];
  /** For the setting `dnsDomains`: the cluster's domain, then its reverse zones. */
  readonly domains: readonly string[];
  /** How many reverse zones a profile has no room for. */
  readonly zonesLeftOut: number;
}

/** What the setting `dnsDomains` holds. */
const mostDomains = 64;

/**
 * The names that go to the cluster's own name server: its domain, and the addresses of its Pods and Services. All others stay where they
 * are. A domain that is none, whoever wrote it into the cluster, is left out.
 *
 * @param podCidrs those that the profile carries: `cluster.nodes[].podCidrs`, or the one range of all
 */
export function clusterDomains(
  { dns }: Pick<Cluster, 'dns'>,
  podCidrs: readonly Prefix[],
  serviceCidrs: readonly Prefix[],
): ClusterNames {
  const server = parseAddress(dns.server ?? '');
  const domain = readDomain(dns.domain);
  const own = domain === null ? [] : [domain];
  const services = reverseZones(serviceCidrs, mostDomains - own.length);
  const room = mostDomains - own.length - services.zones.length;
  const pods = reverseZones(podCidrs, room);
  return {
    servers: server === null ? [] : [formatAddress(server)],
    domains: [...new Set([...own, ...services.zones, ...pods.zones])],
    zonesLeftOut: services.leftOut + pods.leftOut,
  };
}

/**
 * The whole name of a Service: `web` is in the namespace `default`, `web.shop` in `shop`. A name that has the domain already, or that is
 * longer, is one as it stands.
 */
export function serviceName(text: string, domain: string): string {
  const name = text.toLowerCase().replace(/\.$/, '');
  const labels = name.split('.');
  if (labels.length > 2 || name.endsWith(`.${domain}`)) return name;
  const [service = '', namespace = 'default'] = labels;
  return `${service}.${namespace}.svc.${domain}`;
}

/** Whether a text can be a name that is asked for. */
export function isDomainName(text: string): boolean {
  return readDomain(text) === text.toLowerCase().replace(/\.$/, '');
}

/** Of a profile’s domains, that of a cluster: the first that is no reverse zone; null where there is none. */
export function clusterDomainIn(domains: readonly string[]): string | null {
  return domains.find((domain) => !/(^|\.)(in-addr|ip6)\.arpa$/.test(domain)) ?? null;
}
