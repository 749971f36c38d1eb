import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { generateKeyPair, publicKeyOf, sameKey } from '../../../shared/config/index.ts';
import { FaultError } from '../../../shared/fault.ts';
import type { KeyText } from '../../../shared/tunnel/status.ts';
import { createFile } from '../profiles/files.ts';

/**
 * Private keys that were made here for clusters and are in no profile yet: a Peer or a request holds the public one. A folder, 0700, of a
 * file for each, 0600.
 */
export class KeyRing {
  readonly #folder: string;

  /** @param home the state folder; it is made with the first key */
  constructor(home: string) {
    this.#folder = join(home, 'clusters', 'keys');
  }

  /** Makes a pair of keys, keeps the private one and gives the public one. @throws FaultError `home-unusable` */
  async make(): Promise<KeyText> {
    const { privateKey, publicKey } = generateKeyPair();
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      await createFile(this.#path(publicKey), Buffer.from(`${privateKey}\n`));
    } catch (error) {
      throw new FaultError({
        code: 'home-unusable',
        message: `${this.#folder} cannot be used: ${error instanceof Error ? error.message : String(error)}`,
        hint: 'Keys are kept in ADIT_HOME, by default in the "adit" folder of your configuration folder. It has to be yours.',
      });
    }
    return publicKey;
  }

  /** The private key of a public one; null where it is not kept here. */
  async find(publicKey: KeyText): Promise<KeyText | null> {
    const privateKey = (await readFile(this.#path(publicKey), 'utf8').catch(() => '')).trim();
    const own = publicKeyOf(privateKey);
    return own !== null && sameKey(own, publicKey) ? privateKey : null;
  }

  /** The public keys whose private ones are kept. */
  async all(): Promise<KeyText[]> {
    const names = await readdir(this.#folder).catch(() => []);
    const hexes = names.filter((name) => /^[0-9a-f]{64}$/.test(name));
    const keys = hexes.map((name) => Buffer.from(name, 'hex').toString('base64'));
    const found = await Promise.all(keys.map((key) => this.find(key)));
    return keys.filter((_, index) => found[index] !== null);
  }

  /** Forgets a private key. */
  async remove(publicKey: KeyText): Promise<void> {
    await rm(this.#path(publicKey), { force: true });
  }

  /** Base64 has slashes. */
  #path(publicKey: KeyText): string {
    return join(this.#folder, Buffer.from(publicKey, 'base64').toString('hex'));
  }
}
