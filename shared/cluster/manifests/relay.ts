import { forwardSteps, peerLines, sectionsText } from '../../config/index.ts';
import type { Step } from '../../config/index.ts';
import { FaultError } from '../../fault.ts';
import { formatAddress } from '../../network/address.ts';
import type { Address } from '../../network/address.ts';
import {
  contains,
  formatInterfaceAddress,
  formatPrefix,
  hostPrefix,
  networkOf,
  overlaps,
} from '../../network/prefix.ts';
import type { InterfaceAddress, Prefix } from '../../network/prefix.ts';
import { PrefixSet } from '../../network/prefix-set.ts';
import type { KeyText } from '../../tunnel/status.ts';
import { clusterOf } from '../cluster.ts';
import type { ClusterOptions } from '../cluster.ts';
import { isObject } from '../objects/fields.ts';
import { kiloProfile, sectionLines } from '../profile.ts';
import type { ProfileOptions } from '../profile.ts';
import { itemsOf } from '../readings.ts';
import type { ClusterReadings } from '../readings.ts';
import { formatMeshEndpoint } from '../values/endpoint.ts';
import type { MeshEndpoint } from '../values/endpoint.ts';
import { isHost, takenIn } from './free-address.ts';
import { peerManifest, usualKeepalive } from './peer.ts';
import type { PeerManifest } from './peer.ts';

/** A host that is a Peer of the cluster, and through which laptops reach it that are none. */
export interface RelayWish {
  /** A name as Kubernetes takes it. */
  readonly name: string;
  readonly publicKey: KeyText;
  /** Its address in the tunnel with the network of the laptops behind it: 10.200.200.2/24. */
  readonly address: InterfaceAddress;
  /** Where nodes and laptops dial it. */
  readonly endpoint: MeshEndpoint;
  /** Its interface, for routes and rules. */
  readonly interface: string;
  /** Null where it is no part of this. */
  readonly laptop: { readonly publicKey: KeyText; readonly address: Address } | null;
}

/** What the three of them need. */
export interface RelayPlan {
  readonly peer: PeerManifest;
  /** [Peer] sections for the relay, beside its own [Interface]. */
  readonly relay: string;
  /** Routes that the relay takes into its interface where wg-quick does not make them. */
  readonly routes: readonly string[];
  /** So that the relay passes packets on. The nodes know the way back: nothing is masqueraded. */
  readonly steps: readonly Step[];
  /** The [Peer] section for laptops. */
  readonly laptop: string;
}

/**
 * What makes a host the relay between laptops and a cluster. Its sections are those that `kgctl showconf peer` prints once its Peer is
 * there, and that of the laptop.
 *
 * @throws FaultError `peer-address-taken`, `peer-address-invalid`, and those of {@link kiloProfile}
 */
export function relayPlan(
  readings: ClusterReadings,
  options: ClusterOptions,
  wish: RelayWish,
  services: Omit<ProfileOptions, 'peer'>,
): RelayPlan {
  const network = networkOf(wish.address);
  requireNetwork(network, wish);
  const others = itemsOf(readings, 'peers').filter((item) => nameOf(item) !== wish.name);
  requireFree(network, takenIn(clusterOf(withPeers(readings, others), options)));
  const peer = peerManifest({
    name: wish.name,
    publicKey: wish.publicKey,
    allowedIps: [formatPrefix(network)],
    endpoint: wish.endpoint,
    // Nodes and laptops dial it: nothing on the way has to remember it.
    persistentKeepalive: 0,
  });
  const cluster = clusterOf(withPeers(readings, [...others, peer]), options);
  const { peers } = kiloProfile(cluster, { ...services, peer: wish.name });
  const reached = PrefixSet.of(peers.flatMap(({ allowedIps }) => allowedIps.map(networkOf)));
  return {
    peer,
    relay: sectionsText([...peers.map(sectionLines), ...laptopSections(wish)]),
    routes: reached.prefixes().map((prefix) => routeLine(prefix, wish.interface)),
    steps: forwardSteps({
      link: wish.interface,
      tunnel: [network],
      forwarded: reached.prefixes(),
      masqueraded: [],
    }),
    laptop: sectionsText([
      peerLines({
        name: wish.name,
        publicKey: wish.publicKey,
        presharedKey: null,
        endpoint: formatMeshEndpoint(wish.endpoint),
        allowedIps: PrefixSet.of([network, ...reached.prefixes()]).texts(),
        keepalive: usualKeepalive,
      }),
    ]),
  };
}

function laptopSections({ laptop }: RelayWish): string[][] {
  if (laptop === null) return [];
  const { publicKey, address } = laptop;
  return [
    peerLines({
      name: 'laptop',
      publicKey,
      presharedKey: null,
      endpoint: null,
      allowedIps: [formatPrefix(hostPrefix(address))],
      keepalive: null,
    }),
  ];
}

function routeLine(prefix: Prefix, link: string): string {
  return `ip ${prefix.family === 6 ? '-6 ' : ''}route replace ${formatPrefix(prefix)} dev ${link}`;
}

/** @throws FaultError `peer-address-invalid` */
function requireNetwork(network: Prefix, { laptop, address }: RelayWish): void {
  if (isHost(network)) {
    throw new FaultError({
      code: 'peer-address-invalid',
      message: `${formatInterfaceAddress(address)} names no network that the laptops behind the relay could be in.`,
      hint: 'Write the length of that network behind the address: 10.200.200.2/24.',
    });
  }
  if (laptop === null || contains(network, laptop.address)) return;
  throw new FaultError({
    code: 'peer-address-invalid',
    message: `The laptop’s address ${formatAddress(laptop.address)} does not lie in the relay’s network ${formatPrefix(network)}.`,
    hint: 'Give the laptop an address there: the nodes send the whole network to the relay, and nothing else.',
  });
}

/** @throws FaultError `peer-address-taken` */
function requireFree(network: Prefix, taken: readonly Prefix[]): void {
  const other = taken.find((place) => overlaps(place, network));
  if (other === undefined) return;
  throw new FaultError({
    code: 'peer-address-taken',
    message: `The relay’s network ${formatPrefix(network)} is not free in the cluster: ${formatPrefix(other)} is in use there.`,
    hint: 'Give the relay and its laptops a network of their own.',
  });
}

function withPeers(readings: ClusterReadings, items: readonly unknown[]): ClusterReadings {
  return { ...readings, kinds: { ...readings.kinds, peers: { kind: 'read', items } } };
}

function nameOf(item: unknown): unknown {
  const metadata = isObject(item) ? item['metadata'] : null;
  return isObject(metadata) ? metadata['name'] : null;
}
