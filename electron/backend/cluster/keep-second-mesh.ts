import type { PeerDifference } from '../../../shared/cluster/following/differences.ts';
import { refuseWideRanges } from '../../../shared/cluster/following/range-guard.ts';
import type { ClusterNames } from '../../../shared/cluster/names.ts';
import { profileText } from '../../../shared/cluster/profile.ts';
import type { ClusterProfile } from '../../../shared/cluster/profile.ts';
import { parseNodeLine } from '../../../shared/cluster/second-mesh/index.ts';
import type { LaptopEnd, NodeLine } from '../../../shared/cluster/second-mesh/index.ts';
import { encode, fillOwnEnd, parse, sameKey, setField } from '../../../shared/config/index.ts';
import { FaultError } from '../../../shared/fault.ts';
import { networkOf } from '../../../shared/network/prefix.ts';
import type { KeyText } from '../../../shared/tunnel/status.ts';
import type { Profile } from '../profiles/profile.ts';
import type { ProfileStore } from '../profiles/store.ts';
import type { ClusterPlaces } from './import.ts';
import { isOfMesh } from './kept.ts';
import type { KeptMesh } from './kept.ts';
import { renewProfile } from './renew.ts';
import type { RenewHands } from './renew.ts';
import type { SecondMeshes } from './second-meshes.ts';

/** The laptop's end that the nodes' scripts were made with. @throws FaultError `second-mesh-unknown` */
export async function endKeptFor(
  meshes: SecondMeshes,
  store: ProfileStore,
  name: string,
): Promise<LaptopEnd> {
  const end = await meshes.find(name, await publicKeyIn(store, name));
  if (end !== null) return end;
  throw new FaultError({
    code: 'second-mesh-unknown',
    message: `No script for nodes was made here for ${JSON.stringify(name)}, so there is no key that the nodes know.`,
    hint: 'Make it first: adit cluster manifest --every-node --as NAME > node.sh. The profile has the same name.',
  });
}

/** The public key of the profile of a name; null where there is none, or it has none. */
export async function publicKeyIn(store: ProfileStore, name: string): Promise<KeyText | null> {
  if (!(await store.names()).includes(name)) return null;
  return (await store.find(name)).summary().publicKey;
}

/** What the profile of a second mesh was made of before; null where there is none. */
export async function meshKeptFor({ store, kept }: ClusterPlaces, name: string): Promise<KeptMesh | null> {
  if (!(await store.names()).includes(name)) return null;
  const known = await kept.find(name);
  return known !== null && isOfMesh(known) ? known : null;
}

/**
 * The lines that the profile of a second mesh was made of, where that was not remembered yet: each peer has the name of its node. None of
 * a profile that remembers, or is none.
 */
export async function linesInProfile({ store, kept }: ClusterPlaces, name: string): Promise<NodeLine[]> {
  if (!(await store.names()).includes(name) || (await kept.find(name)) !== null) return [];
  const { peers } = (await store.find(name)).summary();
  return peers.flatMap((peer) =>
    peer.name === null || peer.endpoint === null
      ? []
      : (parseNodeLine(`adit-node ${peer.name} ${peer.publicKey} ${peer.endpoint}`) ?? []),
  );
}

/** The profile of a second mesh that was kept. */
export interface KeptSecondMesh {
  readonly profile: Profile;
  readonly differences: readonly PeerDifference[];
  /** Whether the tunnel is up, and has the differences. */
  readonly isApplied: boolean;
}

/**
 * Keeps the profile of a second mesh, with the private key that belongs to its end, and what it was made of. A profile of it that is there
 * is changed as a sync changes it: what the person wrote stays, and the tunnel, if it is up, has the change.
 *
 * @param names that are to be looked up in the cluster, and by whom; null leaves that as it is
 * @param mayReplace whether there may be one of the same end
 * @throws FaultError `profile-exists`, `cluster-key-missing`, `cluster-range-wide`, of the helper, `home-unusable`
 */
export async function keepSecondMesh(
  { store, kept, keys }: ClusterPlaces,
  name: string,
  { publicKey }: LaptopEnd,
  content: ClusterProfile,
  record: Omit<KeptMesh, 'version' | 'written' | 'usedGateway'>,
  names: ClusterNames | null,
  mayReplace: boolean,
  hands: RenewHands,
): Promise<KeptSecondMesh> {
  const present = (await store.all()).find((profile) => profile.name === name) ?? null;
  if (present !== null && !(mayReplace && isOf(present, publicKey))) {
    throw new FaultError({
      code: 'profile-exists',
      message: `A profile called ${JSON.stringify(name)} is kept already; nothing was overwritten.`,
      hint: isOf(present, publicKey)
        ? 'With --replace new lines are joined to those that it has; it keeps its key and settings.'
        : 'It is of something else: remove or rename it first.',
    });
  }
  const outcome =
    present === null
      ? await add(store, name, content, await keys.find(publicKey), hands.accept)
      : await renewProfile(hands, present, content, await writtenIn(kept, present));
  await kept.keep(name, {
    version: 1,
    ...record,
    usedGateway: content.gateway,
    written: content.peers.map((peer) => peer.publicKey),
  });
  await keys.remove(publicKey);
  return names === null ? outcome : { ...outcome, profile: await withNames(store, outcome.profile, names) };
}

/** The domains first: a name server without them is asked for everything. */
async function withNames(
  store: ProfileStore,
  { name }: Profile,
  { servers, domains }: ClusterNames,
): Promise<Profile> {
  await store.set(await store.find(name), new Map([['dnsDomains', domains.join(',')]]));
  const profile = await store.find(name);
  return store.replace(profile, setField(profile.file, 1, 'DNS', servers.join(', ')).text);
}

async function add(
  store: ProfileStore,
  name: string,
  content: ClusterProfile,
  privateKey: KeyText | null,
  accept: readonly string[],
): Promise<KeptSecondMesh> {
  if (privateKey === null) {
    throw new FaultError({
      code: 'cluster-key-missing',
      message: `The private key that the nodes know for ${JSON.stringify(name)} is not kept here any more.`,
      hint: 'Make the script anew, and run it on the nodes: adit cluster manifest --every-node --as NAME > node.sh',
    });
  }
  if (!accept.includes('cluster-range-wide'))
    refuseWideRanges(
      [],
      content.peers.map((peer) => ({ name: peer.name, prefixes: peer.allowedIps.map(networkOf) })),
    );
  const { text } = fillOwnEnd(parse(profileText(content, name)), { privateKey, addresses: [] });
  return { profile: await store.add(name, encode(text)), differences: [], isApplied: false };
}

/** The peers that are not the person's own: all, of a profile that remembers nothing. */
async function writtenIn(kept: ClusterPlaces['kept'], profile: Profile): Promise<readonly KeyText[]> {
  const known = await kept.find(profile.name);
  return known?.written ?? profile.summary().peers.map((peer) => peer.publicKey);
}

function isOf(profile: Profile, publicKey: KeyText): boolean {
  const own = profile.summary().publicKey;
  return own !== null && sameKey(own, publicKey);
}
