import { clusterDns } from './dns.ts';
import type { ClusterDns } from './dns.ts';
import { regionLabel } from './kilo/annotations.ts';
import { kiloMesh } from './kilo/mesh.ts';
import type { KiloReading } from './kilo/mesh.ts';
import { readKiloNode } from './kilo/node.ts';
import type { Granularity, KiloNode } from './kilo/node.ts';
import { clusterMtu, leastOverhead } from './mtu.ts';
import type { ClusterMtu } from './mtu.ts';
import { ciliumKeys, ciliumPodCidrs } from './networks/cilium.ts';
import { networkOfNodes } from './networks/network.ts';
import type { ClusterNetwork } from './networks/network.ts';
import { readApiServerWords } from './objects/api-server.ts';
import { readConfigMaps } from './objects/config-map.ts';
import { readKiloPeers } from './objects/kilo-peer.ts';
import type { KiloPeers } from './objects/kilo-peer.ts';
import { readNodes } from './objects/node.ts';
import type { ClusterNode } from './objects/node.ts';
import { serverWords as serverWordsOf } from './objects/node-arguments.ts';
import { readPodAddresses } from './objects/pod.ts';
import { podRoutes } from './pod-routes.ts';
import { readServiceCidrs } from './objects/service-cidr.ts';
import { readServices } from './objects/service.ts';
import { itemsOf, readKinds } from './readings.ts';
import type { ClusterReadings } from './readings.ts';
import { serviceCidrs } from './service-cidrs.ts';
import type { ServiceCidr } from './service-cidrs.ts';
import { clusterWarning } from './warnings/catalogue.ts';
import type { ClusterWarning, Report } from './warnings/catalogue.ts';
import { checkKiloNodes, checkMesh } from './warnings/rules/mesh.ts';
import { checkNodes } from './warnings/rules/nodes.ts';
import { checkPeers } from './warnings/rules/peers.ts';
import { checkRanges } from './warnings/rules/ranges.ts';

/** What a person may say of a cluster, where it is not to be found out. */
export interface ClusterOptions {
  readonly granularity?: Granularity;
  /** The label that gives nodes their locations. */
  readonly topologyLabel?: string;
  /** What time it is; Unix seconds. */
  readonly now?: number;
}

/** What is known of a cluster. */
export interface Cluster {
  readonly network: ClusterNetwork;
  /** By name. */
  readonly nodes: readonly ClusterNode[];
  /** Null where the network is not Kilo's. */
  readonly kilo: KiloFacts | null;
  /** Public keys of Cilium, by the names of nodes. */
  readonly ciliumKeys: ReadonlyMap<string, string>;
  readonly serviceCidrs: readonly ServiceCidr[];
  readonly mtu: ClusterMtu;
  readonly dns: ClusterDns;
  readonly warnings: readonly ClusterWarning[];
}

/** What is known of a cluster's Kilo. */
export interface KiloFacts {
  readonly granularity: Granularity;
  /** Whether nobody says so, neither a node nor a person. */
  readonly granularityGuessed: boolean;
  /** What time readiness was judged at; Unix seconds. */
  readonly now: number;
  /** By name. */
  readonly nodes: readonly KiloNode[];
  readonly peers: KiloPeers;
  readonly reading: KiloReading;
}

/** Makes out what was read of a cluster. Nothing in it is an exception: what cannot be read is a warning. */
export function clusterOf(readings: ClusterReadings, options: ClusterOptions = {}): Cluster {
  const warnings: ClusterWarning[] = [];
  const report: Report = (warning) => warnings.push(warning);
  for (const kind of readKinds) {
    const reading = readings.kinds[kind];
    if (reading.kind === 'refused') report(clusterWarning('list-refused', 'cluster', kind, reading.reason));
  }
  const bareNodes = readNodes(itemsOf(readings, 'nodes'), report);
  const services = readServices(itemsOf(readings, 'services'), report);
  const serverWords = serverWordsOf(bareNodes);
  const keys = ciliumKeys(itemsOf(readings, 'ciliumNodes'), bareNodes, report);
  const network = networkOfNodes(bareNodes, keys);
  // Kilo carries what Kubernetes says, and nothing else.
  const nodes = network === 'kilo' ? bareNodes : withPodCidrs(readings, bareNodes, report);
  checkNodes(nodes, network, report);
  const kilo = network === 'kilo' ? kiloFacts(readings, nodes, options, report) : null;
  const cidrs = serviceCidrs({
    objects: readServiceCidrs(itemsOf(readings, 'serviceCidrs'), report),
    kubeadm: readings.kubeadm,
    serverWords,
    apiServerWords: readApiServerWords(itemsOf(readings, 'pods'), report),
    refusal: readings.serviceRefusal,
    services,
  });
  checkRanges(cidrs, nodes, kilo?.reading.kind === 'mesh' ? kilo.reading.mesh : null, report);
  const mtu = clusterMtu(network, nodes);
  if (mtu.bytes !== null && mtu.bytes > mtu.path - leastOverhead)
    report(clusterWarning('mtu-above-path', 'cluster', mtu.bytes, mtu.path));
  const configMaps = readConfigMaps(itemsOf(readings, 'configMaps'), report);
  return {
    network,
    nodes,
    kilo,
    ciliumKeys: keys,
    serviceCidrs: cidrs,
    mtu,
    dns: clusterDns(services, configMaps, readings.kubeadm, serverWords, cidrs),
    warnings,
  };
}

