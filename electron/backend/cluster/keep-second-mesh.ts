import type { LaptopEnd } from '../../../shared/cluster/second-mesh/index.ts';
import { encode, fillOwnEnd, parse, sameKey } from '../../../shared/config/index.ts';
import { FaultError } from '../../../shared/fault.ts';
import type { KeyText } from '../../../shared/tunnel/status.ts';
import type { Profile } from '../profiles/profile.ts';
import type { ProfileStore } from '../profiles/store.ts';
import type { ClusterPlaces } from './import.ts';
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

/**
 * Keeps the profile of a second mesh, with the private key that belongs to its end.
 *
 * @param text without a private key
 * @param mayReplace whether one of the same end may be made anew; its settings stay
 * @throws FaultError `profile-exists`, `cluster-key-missing`, `home-unusable`
 */
export async function keepSecondMesh(
  { store, keys }: Pick<ClusterPlaces, 'store' | 'keys'>,
  name: string,
  { publicKey }: LaptopEnd,
  text: string,
  mayReplace: boolean,
): Promise<Profile> {
  const present = (await store.all()).find((profile) => profile.name === name) ?? null;
  if (present !== null && !(mayReplace && isOf(present, publicKey))) {
    throw new FaultError({
      code: 'profile-exists',
      message: `A profile called ${JSON.stringify(name)} is kept already; nothing was overwritten.`,
      hint: isOf(present, publicKey)
        ? 'With --replace it is made anew, and keeps its key and settings.'
        : 'It is of something else: remove or rename it first.',
    });
  }
  const privateKey = present === null ? await keys.find(publicKey) : present.tunnel().privateKey;
  if (privateKey === null) {
    throw new FaultError({
      code: 'cluster-key-missing',
      message: `The private key that the nodes know for ${JSON.stringify(name)} is not kept here any more.`,
      hint: 'Make the script anew, and run it on the nodes: adit cluster manifest --every-node --as NAME > node.sh',
    });
  }
  const whole = fillOwnEnd(parse(text), { privateKey, addresses: [] }).text;
  const profile =
    present === null ? await store.add(name, encode(whole)) : await store.replace(present, whole);
  await keys.remove(publicKey);
  return profile;
}

function isOf(profile: Profile, publicKey: KeyText): boolean {
  const own = profile.summary().publicKey;
  return own !== null && sameKey(own, publicKey);
}
