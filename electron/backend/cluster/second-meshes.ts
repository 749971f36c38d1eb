import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { LaptopEnd } from '../../../shared/cluster/second-mesh/index.ts';
import { isKey } from '../../../shared/config/index.ts';
import { FaultError } from '../../../shared/fault.ts';
import { formatAddress, parseAddress } from '../../../shared/network/address.ts';
import { contains, formatPrefix, parsePrefix } from '../../../shared/network/prefix.ts';
import { replaceFile } from '../profiles/files.ts';
import { profileName } from '../profiles/name.ts';

/**
 * The laptop's ends of second meshes, by the names of their profiles: what the nodes' scripts were made with, so that the profile fits them.
 * A folder, 0700, of a JSON file for each. No secret is in it: the private key is in the key ring, or in the profile.
 */
export class SecondMeshes {
  readonly #folder: string;

  /** @param home the state folder */
  constructor(home: string) {
    this.#folder = join(home, 'clusters', 'second-meshes');
  }

  /** The end that was kept for a profile; null where there is none, or its file is damaged. @throws FaultError `profile-name-invalid` */
  async find(profile: string): Promise<LaptopEnd | null> {
    const text = await readFile(this.#path(profile), 'utf8').catch(() => 'null');
    try {
      return endIn(JSON.parse(text));
    } catch {
      return null;
    }
  }

  /** Keeps the end for a profile. @throws FaultError `profile-name-invalid`, `home-unusable` */
  async keep(profile: string, { publicKey, network, address }: LaptopEnd): Promise<void> {
    const value = { publicKey, network: formatPrefix(network), address: formatAddress(address) };
    const path = this.#path(profile);
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      await replaceFile(path, Buffer.from(`${JSON.stringify(value, null, 2)}\n`));
    } catch (error) {
      throw new FaultError({
        code: 'home-unusable',
        message: `${this.#folder} cannot be used: ${error instanceof Error ? error.message : String(error)}`,
        hint: 'It is in ADIT_HOME, by default the "adit" folder of your configuration folder, and has to be yours.',
      });
    }
  }

  /** Forgets the end of a profile. */
  async remove(profile: string): Promise<void> {
    await rm(this.#path(profile), { force: true });
  }

  #path(profile: string): string {
    return join(this.#folder, `${profileName(profile)}.json`);
  }
}

function endIn(value: unknown): LaptopEnd | null {
  if (typeof value !== 'object' || value === null) return null;
  const { publicKey, network, address } = value as Record<string, unknown>;
  if (typeof publicKey !== 'string' || !isKey(publicKey)) return null;
  const prefix = typeof network === 'string' ? parsePrefix(network) : null;
  const own = typeof address === 'string' ? parseAddress(address) : null;
  if (prefix?.family !== 4 || own === null || !contains(prefix, own)) return null;
  return { publicKey, network: prefix, address: own };
}
