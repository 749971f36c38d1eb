import { formatAddress } from '../network/address.ts';
import type { Address } from '../network/address.ts';
import { contains } from '../network/prefix.ts';
import type { ConfigMap } from './objects/config-map.ts';
import { listOf, wordOf } from './objects/node-arguments.ts';
import type { ClusterService } from './objects/service.ts';
import { kubeadmNetworking } from './service-cidrs.ts';
import type { ServiceCidr } from './service-cidrs.ts';
import { parseIp } from './values/cidr.ts';

/** How names are looked up in a cluster. */
export interface ClusterDns {
  /** The address of its name server; null where nothing tells. */
  readonly server: string | null;
  /** What its names end with. */
  readonly domain: string;
  /** Whether the domain is the usual one, for nothing tells. */
  readonly domainGuessed: boolean;
}

/** What Kubernetes takes where nothing is said. */
const defaultDomain = 'cluster.local';

/** Which address of its first Service CIDR k3s gives its name server where nothing is said. @see k3s pkg/cli/server/server.go */
const k3sPlace = 10;

/**
 * The name server and the domain of a cluster. The server is the Service that is labelled so, else what k3s or RKE2 was started with,
 * else what they take by themselves.
 */
export function clusterDns(
  services: readonly ClusterService[],
  configMaps: readonly ConfigMap[],
  kubeadm: unknown,
  serverWords: readonly string[] | null,
  serviceCidrs: readonly ServiceCidr[],
): ClusterDns {
  const service = services.find(
    ({ namespace, labels }) => namespace === 'kube-system' && labels.get('k8s-app') === 'kube-dns',
  );
  const written = parseIp(listOf(serverWords ?? [], 'cluster-dns').split(',')[0] ?? '');
  const server = service?.clusterIps[0] ?? written ?? k3sServer(serviceCidrs);
  const domain =
    kubeadmNetworking(kubeadm, 'dnsDomain') ??
    wordOf(serverWords ?? [], 'cluster-domain') ??
    corefileDomain(configMaps);
  return {
    server: server === null ? null : formatAddress(server),
    domain: domain ?? defaultDomain,
    domainGuessed: domain === null,
  };
}

/** The name server of a k3s or RKE2 that does not say; null for other clusters, and where the range is too small. */
function k3sServer(serviceCidrs: readonly ServiceCidr[]): Address | null {
  const range = serviceCidrs.find(({ source }) => source === 'node-args')?.cidr;
  if (range === undefined) return null;
  const last = range.words.length - 1;
  const words = range.words.map((word, index) => (index === last ? word + k3sPlace : word));
  const address = { family: range.family, words };
  return contains(range, address) ? address : null;
}

/** The first zone of CoreDNS's plugin `kubernetes` that is no reverse zone. @see coredns.io/plugins/kubernetes */
function corefileDomain(configMaps: readonly ConfigMap[]): string | null {
  const corefile = configMaps
    .find(({ namespace, name }) => namespace === 'kube-system' && name === 'coredns')
    ?.data.get('Corefile');
  const zones = /^\s*kubernetes\s+([^{\n]*)/m.exec(corefile ?? '')?.[1] ?? '';
  return zones.split(/\s+/).find((zone) => zone !== '' && !zone.endsWith('.arpa')) ?? null;
}