/** The nodes, with Pod CIDRs from elsewhere where Kubernetes gives none. */
function withPodCidrs(
  readings: ClusterReadings,
  nodes: readonly ClusterNode[],
  report: Report,
): readonly ClusterNode[] {
  const cilium = ciliumPodCidrs(itemsOf(readings, 'ciliumNodes'));
  const known = nodes.map((node): ClusterNode => {
    const given = cilium.get(node.name) ?? [];
    return given.length === 0 ? node : { ...node, podCidrs: given };
  });
  if (known.every(({ podCidrs }) => podCidrs.length > 0)) return known;
  const ofNodes = known.flatMap(({ addresses }) => addresses);
  const routes = podRoutes(readPodAddresses(itemsOf(readings, 'pods')), ofNodes);
  return known.map((node) => {
    const found = routes.get(node.name) ?? [];
    if (node.podCidrs.length > 0 || found.length === 0) return node;
    report(clusterWarning('pod-cidr-from-pods', `node/${node.name}`, found.length));
    return { ...node, podCidrs: found };
  });
}

function kiloFacts(
  readings: ClusterReadings,
  clusterNodes: readonly ClusterNode[],
  options: ClusterOptions,
  report: Report,
): KiloFacts {
  const topologyLabel = options.topologyLabel ?? regionLabel;
  const nodes = clusterNodes.map((node) => readKiloNode(node, topologyLabel, report));
  const peers = readKiloPeers(itemsOf(readings, 'peers'), report);
  const now = options.now ?? readings.date ?? lastSeenTime(nodes, readings.filesReadAt, report);
  const { granularity, guessed } = granularityOf(nodes, options.granularity, report);
  const reading = kiloMesh(nodes, peers.peers, granularity, now);
  checkKiloNodes(nodes, now, report);
  checkPeers(peers.peers, report);
  if (reading.kind === 'mesh')
    checkMesh(reading.mesh, new Map(clusterNodes.map((node) => [node.name, node])), report);
  return { granularity, granularityGuessed: guessed, now, nodes, peers, reading };
}

/** How far the clock of a machine may be ahead of this one's before what it says is passed over; seconds. */
const clockMargin = 60;

/**
 * For files: a list cannot be older than the last that a node has said in it. Nodes whose clocks are ahead of the time at which it was
 * read say nothing of that, unless it is most of them.
 */
function lastSeenTime(nodes: readonly KiloNode[], readAt: number | null, report: Report): number {
  const times = nodes.map(({ lastSeen }) => lastSeen).filter((time) => time > 0);
  const past = readAt === null ? times : times.filter((time) => time <= readAt + clockMargin);
  const counted = past.length > times.length / 2 ? past : times;
  const now = counted.reduce((latest, time) => Math.max(latest, time), 0);
  report(clusterWarning('clock-from-nodes', 'cluster', timeText(now)));
  return now;
}

/** The last second that a Date can tell. */
const lastSecond = 8_640_000_000_000;

/** A time in ISO 8601; Unix seconds for one that no calendar has. */
function timeText(seconds: number): string {
  return Math.abs(seconds) > lastSecond ? String(seconds) : new Date(seconds * 1000).toISOString();
}

/**
 * The granularity of the mesh: what the person says, else what the first node says that says any. Without one, kgctl refuses.
 *
 * @see kilo cmd/kgctl/main.go determineGranularity
 */
function granularityOf(
  nodes: readonly KiloNode[],
  given: Granularity | undefined,
  report: Report,
): { readonly granularity: Granularity; readonly guessed: boolean } {
  const taken = given ?? nodes.find((node) => node.granularity !== null)?.granularity ?? null;
  if (taken === null) {
    report(clusterWarning('granularity-guessed', 'cluster'));
    return { granularity: 'location', guessed: true };
  }
  for (const { name, granularity } of nodes) {
    if (granularity !== null && granularity !== taken)
      report(clusterWarning('granularity-mixed', `node/${name}`, granularity, taken));
  }
  return { granularity: taken, guessed: false };
}
