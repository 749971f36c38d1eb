import { clusterOf } from '../../shared/cluster/cluster.ts';
import { isHost } from '../../shared/cluster/manifests/free-address.ts';
import { networkOf, parseInterfaceAddress } from '../../shared/network/prefix.ts';
import { readCluster } from '../backend/cluster/api/read-cluster.ts';
import { isOfMesh } from '../backend/cluster/kept.ts';
import type { AppliedPeer } from '../backend/cluster/peers/apply.ts';
import { remakePeer } from '../backend/cluster/peers/remake.ts';
import { withClusterApi } from './cluster-api.ts';
import type { ApiSource } from './cluster-api.ts';
import { clusterPlaces } from './cluster-places.ts';
import { meshAndServices } from './cluster-source.ts';
import type { CommandContext } from './command.ts';
import { readPeerWish } from './peer-options.ts';

/**
 * Makes the Peer of a profile again that somebody has taken away, with the profile's key; the profile remembers its name where that is
 * another one now.
 *
 * @returns null where there is one of its name after all, or the profile has no key, or is of a second mesh
 * @throws FaultError of kubeconfigs, exec plugins and API servers, and as `remakePeer`
 */
export async function joinAgain(
  context: CommandContext,
  source: ApiSource,
  profile: string,
): Promise<AppliedPeer | null> {
  const { given, places } = context;
  const { store, kept } = clusterPlaces(places);
  const known = await kept.get(profile);
  const { publicKey, addresses } = (await store.find(profile)).summary();
  if (publicKey === null || isOfMesh(known)) return null;
  const had = addresses.flatMap((text) => parseInterfaceAddress(text) ?? []);
  const hosts = had.filter((own) => isHost(networkOf(own)));
  const lost = { name: known.peer, publicKey, addresses: hosts.map(({ address }) => address) };
  const wish = await readPeerWish(given, places.home);
  const peer = await withClusterApi(context, source, async (client) =>
    remakePeer(client, clusterOf(await readCluster(client, meshAndServices)), lost, wish),
  );
  if (peer !== null && peer.name !== known.peer) await kept.keep(profile, { ...known, peer: peer.name });
  return peer;
}
