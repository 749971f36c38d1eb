import type { Cluster } from '../../../../shared/cluster/cluster.ts';
import { isHost, takenIn } from '../../../../shared/cluster/manifests/free-address.ts';
import {
  hostCidr,
  managedBy,
  peerEndpoint,
  peerManifest,
  usualKeepalive,
} from '../../../../shared/cluster/manifests/peer.ts';
import { rivalryOf } from '../../../../shared/cluster/manifests/rivals.ts';
import { readKiloPeers } from '../../../../shared/cluster/objects/kilo-peer.ts';
import type { KiloPeer, KiloPeers } from '../../../../shared/cluster/objects/kilo-peer.ts';
import { kiloOf } from '../../../../shared/cluster/profile.ts';
import { sameMeshEndpoint } from '../../../../shared/cluster/values/endpoint.ts';
import type { MeshEndpoint } from '../../../../shared/cluster/values/endpoint.ts';
import { FaultError } from '../../../../shared/fault.ts';
import { formatInterfaceAddress, networkOf } from '../../../../shared/network/prefix.ts';
import type { KeyText } from '../../../../shared/tunnel/status.ts';
import type { ApiClient } from '../api/client.ts';
import type { OwnKeys } from '../own-keys.ts';
import { createPeer, deletePeer, listPeers, patchPeer } from './objects.ts';
import { addressTaken, freeAddresses, nameTaken, placeFor, requireFree, withoutPeer } from './wish.ts';
import type { PeerWish } from './wish.ts';

/** The Peer of this laptop, as it stands. */
export interface AppliedPeer {
  readonly name: string;
  readonly publicKey: KeyText;
  /** `ADDRESS/LENGTH` each; the first is ours alone. */
  readonly addresses: readonly string[];
  readonly outcome: 'created' | 'changed' | 'unchanged';
}

/** A Peer that is ours. */
export type NewPeer = Pick<AppliedPeer, 'name' | 'publicKey'>;

/** How often the address is given up for another, while others take addresses at the same time. */
const mostMoves = 30;

/**
 * Makes this laptop's Peer, or changes it where it is there. Nobody else's is touched: ours is one whose private key is kept here.
 * Of two laptops that take one address at a time, the later takes the next.
 *
 * @param cluster as it was read just now
 * @param onMade told of a new Peer as soon as it may be there
 * @throws FaultError `kilo-absent`, `peer-name-taken`, `peer-address-taken`, `peer-pool-full`, `api-forbidden`, `api-refused`,
 *   `home-unusable`, and those of the connection
 */
export async function applyPeer(
  client: ApiClient,
  cluster: Cluster,
  wish: PeerWish,
  keys: OwnKeys,
  onMade: (peer: NewPeer) => void = () => undefined,
): Promise<AppliedPeer> {
  let peers: KiloPeers = kiloOf(cluster).peers;
  // Whoever takes the name between our reading and our writing is read too.
  for (let tries = 1; tries <= mostMoves; tries++) {
    const place = await placeFor(wish, peers, keys);
    if (place.own !== null) return changePeer(client, cluster, wish, place.own);
    const made = await makePeer(client, cluster, wish, place.name, keys, onMade);
    if (made !== null) return made;
    peers = readKiloPeers(await listPeers(client), () => undefined);
  }
  throw nameTaken(wish.name ?? wish.usualName);
}

/**
 * Makes a Peer of a name.
 *
 * @param keys where its key comes from, and goes where there is no Peer in the end
 * @param onMade told of it as soon as it may be there
 * @returns null where somebody has taken the name meanwhile
 * @throws FaultError as {@link applyPeer}
 */
