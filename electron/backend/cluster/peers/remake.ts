import type { Cluster } from '../../../../shared/cluster/cluster.ts';
import { kiloOf } from '../../../../shared/cluster/profile.ts';
import { sameKey } from '../../../../shared/config/index.ts';
import { FaultError } from '../../../../shared/fault.ts';
import type { Address } from '../../../../shared/network/address.ts';
import { formatInterfaceAddress } from '../../../../shared/network/prefix.ts';
import type { KeyText } from '../../../../shared/tunnel/status.ts';
import type { ApiClient } from '../api/client.ts';
import { makePeer } from './apply.ts';
import type { AppliedPeer } from './apply.ts';
import type { PeerWish } from './wish.ts';

/** What a profile tells of a Peer that is gone. */
export interface LostPeer {
  readonly name: string;
  /** That of the profile, which goes on being the Peer's end. */
  readonly publicKey: KeyText;
  /** Those of the profile, which it has again where they are free. */
  readonly addresses: readonly Address[];
}

/**
 * Makes a Peer again that somebody has taken away. Where its key has another name in the cluster, that one is it: Kilo takes no two Peers of
 * one key.
 *
 * @param cluster as it was read just now
 * @param wish its name is not asked for; addresses in it are wanted instead of those that the Peer had
 * @returns null where there is one of its name
 * @throws FaultError as `applyPeer`
 */
export async function remakePeer(
  client: ApiClient,
  cluster: Cluster,
  { name, publicKey, addresses }: LostPeer,
  wish: PeerWish,
): Promise<AppliedPeer | null> {
  const { peers } = kiloOf(cluster).peers;
  const renamed = peers.find((peer) => peer.publicKey !== null && sameKey(peer.publicKey, publicKey));
  if (renamed !== undefined)
    return {
      name: renamed.name,
      publicKey,
      addresses: renamed.allowedIps.map(formatInterfaceAddress),
      outcome: 'unchanged',
    };
  const keys = { make: () => Promise.resolve(publicKey), forget: () => Promise.resolve() };
  const make = (wanted: readonly Address[]): Promise<AppliedPeer | null> =>
    makePeer(client, cluster, { ...wish, addresses: wanted }, name, keys);
  if (wish.addresses.length > 0 || addresses.length === 0) return make(wish.addresses);
  try {
    return await make(addresses);
  } catch (error) {
    if (!(error instanceof FaultError) || error.fault.code !== 'peer-address-taken') throw error;
    return make([]);
  }
}
