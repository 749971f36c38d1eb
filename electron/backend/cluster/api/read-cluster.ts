import { clusterOf } from '../../../../shared/cluster/cluster.ts';
import { isObject } from '../../../../shared/cluster/objects/fields.ts';
import { leanPod } from '../../../../shared/cluster/objects/pod.ts';
import { noReadings } from '../../../../shared/cluster/readings.ts';
import type { ClusterReadings, KindReading, ReadKind } from '../../../../shared/cluster/readings.ts';
import { FaultError } from '../../../../shared/fault.ts';
import { readKubeadm } from '../kubeadm.ts';
import type { ApiAnswer, ApiClient } from './client.ts';
import { readList } from './list.ts';
import { isAbsent, refusal, statusIn } from './refusal.ts';

/** What came of asking for one kind of objects. */
interface Asked {
  readonly reading: KindReading;
  readonly date: number | null;
  /** Why it was refused; null where it was not. */
  readonly fault: FaultError | null;
}

/** What of a cluster is wanted. */
export interface Wanted {
  readonly kinds: readonly ReadKind[];
  /** Those of them without which the rest is of no use: that one is refused is a fault. */
  readonly required: readonly ReadKind[];
}

/** Lists that are read as a whole, by the paths where they may be. */
const lists: Readonly<Partial<Record<ReadKind, readonly string[]>>> = {
  nodes: ['/api/v1/nodes'],
  peers: ['/apis/kilo.squat.ai/v1alpha1/peers'],
  services: ['/api/v1/services'],
  // Since Kubernetes 1.33, and before that where somebody has turned it on.
  serviceCidrs: ['/apis/networking.k8s.io/v1/servicecidrs', '/apis/networking.k8s.io/v1beta1/servicecidrs'],
  ciliumNodes: ['/apis/cilium.io/v2/ciliumnodes'],
};

/** Of ConfigMaps, just those that tell something: others are nobody's business. */
const configMaps = ['kubeadm-config', 'coredns'].map(
  (name) => `/api/v1/namespaces/kube-system/configmaps/${name}`,
);

/** Where an API server that runs as a static Pod is found. */
const apiServerPods = '/api/v1/namespaces/kube-system/pods';

const allPods = '/api/v1/pods';

/**
 * Reads a cluster from its API, all lists at a time. A list that is refused or does not come is told of in the readings.
 *
 * @throws FaultError where the server is not reached or does not know the user; where a list that is required, or every list, is refused
 */
export async function readCluster(client: ApiClient, { kinds, required }: Wanted): Promise<ClusterReadings> {
  const asked = new Map<ReadKind, Asked>();
  const [first, ...others] = kinds;
  if (first === undefined) return noReadings;
  // Its first answer tells whether there is any use in the others, and the time; what is left of it comes beside them.
  const beginning = ask(client, first);
  const early = await Promise.race([beginning, client.served.then(() => null)]);
  const fault = early?.fault ?? null;
  if (fault !== null && required.includes(first)) throw fault;
  const rest = Promise.all(others.map(async (kind) => [kind, await ask(client, kind)] as const));
  // Where the first fails nobody waits for it.
  rest.catch(() => undefined);
  const start = await beginning;
  if (start.fault !== null && required.includes(first)) throw start.fault;
  asked.set(first, start);
  for (const [kind, one] of await rest) asked.set(kind, one);
  const faults = [...asked.values()].flatMap(({ fault }) => fault ?? []);
  const missing = required.flatMap((kind) => asked.get(kind)?.fault ?? [])[0];
  if (missing !== undefined) throw missing;
  if (faults[0] !== undefined && faults.length === asked.size) throw faults[0];
  const readings = [...asked].map(([kind, { reading }]): [ReadKind, KindReading] => [kind, reading]);
  const found: ClusterReadings = {
    ...noReadings,
    kinds: { ...noReadings.kinds, ...Object.fromEntries(readings) },
    kubeadm: await kubeadmIn(asked.get('configMaps')),
    date: asked.get(first)?.date ?? null,
  };
  const withPods = await withPodAddresses(client, found);
  return { ...withPods, serviceRefusal: await serviceRefusal(client, withPods) };
}

/**
 * The same with every Pod that runs, where nodes have no Pod CIDRs and the Pods of the API server are wanted: there may be a hundred thousand, so
 * of each is kept what it takes to find a way to it. Where they are refused, a warning stays that says which nodes' Pods nothing leads to.
 */