export async function makePeer(
  client: ApiClient,
  cluster: Cluster,
  wish: PeerWish,
  name: string,
  keys: Pick<OwnKeys, 'make' | 'forget'>,
  onMade: (peer: NewPeer) => void = () => undefined,
): Promise<AppliedPeer | null> {
  const taken = [...takenIn(cluster), ...wish.avoid];
  const addresses = wish.addresses.length > 0 ? wish.addresses : freeAddresses(cluster, wish, taken);
  requireFree(wish.addresses, takenIn(cluster));
  const publicKey = await keys.make();
  const { endpoint } = wish;
  const persistentKeepalive = wish.keepalive ?? usualKeepalive;
  const allowedIps = addresses.map(hostCidr);
  try {
    const manifest = peerManifest({ name, publicKey, allowedIps, endpoint, persistentKeepalive });
    if (!(await createPeer(client, manifest))) {
      await keys.forget(publicKey);
      return null;
    }
  } catch (error) {
    // Where nothing was heard the Peer may be there all the same: then its key has to be.
    if (isRefused(error)) await keys.forget(publicKey);
    else onMade({ name, publicKey });
    throw error;
  }
  onMade({ name, publicKey });
  const settled = await settle(client, cluster, wish, name, allowedIps);
  if (settled !== null) return { name, publicKey, addresses: settled, outcome: 'created' };
  await deletePeer(client, name, null);
  await keys.forget(publicKey);
  throw addressTaken(allowedIps.join(', '), 'somebody else has taken it at the same time');
}

async function changePeer(
  client: ApiClient,
  cluster: Cluster,
  wish: PeerWish,
  own: KiloPeer,
): Promise<AppliedPeer> {
  const { name, publicKey } = own;
  if (publicKey === null) throw new RangeError('a Peer without a key is nobody’s');
  const before = own.allowedIps.map(formatInterfaceAddress);
  const others = takenIn(withoutPeer(cluster, name));
  requireFree(wish.addresses, others);
  const networks = own.allowedIps.filter((cidr) => !isHost(networkOf(cidr))).map(formatInterfaceAddress);
  const allowedIps = wish.addresses.length > 0 ? [...wish.addresses.map(hostCidr), ...networks] : before;
  const moves = allowedIps.join() !== before.join();
  const spec = {
    ...(moves ? { allowedIPs: allowedIps } : {}),
    ...endpointPatch(wish.endpoint, own.endpoint),
    ...(wish.keepalive === null || wish.keepalive === own.persistentKeepalive
      ? {}
      : { persistentKeepalive: wish.keepalive }),
  };
  if (Object.keys(spec).length === 0) return { name, publicKey, addresses: before, outcome: 'unchanged' };
  await patchPeer(client, name, { metadata: { labels: managedBy }, spec });
  if (!moves || (await settle(client, cluster, wish, name, allowedIps)) !== null)
    return { name, publicKey, addresses: allowedIps, outcome: 'changed' };
  await patchPeer(client, name, { spec: { allowedIPs: before } });
  throw addressTaken(allowedIps.join(', '), 'somebody else has taken it at the same time');
}

/**
 * Looks whether somebody else has taken an address at the same time, and moves on until nobody has.
 *
 * @returns the allowed IPs at the end; null where an address that was asked for is somebody else's
 */
async function settle(
  client: ApiClient,
  cluster: Cluster,
  wish: PeerWish,
  name: string,
  written: readonly string[],
): Promise<readonly string[] | null> {
  let current = written;
  for (let moves = 0; moves < mostMoves; moves++) {
    const { isLater, taken } = rivalryOf(await listPeers(client), name);
    if (!isLater) return current;
    if (wish.addresses.length > 0) return null;
    current = freeAddresses(cluster, wish, [...takenIn(cluster), ...wish.avoid, ...taken]).map(hostCidr);
    await patchPeer(client, name, { spec: { allowedIPs: current } });
  }
  throw new FaultError({
    code: 'peer-address-taken',
    message: `The Peer ${name} has given up ${mostMoves} addresses, each of which somebody else took at the same time.`,
    hint: 'Too many join at once. Run the command again: it goes on with the Peer that is there.',
  });
}

function endpointPatch(
  wanted: MeshEndpoint | null,
  has: MeshEndpoint | null,
): Readonly<Record<string, unknown>> {
  if (wanted === null || (has !== null && sameMeshEndpoint(wanted, has))) return {};
  const { dnsOrIP, port } = peerEndpoint(wanted);
  return { endpoint: { dnsOrIP: { dns: null, ip: null, ...dnsOrIP }, port } };
}

/** Whether the server has said that it does not do it, so that nothing was made. */
function isRefused(error: unknown): boolean {
  return (
    error instanceof FaultError && ['api-forbidden', 'api-refused', 'kilo-absent'].includes(error.fault.code)
  );
}
