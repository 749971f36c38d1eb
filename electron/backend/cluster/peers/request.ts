import type { Cluster } from '../../../../shared/cluster/cluster.ts';
import { likelyAddress, takenIn, usualPools } from '../../../../shared/cluster/manifests/free-address.ts';
import { hostCidr, peerManifest, usualKeepalive } from '../../../../shared/cluster/manifests/peer.ts';
import type { PeerManifest } from '../../../../shared/cluster/manifests/peer.ts';
import { kiloOf } from '../../../../shared/cluster/profile.ts';
import type { Address } from '../../../../shared/network/address.ts';
import { formatInterfaceAddress } from '../../../../shared/network/prefix.ts';
import type { KeyText } from '../../../../shared/tunnel/status.ts';
import type { OwnKeys } from '../own-keys.ts';
import { freeAddresses, placeFor, requireFree, withoutPeer } from './wish.ts';
import type { PeerWish } from './wish.ts';

/** A Peer that somebody else is asked to make. */
export interface PeerRequest {
  readonly manifest: PeerManifest;
  /** Whether nobody had its addresses when the cluster was read. */
  readonly isAddressChecked: boolean;
}

/**
 * Makes a key and the Peer for it, which an administrator applies. Where our Peer is there already, it is that one, changed as wished.
 *
 * @param cluster null for one that could not be read: the address is likely free then, and no more
 * @throws FaultError `kilo-absent`, `peer-name-taken`, `peer-address-taken`, `peer-pool-full`, `home-unusable`
 */
export async function requestPeer(
  cluster: Cluster | null,
  wish: PeerWish,
  keys: OwnKeys,
): Promise<PeerRequest> {
  if (cluster === null) {
    const publicKey = await keys.make();
    const addresses = wish.addresses.length > 0 ? wish.addresses : likelyAddresses(wish, publicKey);
    const manifest = manifestOf(wish, wish.name ?? wish.usualName, publicKey, addresses.map(hostCidr));
    return { manifest, isAddressChecked: false };
  }
  const { name, own } = await placeFor(wish, kiloOf(cluster).peers, keys);
  const taken = takenIn(own === null ? cluster : withoutPeer(cluster, name));
  requireFree(wish.addresses, taken);
  if (own !== null && own.publicKey !== null) {
    const allowedIps =
      wish.addresses.length > 0 ? wish.addresses.map(hostCidr) : own.allowedIps.map(formatInterfaceAddress);
    const endpoint = wish.endpoint ?? own.endpoint;
    const keepalive = wish.keepalive ?? own.persistentKeepalive;
    const manifest = manifestOf({ ...wish, endpoint, keepalive }, name, own.publicKey, allowedIps);
    return { manifest, isAddressChecked: true };
  }
  const addresses =
    wish.addresses.length > 0 ? wish.addresses : freeAddresses(cluster, wish, [...taken, ...wish.avoid]);
  const manifest = manifestOf(wish, name, await keys.make(), addresses.map(hostCidr));
  return { manifest, isAddressChecked: true };
}

/** The key is by chance, and so is the address: two who ask for the first one of a pool would get the same. */
function likelyAddresses({ pools }: PeerWish, publicKey: KeyText): Address[] {
  const bytes = Buffer.from(publicKey, 'base64');
  return (pools.length > 0 ? pools : [usualPools[4]]).map((pool) => likelyAddress(pool, bytes));
}

function manifestOf(
  { endpoint, keepalive }: PeerWish,
  name: string,
  publicKey: KeyText,
  allowedIps: readonly string[],
): PeerManifest {
  const persistentKeepalive = keepalive ?? usualKeepalive;
  return peerManifest({ name, publicKey, allowedIps, endpoint, persistentKeepalive });
}
