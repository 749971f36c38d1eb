import { FaultError } from '../../fault.ts';
import { covers, hostPrefix } from '../../network/prefix.ts';
import type { InterfaceAddress, Prefix } from '../../network/prefix.ts';
import { PrefixSet } from '../../network/prefix-set.ts';
import type { Cluster } from '../cluster.ts';
import type { PeerSection } from '../kilo/peer-sections.ts';
import type { ClusterProfile } from '../profile.ts';
import { formatMeshEndpoint } from '../values/endpoint.ts';
import { clusterWarning } from '../warnings/catalogue.ts';
import type { ClusterWarning } from '../warnings/catalogue.ts';
import type { NodeLine } from './node-lines.ts';
import { secondMeshOf } from './plan.ts';
import type { LaptopEnd, SecondMeshNode } from './plan.ts';

/** How a second mesh is used. */
export interface SecondMeshOptions {
  /** The laptop's end, as the nodes' scripts have it. */
  readonly laptop: LaptopEnd;
  /** Whether all Pods are reached through one node, and not each through its own. */
  readonly single: boolean;
  /** The node for Services, and with `single` for all else; the first by name that is ready where nobody says. */
  readonly gateway: string | null;
  /** Networks of Services to reach; none for Pods alone. */
  readonly serviceCidrs: readonly Prefix[];
  /** Pod CIDRs of nodes in the place of what the cluster says. */
  readonly podCidrs: ReadonlyMap<string, readonly Prefix[]>;
}

/** Seconds; less than any router forgets a connection in. */
const persistentKeepalive = 25;

/**
 * The profile of a laptop in a second mesh: a peer for each node that has a line, or for the gateway alone.
 *
 * It is one of IPv4, and leaves out Pod CIDRs and Service CIDRs of IPv6.
 *
 * @throws FaultError `gateway-not-found`, and as {@link secondMeshOf}
 */
export function secondMeshProfile(
  cluster: Cluster,
  lines: readonly NodeLine[],
  options: SecondMeshOptions,
): ClusterProfile {
  const { laptop, single, serviceCidrs } = options;
  const mesh = secondMeshOf(cluster, laptop);
  const known = new Map(mesh.nodes.map((node) => [node.name, node]));
  const pairs = lines.flatMap((line) => {
    const node = known.get(line.name);
    return node === undefined ? [] : [{ line, node }];
  });
  const gateway = gatewayOf(cluster, pairs, options.gateway);
  const podCidrsOf = podCidrsIn(cluster, options.podCidrs);
  const reached = single ? cluster.nodes.map(({ name }) => name) : null;
  const taken = single ? pairs.filter(({ line }) => line.name === gateway) : pairs;
  const peers = taken.map(({ line, node }): PeerSection => {
    const pods = (reached ?? [node.name]).flatMap(podCidrsOf);
    const services = (node.name === gateway ? serviceCidrs.filter(isIPv4) : []).filter(
      (service) => !pods.some((cidr) => covers(cidr, service)),
    );
    const networks = [...PrefixSet.of(pods).prefixes(), ...services];
    return {
      name: node.name,
      publicKey: line.publicKey,
      presharedKey: null,
      allowedIps: [hostOf(node), ...networks.map(asAddress)],
      endpoint: formatMeshEndpoint(line.endpoint),
      persistentKeepalive,
    };
  });
  return {
    addresses: [{ address: laptop.address, length: 32 }],
    peers,
    gateway: single || serviceCidrs.length > 0 ? gateway : null,
  };
}

/** What a profile of a second mesh leaves out: Pods of nodes that have no Pod CIDR of IPv4. */
export function secondMeshWarnings(
  { nodes }: Cluster,
  { podCidrs }: Pick<SecondMeshOptions, 'podCidrs'>,
): ClusterWarning[] {
  return nodes
    .filter((node) => !(podCidrs.get(node.name) ?? node.podCidrs).some(isIPv4))
    .map(({ name }) => clusterWarning('node-pods-unreached', `node/${name}`));
}

function podCidrsIn(
  { nodes }: Cluster,
  given: ReadonlyMap<string, readonly Prefix[]>,
): (name: string) => Prefix[] {
  const known = new Map(nodes.map((node) => [node.name, node.podCidrs]));
  return (name) => (given.get(name) ?? known.get(name) ?? []).filter(isIPv4);
}

function gatewayOf(
  { nodes }: Cluster,
  pairs: readonly { readonly node: SecondMeshNode }[],
  name: string | null,
): string {
  const names = new Set(pairs.map(({ node }) => node.name));
  const candidates = nodes.filter((node) => names.has(node.name));
  const first = candidates.find(({ isReady }) => isReady === true) ?? candidates[0];
  const gateway = name === null ? first?.name : candidates.find((node) => node.name === name)?.name;
  if (gateway !== undefined) return gateway;
  throw new FaultError({
    code: 'gateway-not-found',
    message: `No line was collected of the node ${JSON.stringify(name)}.`,
    hint: `There are: ${[...names].slice(0, 20).join(', ')}${names.size > 20 ? ', …' : ''}.`,
  });
}

function isIPv4({ family }: Prefix): boolean {
  return family === 4;
}

function hostOf({ address }: SecondMeshNode): InterfaceAddress {
  return asAddress(hostPrefix(address));
}

function asAddress({ family, words, length }: Prefix): InterfaceAddress {
  return { address: { family, words }, length };
}
