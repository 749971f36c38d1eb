import type { Cluster } from '../../../shared/cluster/cluster.ts';
import type { ClusterNames } from '../../../shared/cluster/names.ts';
import { kiloProfile, meshOf, profileText } from '../../../shared/cluster/profile.ts';
import type { ClusterProfile, ProfileOptions } from '../../../shared/cluster/profile.ts';
import { meshPeerNamed } from '../../../shared/cluster/kilo/peer-sections.ts';
import { fillOwnEnd, parse, publicKeyOf, sameKey, setField } from '../../../shared/config/index.ts';
import { refuseWideRanges } from '../../../shared/cluster/following/range-guard.ts';
import { FaultError } from '../../../shared/fault.ts';
import { formatPrefix, networkOf } from '../../../shared/network/prefix.ts';
import type { KeyText } from '../../../shared/tunnel/status.ts';
import type { Profile } from '../profiles/profile.ts';
import type { ProfileStore } from '../profiles/store.ts';
import type { KeptClusters, KeptPeer } from './kept.ts';
import type { KeyRing } from './keys.ts';
import { profilesWithKey } from './own-keys.ts';

/** Where the profiles of clusters are, what they remember, and keys that wait for theirs. */
export interface ClusterPlaces {
  readonly store: ProfileStore;
  readonly kept: KeptClusters;
  readonly keys: KeyRing;
}

/** A profile that was made of a cluster. */
export interface ImportedCluster {
  readonly profile: Profile;
  readonly publicKey: KeyText;
  readonly content: ClusterProfile;
}

/**
 * Makes a profile of a Peer of Kilo's, with the private key that is kept here, and keeps it with what it was made of.
 *
 * @param names that are to be looked up in the cluster, and by whom; null for none
 * @param remembered how the cluster was read, and what was chosen; null for what cannot be read again
 * @param privateKey of the Peer; null looks for it among the keys that are kept
 * @param accept `cluster-range-wide` for a cluster that may have more than its own
 * @throws FaultError what {@link kiloProfile} throws, `cluster-range-wide`, `cluster-key-missing`, `profile-exists`, `profile-name-invalid`, `home-unusable`
 */
export async function importKiloPeer(
  { store, kept, keys }: ClusterPlaces,
  name: string,
  cluster: Cluster,
  options: ProfileOptions,
  names: ClusterNames | null,
  remembered: Omit<KeptPeer, 'version' | 'written' | 'peer'> | null,
  privateKey: KeyText | null,
  accept: readonly string[],
): Promise<ImportedCluster> {
  const content = kiloProfile(cluster, options);
  if (!accept.includes('cluster-range-wide'))
    refuseWideRanges(
      [],
      content.peers.map((peer) => ({ name: peer.name, prefixes: peer.allowedIps.map(networkOf) })),
    );
  const { publicKey } = meshPeerNamed(meshOf(cluster), options.peer);
  const key = privateKey ?? (await keys.find(publicKey)) ?? (await keyInProfiles(store, publicKey));
  if (key === null || !isKeyOf(key, publicKey)) throw keyMissing(options.peer, publicKey, key !== null);
  const bare = fillOwnEnd(parse(profileText(content, options.peer)), { privateKey: key, addresses: [] });
  const asks = names !== null && names.servers.length > 0;
  const file = asks ? setField(bare, 1, 'DNS', names.servers.join(', ')) : bare;
  const profile = await store.add(name, Buffer.from(file.text));
  try {
    if (asks) await store.set(profile, new Map([['dnsDomains', names.domains.join(',')]]));
    if (remembered !== null) {
      const written = content.peers.map((peer) => peer.publicKey);
      await kept.keep(profile.name, {
        version: 1,
        ...remembered,
        services: options.serviceCidrs.map(formatPrefix),
        servicesGuessed: cluster.serviceCidrs.some(({ guessed }) => guessed),
        usedGateway: content.gateway,
        peer: options.peer,
        written,
      });
    }
  } catch (error) {
    await store.remove(profile);
    throw error;
  }
  await keys.remove(publicKey);
  return { profile, publicKey, content };
}

function isKeyOf(privateKey: KeyText, publicKey: KeyText): boolean {
  const own = publicKeyOf(privateKey);
  return own !== null && sameKey(own, publicKey);
}

async function keyInProfiles(store: ProfileStore, publicKey: KeyText): Promise<KeyText | null> {
  for (const profile of await profilesWithKey(store, publicKey)) {
    try {
      return profile.tunnel().privateKey;
    } catch {
      // It is no tunnel; another one may have the key too.
    }
  }
  return null;
}

function keyMissing(peer: string, publicKey: KeyText, isOther: boolean): FaultError {
  return new FaultError({
    code: 'cluster-key-missing',
    message: isOther
      ? `The private key is not that of the Peer "${peer}", whose public key is ${publicKey}.`
      : `The private key of the Peer "${peer}" is not kept here; its public key is ${publicKey}.`,
    hint: 'Name the file that has it (--private-key FILE), or make a Peer with a key of this machine’s: "adit cluster peer apply".',
  });
}