async function withPodAddresses(client: ApiClient, readings: ClusterReadings): Promise<ClusterReadings> {
  const { pods } = readings.kinds;
  if (pods.kind !== 'read' || !wantsPodAddresses(readings)) return readings;
  const query = { fieldSelector: 'status.phase=Running' };
  try {
    const { items } = await readList(client, allPods, 'the Pods', query, leanPod);
    const known = new Set(pods.items.map(identityOf));
    const others = (items ?? []).filter((item) => !known.has(identityOf(item)));
    const reading = { kind: 'read', items: [...pods.items, ...others] } as const;
    return { ...readings, kinds: { ...readings.kinds, pods: reading } };
  } catch (error) {
    if (!(error instanceof FaultError) || isHopeless(error)) throw error;
    return readings;
  }
}

/** Whether the addresses of Pods tell anything. Kilo carries Pod CIDRs and nothing else; most clusters have them, which is seen at once. */
function wantsPodAddresses(readings: ClusterReadings): boolean {
  const nodes = readings.kinds.nodes.kind === 'read' ? readings.kinds.nodes.items : [];
  const lacksCidr = (node: unknown): boolean =>
    isObject(node) && !(isObject(node['spec']) && typeof node['spec']['podCIDR'] === 'string');
  if (!nodes.some(lacksCidr)) return false;
  const cluster = clusterOf(readings);
  return cluster.network !== 'kilo' && cluster.nodes.some(({ podCidrs }) => podCidrs.length === 0);
}

function identityOf(item: unknown): string {
  const metadata = isObject(item) && isObject(item['metadata']) ? item['metadata'] : {};
  return JSON.stringify([metadata['namespace'], metadata['name']]);
}

/** Faults of the connection, or of who somebody is, in which every further question would end too. */
const hopeless: ReadonlySet<string> = new Set([
  'api-unreachable',
  'api-on-loopback',
  'api-certificate-untrusted',
  'api-unauthorized',
  'client-certificate-expired',
]);

async function ask(client: ApiClient, kind: ReadKind): Promise<Asked> {
  try {
    const { items, date } = await itemsOf(client, kind);
    return { reading: items === null ? { kind: 'absent' } : { kind: 'read', items }, date, fault: null };
  } catch (error) {
    if (!(error instanceof FaultError) || isHopeless(error)) throw error;
    return { reading: { kind: 'refused', reason: error.fault.message }, date: null, fault: error };
  }
}

function isHopeless({ fault }: FaultError): boolean {
  return hopeless.has(fault.code) || fault.code.startsWith('exec-') || fault.code.startsWith('kubeconfig-');
}

/** What was read of a kind; null where the cluster has no such API. */
interface Found {
  readonly items: readonly unknown[] | null;
  readonly date: number | null;
}

async function itemsOf(client: ApiClient, kind: ReadKind): Promise<Found> {
  if (kind === 'configMaps') return readConfigMaps(client);
  if (kind === 'pods')
    return readList(client, apiServerPods, 'the Pods of kube-system', {
      labelSelector: 'component=kube-apiserver',
    });
  let found: Found = { items: null, date: null };
  for (const path of lists[kind] ?? []) {
    found = await readList(client, path, `the ${kind}`);
    if (found.items !== null) break;
  }
  return found;
}

async function readConfigMaps(client: ApiClient): Promise<Found> {
  const answers = await Promise.all(configMaps.map((path) => client.ask({ method: 'GET', path })));
  const refused = answers.find((answer) => !isConfigMap(answer) && !isAbsent(answer));
  if (refused !== undefined)
    throw refusal(client.access.server.origin, 'the configMaps of kube-system', refused);
  return { items: answers.filter(isConfigMap).map(({ value }) => value), date: answers[0]?.date ?? null };
}

function isConfigMap({ status, value }: ApiAnswer): boolean {
  return status === 200 && isObject(value) && value['kind'] === 'ConfigMap';
}

function kubeadmIn(asked: Asked | undefined): Promise<unknown> {
  const items = asked?.reading.kind === 'read' ? asked.reading.items : [];
  return readKubeadm(items.filter(isObject));
}

/** A Service that no cluster takes, since its address is in nobody's range. */
const impossibleService = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { generateName: 'adit-' },
  spec: { clusterIP: '1.1.1.1', ports: [{ port: 443 }] },
};

/**
 * What the server says to a Service with an impossible address, which is tried and never made. It names one range of several, so it is
 * for servers without ServiceCIDR objects only: not for a person who may not read them.
 */
async function serviceRefusal(client: ApiClient, readings: ClusterReadings): Promise<string | null> {
  if (readings.kinds.serviceCidrs.kind !== 'absent') return null;
  const isKnown = clusterOf(readings).serviceCidrs.some(({ guessed }) => !guessed);
  if (isKnown) return null;
  try {
    const answer = await client.ask({
      method: 'POST',
      path: '/api/v1/namespaces/default/services',
      query: { dryRun: 'All' },
      body: impossibleService,
    });
    return statusIn(answer)?.message ?? null;
  } catch (error) {
    // It is one way of six.
    if (error instanceof FaultError) return null;
    throw error;
  }
}
