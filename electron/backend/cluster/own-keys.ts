import { sameKey } from '../../../shared/config/index.ts';
import type { KeyText } from '../../../shared/tunnel/status.ts';
import { ProfileStore } from '../profiles/store.ts';
import { KeyRing } from './keys.ts';

/** The keys whose private halves are kept here: those that wait for their profile, and those in one. */
export class OwnKeys {
  readonly #ring: KeyRing;
  readonly #profiles: ProfileStore;
  #inProfiles: Promise<readonly KeyText[]> | null = null;

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
  async has(publicKey: KeyText): Promise<boolean> {
    return (await this.#isInProfile(publicKey)) || (await this.#ring.find(publicKey)) !== null;
  }

  /** Forgets a key that waits for a profile; one that a profile has stays. */
  async forget(publicKey: KeyText): Promise<void> {
    if (!(await this.#isInProfile(publicKey))) await this.#ring.remove(publicKey);
  }

  async #isInProfile(publicKey: KeyText): Promise<boolean> {
    this.#inProfiles ??= this.#profiles
      .all()
      .then((profiles) => profiles.flatMap((profile) => profile.summary().publicKey ?? []));
    return (await this.#inProfiles).some((key) => sameKey(key, publicKey));
  }
}
