import { sameKey } from '../../../shared/config/index.ts';
import type { KeyText } from '../../../shared/tunnel/status.ts';
import type { Profile } from '../profiles/profile.ts';
import { ProfileStore } from '../profiles/store.ts';
import { KeyRing } from './keys.ts';

/** The keys whose private halves are kept here: those that wait for their profile, and those in one. */
export class OwnKeys {
  readonly #ring: KeyRing;
  readonly #profiles: ProfileStore;

  /** @param home the state folder */
  constructor(home: string) {
    this.#ring = new KeyRing(home);
    this.#profiles = new ProfileStore(home);
  }

  /** Makes a pair, keeps the private key and gives the public one. @throws FaultError `home-unusable` */
  make(): Promise<KeyText> {
    return this.#ring.make();
  }

  /** Whether the private half of a public key is kept here. */
  async has(publicKey: KeyText | null): Promise<boolean> {
    return publicKey !== null && (await this.among([{ publicKey }])).length > 0;
  }

  /** Those of some whose private keys are kept here. */
  async among<T extends { readonly publicKey: KeyText | null }>(some: readonly T[]): Promise<T[]> {
    const own = new Set([...(await this.#ring.all()), ...(await this.#inProfiles())]);
    return some.filter(({ publicKey }) => publicKey !== null && own.has(publicKey));
  }

  /** Forgets a key that waits for a profile; one that a profile has stays. */
  async forget(publicKey: KeyText): Promise<void> {
    if (!(await this.#inProfiles()).has(publicKey)) await this.#ring.remove(publicKey);
  }

  /** Public keys as they are derived, which is how the cluster's are read. */
  async #inProfiles(): Promise<ReadonlySet<KeyText>> {
    const profiles = await this.#profiles.all();
    return new Set(profiles.flatMap((profile) => profile.summary().publicKey ?? []));
  }
}

/** The profiles that have the private half of a key. */
export async function profilesWithKey(store: ProfileStore, publicKey: KeyText): Promise<Profile[]> {
  return (await store.all()).filter((profile) => {
    const own = profile.summary().publicKey;
    return own !== null && sameKey(own, publicKey);
  });
}
