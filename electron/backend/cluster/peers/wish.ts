import type { Cluster } from '../../../../shared/cluster/cluster.ts';
import { freeAddress, poolsFor } from '../../../../shared/cluster/manifests/free-address.ts';
import { nthName } from '../../../../shared/cluster/manifests/peer-name.ts';
import type { KiloPeer, KiloPeers } from '../../../../shared/cluster/objects/kilo-peer.ts';
import { kiloOf } from '../../../../shared/cluster/profile.ts';
import type { MeshEndpoint } from '../../../../shared/cluster/values/endpoint.ts';
import { FaultError } from '../../../../shared/fault.ts';
import { formatAddress } from '../../../../shared/network/address.ts';
import type { Address } from '../../../../shared/network/address.ts';
import { formatPrefix, hostPrefix, overlaps } from '../../../../shared/network/prefix.ts';
import type { Prefix } from '../../../../shared/network/prefix.ts';
import type { OwnKeys } from '../own-keys.ts';

/** The Peer that this laptop wants in a cluster. */
export interface PeerWish {
  /** Null for the only one that is ours, or the first of `usualName`, `usualName-2` and so on that is free or ours. */
  readonly name: string | null;
  readonly usualName: string;
  /** None for those that it has, or free ones. */
  readonly addresses: readonly Address[];
  /** Where free ones come from, one of each; none for {@link poolsFor}. */
  readonly pools: readonly Prefix[];
  /** What is in use outside the cluster: networks of other tunnels of this laptop. */
  readonly avoid: readonly Prefix[];
  /** Where the nodes dial it; null for what it has, or nowhere. */
  readonly endpoint: MeshEndpoint | null;
  /** Seconds, 0 is off; null for what it has, or {@link usualKeepalive}. */
  readonly keepalive: number | null;
}

/** How many names are tried. */
const mostNames = 1000;

/** The name that our Peer has or is to have. @throws FaultError `peer-name-taken` */
export async function placeFor(
  { name, usualName }: PeerWish,
  { peers, refused }: KiloPeers,
  keys: OwnKeys,
): Promise<{ readonly name: string; readonly own: KiloPeer | null }> {
  const own = await keys.among(peers);
  const [first] = own;
  // The only one that is ours is meant, whatever it is called.
  if (name === null && first !== undefined && own.length === 1) return { name: first.name, own: first };
  const ownByName = new Map(own.map((peer) => [peer.name, peer]));
  const taken = new Set([...peers, ...refused].map((peer) => peer.name));
  for (let count = 1; count <= (name === null ? mostNames : 1); count++) {
    const candidate = name ?? nthName(usualName, count);
    const known = ownByName.get(candidate) ?? null;
    if (known !== null || !taken.has(candidate)) return { name: candidate, own: known };
  }
  throw nameTaken(name ?? usualName);
}

/** @throws FaultError `peer-pool-full` */
export function freeAddresses(cluster: Cluster, { pools }: PeerWish, taken: readonly Prefix[]): Address[] {
  return (pools.length > 0 ? pools : poolsFor(cluster)).map((pool) => {
    const address = freeAddress(pool, taken);
    if (address !== null) return address;
    throw new FaultError({
      code: 'peer-pool-full',
      message: `No address of ${formatPrefix(pool)} is free: Peers, Pods, Services, nodes or other tunnels have them all.`,
      hint: 'Name another network that is in use nowhere: --pool 10.6.0.0/16.',
    });
  });
}

/** @throws FaultError `peer-address-taken` */
export function requireFree(addresses: readonly Address[], taken: readonly Prefix[]): void {
  for (const address of addresses) {
    const place = taken.find((other) => overlaps(other, hostPrefix(address)));
    if (place !== undefined)
      throw addressTaken(formatAddress(address), `${formatPrefix(place)} is in use there`);
  }
}

/** What there is beside a Peer: what that one has is free for it. */
export function withoutPeer(cluster: Cluster, name: string): Cluster {
  const kilo = kiloOf(cluster);
  const peers = kilo.peers.peers.filter((peer) => peer.name !== name);
  return { ...cluster, kilo: { ...kilo, peers: { ...kilo.peers, peers } } };
}

/** `peer-name-taken`. */
export function nameTaken(name: string): FaultError {
  return new FaultError({
    code: 'peer-name-taken',
    message: `There is a Peer ${JSON.stringify(name)}, and its private key is not kept here.`,
    hint: 'It is left alone. Choose another name: --name NAME.',
    command: 'adit cluster peer list',
  });
}

/** `peer-address-taken`. */
export function addressTaken(address: string, why: string): FaultError {
  return new FaultError({
    code: 'peer-address-taken',
    message: `${address} is not free in the cluster: ${why}.`,
    hint: 'Leave --address out, and a free one is taken.',
  });
}
