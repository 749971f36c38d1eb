import { FaultError } from '../../fault.ts';
import { formatPrefix, networkOf } from '../../network/prefix.ts';
import type { InterfaceAddress } from '../../network/prefix.ts';
import type { Cluster, KiloFacts } from '../cluster.ts';
import { addressesOfNode, hostCidr, kiloMesh } from '../kilo/mesh.ts';
import type { KiloMesh, MeshGroup } from '../kilo/mesh.ts';
import type { KiloNode } from '../kilo/node.ts';
import { meshPeerNamed, peerSections } from '../kilo/peer-sections.ts';
import type { PeerSection } from '../kilo/peer-sections.ts';
import { gatewayOf, kiloProfile, meshOf, withServices } from '../profile.ts';
import type { ClusterProfile, ProfileOptions } from '../profile.ts';
import { attend, staleNodes } from './attendance.ts';
import type { Attendance } from './attendance.ts';

/** A profile that follows its cluster. */
export interface FollowedProfile {
  readonly profile: ClusterProfile;
  /** To be given back with the next answer of the API. */
  readonly attendance: Attendance;
  /** The names of the nodes that do not check in any more, and have their peers still. */
  readonly stale: readonly string[];
}

/** What a mesh gives to whom: a section for each group, and where each of its nodes is. */
interface Sections {
  readonly sections: readonly PeerSection[];
  /** The index of the section of a node. */
  readonly placeOf: ReadonlyMap<string, number>;
}

/**
 * The profile of one of Kilo's Peers, as {@link kiloProfile} gives it, and for some minutes more what nodes had that have stopped to check
 * in, save what the mesh has given to others since. A gateway that is gone is none: then the first node is.
 *
 * @param before what was found out with the last answer; null for the first
 * @param wasAway whether the API has not answered since then
 * @throws FaultError what {@link kiloProfile} throws, save `gateway-not-found`
 */
export function followedProfile(
  cluster: Cluster,
  options: ProfileOptions,
  before: Attendance | null,
  wasAway: boolean,
): FollowedProfile {
  const mesh = meshOf(cluster);
  const { kilo } = cluster;
  if (kilo === null) throw new RangeError('a mesh without Kilo');
  const attendance = attend(before, kilo.nodes, kilo.now, wasAway);
  const stale = staleNodes(attendance, kilo.nodes);
  const { peer, serviceCidrs, gateway } = options;
  const fresh = kiloProfile(cluster, { peer, serviceCidrs: [], gateway: null });
  const { sections, placeOf } = withStale(
    { sections: fresh.peers, placeOf: placesIn(mesh) },
    mesh,
    kilo,
    stale,
    peer,
  );
  const known = { attendance, stale: stale.map(({ name }) => name) };
  if (serviceCidrs.length === 0) return { profile: { ...fresh, peers: sections }, ...known };
  const chosen = gateway === null ? undefined : placeOf.get(gateway);
  const way = chosen === undefined ? gatewayOf(mesh, null) : { group: chosen, node: gateway };
  return {
    profile: { ...fresh, peers: withServices(sections, way.group, serviceCidrs), gateway: way.node },
    ...known,
  };
}

function placesIn({ groups }: KiloMesh): Map<string, number> {
  return new Map(groups.flatMap(({ nodes }, index) => nodes.map(({ name }) => [name, index] as const)));
}

/**
 * Gives what stale nodes had to their groups, or to sections of their own where their leader is stale too: nodes that do not check in keep
 * the mesh that they had, in which it leads them. What is near their location is reached by any leader of it.
 *
 * @see kilo pkg/mesh/mesh.go applyTopology, which changes nothing on a node that could not check in
 */
function withStale(
  fresh: Sections,
  mesh: KiloMesh,
  kilo: KiloFacts,
  stale: readonly KiloNode[],
  peer: string,
): Sections {
  if (stale.length === 0) return fresh;
  const extended = extendedMesh(kilo, stale);
  const labels = peerSections(extended, meshPeerNamed(extended, peer));
  const names = new Set(stale.map(({ name }) => name));
  const places = new Map(mesh.groups.map(({ key }, index) => [key, index]));
  const claimed = new Set(fresh.sections.flatMap(({ allowedIps }) => allowedIps.map(networkText)));
  const keys = new Set(fresh.sections.map(({ publicKey }) => publicKey));
  const sections = [...fresh.sections];
  const placeOf = new Map(fresh.placeOf);
  const unclaimed = (cidrs: readonly InterfaceAddress[]): InterfaceAddress[] =>
    cidrs.filter((cidr) => {
      const text = networkText(cidr);
      const isFree = !claimed.has(text);
      claimed.add(text);
      return isFree;
    });
  extended.groups.forEach((group, index) => {
    const members = group.nodes.filter(({ name }) => names.has(name));
    const label = labels[index];
    if (members.length === 0 || label === undefined) return;
    const place = places.get(group.key);
    const present = place === undefined ? undefined : sections[place];
    const isOwn = names.has(group.leader.name) && !keys.has(label.publicKey);
    if (place !== undefined && present !== undefined) {
      const theirs = isOwn ? [] : members.flatMap(addressesOfNode);
      const allowedIps = [...present.allowedIps, ...unclaimed([...theirs, ...group.locationIps])];
      sections[place] = { ...present, allowedIps };
      for (const { name } of members) placeOf.set(name, place);
    }
    if (!isOwn) return;
    const theirs = unclaimed(whatGroupHad(group, members));
    if (theirs.length === 0) return;
    if (place === undefined) for (const { name } of members) placeOf.set(name, sections.length);
    sections.push({ ...label, name: `${label.name} (stale)`, allowedIps: theirs });
  });
  return { sections, placeOf };
}

/** The mesh as it would be if nodes had checked in that have not. */
function extendedMesh({ nodes, peers, granularity, now }: KiloFacts, stale: readonly KiloNode[]): KiloMesh {
  const there = new Set(stale);
  const reading = kiloMesh(
    nodes.map((node) => (there.has(node) ? { ...node, lastSeen: now } : node)),
    peers.peers,
    granularity,
    now,
  );
  if (reading.kind === 'mesh') return reading.mesh;
  throw new FaultError(reading.fault);
}

/** What stale nodes of a group had by their leader. Its address is the one that it wrote down: those of a mesh shift. */
function whatGroupHad({ leader, locationIps }: MeshGroup, members: MeshGroup['nodes']): InterfaceAddress[] {
  const { wireguardIp } = leader;
  return [
    ...members.flatMap(addressesOfNode),
    ...(wireguardIp === null ? [] : [hostCidr(wireguardIp.address)]),
    ...locationIps,
  ];
}

function networkText(cidr: InterfaceAddress): string {
  return formatPrefix(networkOf(cidr));
}
