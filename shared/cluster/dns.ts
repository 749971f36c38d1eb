import { formatAddress } from '../network/address.ts';
import type { ConfigMap } from './objects/config-map.ts';
import { wordOf } from './objects/node-arguments.ts';
import type { ClusterService } from './objects/service.ts';
import { kubeadmNetworking } from './service-cidrs.ts';
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

/** The name server and the domain of a cluster. */
export function clusterDns(
  services: readonly ClusterService[],
  configMaps: readonly ConfigMap[],
  kubeadm: unknown,
  serverWords: readonly string[] | null,
): ClusterDns {
  const service = services.find(
    ({ namespace, labels }) => namespace === 'kube-system' && labels.get('k8s-app') === 'kube-dns',
  );
  const written = parseIp((wordOf(serverWords ?? [], 'cluster-dns') ?? '').split(',')[0] ?? '');
  const server = service?.clusterIps[0] ?? written;
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

/** The first zone of CoreDNS's plugin `kubernetes` that is no reverse zone. @see coredns.io/plugins/kubernetes */
function corefileDomain(configMaps: readonly ConfigMap[]): string | null {
  const corefile = configMaps
    .find(({ namespace, name }) => namespace === 'kube-system' && name === 'coredns')
    ?.data.get('Corefile');
  const zones = /^\s*kubernetes\s+([^{\n]*)/m.exec(corefile ?? '')?.[1] ?? '';
  return zones.split(/\s+/).find((zone) => zone !== '' && !zone.endsWith('.arpa')) ?? null;
}
