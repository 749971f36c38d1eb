import type { Address } from '../network/address.ts';
import { contains, formatPrefix, networkOf, parsePrefix } from '../network/prefix.ts';
import type { Prefix } from '../network/prefix.ts';
import { isObject } from './objects/fields.ts';
import { listOf, wordOf } from './objects/node-arguments.ts';
import type { ClusterService } from './objects/service.ts';
import { parseCidr } from './values/cidr.ts';

/**
 * Where a Service CIDR was learned, the surest first.
 *
 * - `servicecidrs`: the API's own ServiceCIDR objects (Kubernetes 1.33)
 * - `kubeadm-config`: the ConfigMap that kubeadm leaves behind
 * - `node-args`: how k3s or RKE2 was started
 * - `apiserver-args`: how the API server was started
 * - `refused-service`: what the API server says to a Service with an impossible address
 * - `kubernetes-service`: guessed from the address of the Service `kubernetes`, which has the first of the range
 * - `given`: by the person
 */
export type ServiceCidrSource =
  | 'servicecidrs'
  | 'kubeadm-config'
  | 'node-args'
  | 'apiserver-args'
  | 'refused-service'
  | 'kubernetes-service'
  | 'given';

/** A range that Services have their addresses from. */
export interface ServiceCidr {
  readonly cidr: Prefix;
  readonly source: ServiceCidrSource;
  /** Whether it is likely, and no more. */
  readonly guessed: boolean;
}

/** What the ways to a Service CIDR begin with; null or empty where it was not read. */
export interface ServiceCidrFacts {
  /** Of every ServiceCIDR object that is ready. */
  readonly objects: readonly Prefix[];
  readonly kubeadm: unknown;
  readonly serverWords: readonly string[] | null;
  readonly apiServerWords: readonly string[] | null;
  readonly refusal: string | null;
  readonly services: readonly ClusterService[];
}

/** The Service CIDRs of a cluster, by the first way that answers; none where none does. */
export function serviceCidrs(facts: ServiceCidrFacts): ServiceCidr[] {
  const ways: readonly (() => ServiceCidr[])[] = [
    () => sure(facts.objects, 'servicecidrs'),
    () => sure(prefixesIn(kubeadmNetworking(facts.kubeadm, 'serviceSubnet')), 'kubeadm-config'),
    () => fromServerWords(facts),
    () => sure(prefixesIn(wordOf(facts.apiServerWords ?? [], 'service-cluster-ip-range')), 'apiserver-args'),
    () => sure(prefixesIn(rangeIn(facts.refusal)), 'refused-service'),
    () => guessed(facts.services),
  ];
  for (const way of ways) {
    const found = way();
    if (found.length > 0) return found;
  }
  return [];
}

/** A field of `networking` in kubeadm's ClusterConfiguration. @see kubeadm.k8s.io/v1beta4 Networking */
export function kubeadmNetworking(
  kubeadm: unknown,
  field: 'serviceSubnet' | 'podSubnet' | 'dnsDomain',
): string | null {
  const networking = isObject(kubeadm) ? kubeadm['networking'] : null;
  const value = isObject(networking) ? networking[field] : null;
  return typeof value === 'string' && value !== '' ? value : null;
}

/** The address of `default/kubernetes`, through which Pods reach the API. */
export function kubernetesServiceAddress(services: readonly ClusterService[]): Address | null {
  const own = services.find(({ namespace, name }) => namespace === 'default' && name === 'kubernetes');
  return own?.clusterIps[0] ?? null;
}

/** What k3s and RKE2 take where nothing is said. @see docs.k3s.io/cli/server */
const k3sDefault = '10.43.0.0/16';

/** The same where the nodes have no IPv4. @see k3s pkg/cli/server/server.go */
const k3sDefaultV6 = 'fd00:43::/112';

function fromServerWords({ serverWords, services }: ServiceCidrFacts): ServiceCidr[] {
  if (serverWords === null) return [];
  const written = prefixesIn(listOf(serverWords, 'service-cidr'));
  if (written.length > 0) return sure(written, 'node-args');
  const own = kubernetesServiceAddress(services);
  return prefixesIn(own?.family === 6 ? k3sDefaultV6 : k3sDefault)
    .filter((cidr) => own === null || contains(cidr, own))
    .map((cidr) => ({ cidr, source: 'node-args', guessed: own === null }));
}

/** Both wordings that there are. @see kubernetes pkg/registry/core/service/ipallocator */
function rangeIn(refusal: string | null): string | null {
  return /range of valid IPs is (?:CIDR )?([0-9a-f.:/, ]+)/.exec(refusal ?? '')?.[1] ?? null;
}

/** The ranges that distributions and clouds begin with; the first that holds every Service is taken. */
const customary = [
  k3sDefault,
  '10.96.0.0/12',
  '10.152.183.0/24',
  '10.0.0.0/16',
  '10.100.0.0/16',
  '172.20.0.0/16',
  '172.30.0.0/16',
  '34.118.224.0/20',
] as const;

/** The lengths that are tried where no customary range fits. */
const tried = { 4: [16, 12, 8], 6: [112, 108, 64] } as const;

/** `kubernetes` has the first address of its range, whose length nobody says: the range has to begin there and hold all Services. */
function guessed(services: readonly ClusterService[]): ServiceCidr[] {
  const own = kubernetesServiceAddress(services);
  if (own === null) return [];
  const addresses = services
    .flatMap(({ clusterIps }) => clusterIps)
    .filter(({ family }) => family === own.family);
  const candidates = [
    ...customary.flatMap((text) => parsePrefix(text) ?? []),
    ...tried[own.family].map((length) => networkOf({ address: own, length })),
  ];
  const cidr = candidates.find(
    (range) => beginsBefore(range, own) && addresses.every((address) => contains(range, address)),
  );
  return cidr === undefined ? [] : [{ cidr, source: 'kubernetes-service', guessed: true }];
}

/** Whether an address is the first behind the one that a range begins with. */
function beginsBefore(range: Prefix, { family, words }: Address): boolean {
  const last = words.length - 1;
  return (
    range.family === family &&
    words.every((word, index) => word === (range.words[index] ?? 0) + (index === last ? 1 : 0))
  );
}

function sure(cidrs: readonly Prefix[], source: ServiceCidrSource): ServiceCidr[] {
  const once = new Map(cidrs.map((cidr) => [formatPrefix(cidr), cidr]));
  return [...once.values()].map((cidr) => ({ cidr, source, guessed: false }));
}

/** Prefixes with commas between them. */
function prefixesIn(list: string | null): Prefix[] {
  return (list ?? '').split(',').flatMap((text) => {
    const cidr = parseCidr(text.trim());
    return cidr === null ? [] : [networkOf(cidr)];
  });
}
