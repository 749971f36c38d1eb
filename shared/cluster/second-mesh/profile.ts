import { FaultError } from '../../fault.ts';
import type { Address } from '../../network/address.ts';
import { covers, hostPrefix } from '../../network/prefix.ts';
import type { InterfaceAddress, Prefix } from '../../network/prefix.ts';
import { PrefixSet } from '../../network/prefix-set.ts';
import type { Cluster } from '../cluster.ts';
import type { PeerSection } from '../kilo/peer-sections.ts';
import type { ClusterProfile } from '../profile.ts';
import { formatMeshEndpoint } from '../values/endpoint.ts';
import { clusterWarning } from '../warnings/catalogue.ts';
import type { ClusterWarning } from '../warnings/catalogue.ts';
import type { MeshMember } from './members.ts';
import { familiesOf } from './tunnel-network.ts';

/** How a second mesh is used. */
export interface SecondMeshOptions {
  /** The laptop's own, as the nodes' scripts have them. What they have no family of is not reached. */
  readonly addresses: readonly Address[];
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
 * The profile of a laptop in a second mesh: a peer for each member that the cluster has, or for the gateway alone.
 *
 * @throws FaultError `gateway-not-found`
 */
export function secondMeshProfile(
  cluster: Cluster,
  members: readonly MeshMember[],
  options: SecondMeshOptions,
): ClusterProfile {
  const { addresses, single } = options;
  const present = presentMembers(cluster, members);
  const gateway = meshGateway(cluster, present, options.gateway);
  const isCarried = carriedBy(addresses);
  const podCidrsOf = podCidrsIn(cluster, present, options.podCidrs, isCarried);
  const serviceCidrs = options.serviceCidrs.filter(isCarried);
  const reached = single ? cluster.nodes.map(({ name }) => name) : null;
  const taken = single ? present.filter(({ name }) => name === gateway) : present;
  const peers = taken.map((member): PeerSection => {
    const pods = (reached ?? [member.name]).flatMap(podCidrsOf);
    const services = (member.name === gateway ? serviceCidrs : []).filter(
      (service) => !pods.some((cidr) => covers(cidr, service)),
    );
    const own = member.addresses.map(hostPrefix).filter(isCarried);
    return {
      name: member.name,
      publicKey: member.publicKey,
      presharedKey: null,
      allowedIps: [...own, ...PrefixSet.of(pods).prefixes(), ...services].map(asAddress),
      endpoint: formatMeshEndpoint(member.endpoint),
      persistentKeepalive,
    };
  });
  return {
    addresses: addresses.map((address) => asAddress(hostPrefix(address))),
    peers,
    gateway: single || serviceCidrs.length > 0 ? gateway : null,
  };
}

/** The members that the cluster has at the moment, in the order of their names. */
export function presentMembers({ nodes }: Cluster, members: readonly MeshMember[]): MeshMember[] {
  const known = new Map(members.map((member) => [member.name, member]));
  return nodes.flatMap(({ name }) => known.get(name) ?? []);
}

/** What a profile of a second mesh leaves out: Pods of nodes without a Pod CIDR, and a family that the tunnel does not have. */
export function secondMeshWarnings(
  cluster: Cluster,
  members: readonly MeshMember[],
  { addresses, podCidrs, serviceCidrs }: Pick<SecondMeshOptions, 'addresses' | 'podCidrs' | 'serviceCidrs'>,
  profile: string,
): ClusterWarning[] {
  const podCidrsOf = podCidrsIn(cluster, members, podCidrs, carriedBy(addresses));
  const own = new Set(addresses.map(({ family }) => family));
  const known = new Set(familiesOf(cluster));
  const given = [...[...podCidrs.values()].flat(), ...serviceCidrs].map(({ family }) => family);
  return [
    ...[...new Set([...known, ...given])]
      .filter((family) => !own.has(family))
      .map((family) => clusterWarning('family-unreached', 'cluster', family, profile, known.has(family))),
    ...cluster.nodes
      .filter(({ name }) => podCidrsOf(name).length === 0)
      .map(({ name }) => clusterWarning('node-pods-unreached', `node/${name}`)),
  ];
}

/** Whether a network is of a family that the tunnel has. */
export function carriedBy(addresses: readonly Address[]): (prefix: Prefix) => boolean {
  const families = new Set(addresses.map(({ family }) => family));
  return ({ family }) => families.has(family);
}

function podCidrsIn(
  { nodes }: Cluster,
  members: readonly MeshMember[],
  given: ReadonlyMap<string, readonly Prefix[]>,
  isCarried: (prefix: Prefix) => boolean,
): (name: string) => readonly Prefix[] {
  const known = new Map([...nodes, ...members].map(({ name, podCidrs }) => [name, podCidrs]));
  return (name) => (given.get(name) ?? known.get(name) ?? []).filter(isCarried);
}

/**
 * The node for Services.
 *
 * @param present of which there has to be one
 * @param name null for the first by name that is ready, else the first
 * @throws FaultError `gateway-not-found`
 */
function meshGateway({ nodes }: Cluster, present: readonly MeshMember[], name: string | null): string {
  const names = new Set(present.map((member) => member.name));
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

function asAddress({ family, words, length }: Prefix): InterfaceAddress {
  return { address: { family, words }, length };
}
