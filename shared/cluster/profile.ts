import { FaultError } from '../fault.ts';
import { peerLines, replacePeers, sectionsText } from '../config/index.ts';
import type { ConfFile } from '../config/index.ts';
import { addressBits } from '../network/address.ts';
import { formatInterfaceAddress, samePrefix, networkOf } from '../network/prefix.ts';
import type { InterfaceAddress, Prefix } from '../network/prefix.ts';
import type { KeyText } from '../tunnel/status.ts';
import type { Cluster, KiloFacts } from './cluster.ts';
import { compareBytes } from './values/order.ts';
import { clusterWarning } from './warnings/catalogue.ts';
import type { KiloMesh, MeshPeer } from './kilo/mesh.ts';
import { meshPeerNamed, peerSections } from './kilo/peer-sections.ts';
import type { PeerSection } from './kilo/peer-sections.ts';

/** What a profile is to hold beside the peers that Kilo gives. */
export interface ProfileOptions {
  /** The name of the Peer object whose end it is. */
  readonly peer: string;
  /** Networks of Services to reach; none for just what Kilo gives. */
  readonly serviceCidrs: readonly Prefix[];
  /** The node through which they are reached; the first by name where nobody says. */
  readonly gateway: string | null;
}

/** A profile for a Peer of Kilo. */
export interface ClusterProfile {
  /** The addresses of the interface. */
  readonly addresses: readonly InterfaceAddress[];
  readonly peers: readonly PeerSection[];
  /** The node through which Services are reached; null where they are not. */
  readonly gateway: string | null;
}

/**
 * The profile of one of Kilo's Peers. Without networks of Services its peers are those of `kgctl showconf peer NAME`.
 *
 * @throws FaultError `kilo-absent`, `kilo-nodes-missing`, `kilo-subnet-full`, `kilo-peer-invalid`, `kilo-peer-not-found`,
 *   `gateway-not-found`
 */
export function kiloProfile(cluster: Cluster, options: ProfileOptions): ClusterProfile {
  checkNotRefused(cluster, options.peer);
  const mesh = meshOf(cluster);
  const own = meshPeerNamed(mesh, options.peer);
  const sections = peerSections(mesh, own);
  const addresses = addressesOf(own);
  if (options.serviceCidrs.length === 0) return { addresses, peers: sections, gateway: null };
  const { group, node } = gatewayOf(mesh, options.gateway);
  return { addresses, peers: withServices(sections, group, options.serviceCidrs), gateway: node };
}

/** The addresses that a Peer has for itself; the rest of its AllowedIPs are networks behind it. */
export function addressesOf({ allowedIps }: MeshPeer): InterfaceAddress[] {
  return allowedIps.filter(({ address, length }) => length === addressBits[address.family]);
}

/** The text of a profile, without a private key. @param label a name for the people who see it */
export function profileText({ addresses, peers }: ClusterProfile, label: string): string {
  return sectionsText([
    [
      '[Interface]',
      `# Name = ${onOneLine(label)}`,
      ...(addresses.length === 0 ? [] : [`Address = ${addresses.map(formatInterfaceAddress).join(', ')}`]),
    ],
    ...peers.map(sectionLines),
  ]);
}

/** The text of a profile with the peers that its cluster gives now. What the person has written beside them stays. @param written keys of the peers that it gave before */
export function withPeersOf({ peers }: ClusterProfile, file: ConfFile, written: Iterable<KeyText>): ConfFile {
  const keys = new Set([...written, ...peers.map(({ publicKey }) => publicKey)]);
  return replacePeers(file, keys, peers.map(sectionLines));
}

/** The [Peer] of a section, line by line. */
export function sectionLines(peer: PeerSection): string[] {
  return peerLines({
    ...peer,
    name: onOneLine(peer.name),
    allowedIps: peer.allowedIps.map(formatInterfaceAddress),
    keepalive: peer.persistentKeepalive === 0 ? null : peer.persistentKeepalive,
  });
}

/** Whoever annotates nodes writes no lines into profiles. */
function onOneLine(name: string): string {
  return name.replace(/[\p{Cc}\u2028\u2029]/gu, '\u{fffd}');
}

/** Kilo's mesh. @throws FaultError `kilo-absent`, `kilo-nodes-missing`, `kilo-subnet-full` */
export function meshOf(cluster: Cluster): KiloMesh {
  const { reading } = kiloOf(cluster);
  if (reading.kind === 'none') throw new FaultError(reading.fault);
  return reading.mesh;
}

/** What is known of the cluster's Kilo, mesh or not. @throws FaultError `kilo-absent` */
export function kiloOf({ kilo, network }: Cluster): KiloFacts {
  if (kilo !== null) return kilo;
  throw new FaultError({
    code: 'kilo-absent',
    message:
      network === 'none'
        ? 'The cluster has no Kilo.'
        : `The cluster has no Kilo, but ${network}’s WireGuard, which takes no peers from outside.`,
    hint: 'A Peer is one of Kilo’s. A second mesh reaches what this cluster has: adit cluster manifest --every-node --as NAME > node.sh',
  });
}

/** @throws FaultError `kilo-peer-invalid`: Kilo passes over this Peer */
function checkNotRefused({ kilo }: Cluster, peer: string): void {
  const refused = kilo?.peers.refused.find(({ name }) => name === peer);
  if (refused === undefined) return;
  const { message, hint } = clusterWarning('peer-invalid', `peer/${peer}`, refused);
  throw new FaultError({ code: 'kilo-peer-invalid', message, hint });
}

/**
 * The node that Services are reached through, and its group, whose leader it is that we dial.
 *
 * @param name null for the first of all
 * @throws FaultError `gateway-not-found`
 */
export function gatewayOf(
  { groups }: KiloMesh,
  name: string | null,
): { readonly group: number; readonly node: string } {
  const names = groups.flatMap(({ nodes }, group) => nodes.map((node) => ({ group, node: node.name })));
  names.sort((a, b) => compareBytes(a.node, b.node));
  const gateway = name === null ? names[0] : names.find(({ node }) => node === name);
  if (gateway !== undefined) return gateway;
  throw new FaultError({
    code: 'gateway-not-found',
    message: `No node ${JSON.stringify(name)} is in Kilo’s mesh at the moment.`,
    hint: `There are: ${names
      .slice(0, 20)
      .map(({ node }) => node)
      .join(', ')}${names.length > 20 ? ', …' : ''}.`,
  });
}

/** The sections with networks of Services on that of one group, and on no other. @param group the index of its section */
export function withServices(
  sections: readonly PeerSection[],
  group: number,
  services: readonly Prefix[],
): PeerSection[] {
  const isService = (cidr: InterfaceAddress): boolean =>
    services.some((service) => samePrefix(service, networkOf(cidr)));
  return sections.map((section, index) => {
    const others = section.allowedIps.filter((cidr) => !isService(cidr));
    const added = services.map(({ family, words, length }) => ({ address: { family, words }, length }));
    return { ...section, allowedIps: index === group ? [...others, ...added] : others };
  });
}
