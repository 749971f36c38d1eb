import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { LaptopEnd } from '../../../shared/cluster/second-mesh/index.ts';
import { isKey, sameKey } from '../../../shared/config/index.ts';
import { FaultError } from '../../../shared/fault.ts';
import { isObject } from '../../../shared/cluster/objects/fields.ts';
import type { Address } from '../../../shared/network/address.ts';
import type { Prefix } from '../../../shared/network/prefix.ts';
import { formatAddress, parseAddress } from '../../../shared/network/address.ts';
import { contains, formatPrefix, parsePrefix } from '../../../shared/network/prefix.ts';
import type { KeyText } from '../../../shared/tunnel/status.ts';
import { replaceFile } from '../profiles/files.ts';

/** A laptop's end, and the profile that it was made for. */
interface KeptEnd {
  readonly profile: string;
  readonly end: LaptopEnd;
}

/**
 * The laptop's ends of second meshes: what the nodes' scripts were made with, so that the profile fits them. A folder, 0700, of a JSON file
 * for each. No secret is in it: the private key is in the key ring, or in the profile.
 */
export class SecondMeshes {
  readonly #folder: string;

  /** @param home the state folder */
  constructor(home: string) {
    this.#folder = join(home, 'clusters', 'second-meshes');
  }

  /**
   * The end that a profile has, whatever it was called before, or is going to have; null where there is none. What is damaged is none.
   *
   * @param publicKey of the profile; null where there is no profile of this name
   */
  async find(profile: string, publicKey: KeyText | null): Promise<LaptopEnd | null> {
    const kept = await this.#all();
    const found = kept.find((one) =>
      publicKey === null ? one.profile === profile : sameKey(one.end.publicKey, publicKey),
    );
    return found?.end ?? null;
  }

  /** Keeps the end for a profile, in the place of another that it was going to have. @throws FaultError `home-unusable` */
  async keep(profile: string, { publicKey, networks, addresses, nodes }: LaptopEnd): Promise<void> {
    const value = {
      profile,
      publicKey,
      networks: networks.map(formatPrefix),
      addresses: addresses.map(formatAddress),
      nodes: Object.fromEntries([...nodes].map(([name, own]) => [name, own.map(formatAddress)])),
    };
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      for (const { profile: other, end } of await this.#all())
        if (other === profile && end.publicKey !== publicKey) await rm(this.#path(end.publicKey));
      await replaceFile(this.#path(publicKey), Buffer.from(`${JSON.stringify(value, null, 2)}\n`));
    } catch (error) {
      throw new FaultError({
        code: 'home-unusable',
        message: `${this.#folder} cannot be used: ${error instanceof Error ? error.message : String(error)}`,
        hint: 'It is in ADIT_HOME, by default the "adit" folder of your configuration folder, and has to be yours.',
      });
    }
  }

  async #all(): Promise<KeptEnd[]> {
    const names = (await readdir(this.#folder).catch(() => [])).filter((name) => name.endsWith(suffix));
    const texts = await Promise.all(
      names.map((name) => readFile(join(this.#folder, name), 'utf8').catch(() => 'null')),
    );
    return texts.flatMap((text) => keptIn(text) ?? []);
  }

  /** Base64 has slashes. */
  #path(publicKey: KeyText): string {
    return join(this.#folder, `${Buffer.from(publicKey, 'base64').toString('hex')}${suffix}`);
  }
}

const suffix = '.json';

function keptIn(text: string): KeptEnd | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isObject(value)) return null;
  const { profile, publicKey } = value;
  if (typeof profile !== 'string' || typeof publicKey !== 'string' || !isKey(publicKey)) return null;
  // Of IPv4 alone, the first had one network and one address.
  const networks = textsIn(value['networks'] ?? [value['network']]).map(parsePrefix);
  const addresses = addressesIn(value['addresses'] ?? [value['address']]);
  const known = networks.filter((network) => network !== null);
  const isWhole = known.length > 0 && known.length === networks.length && known.length === addresses.length;
  if (!isWhole || !known.every((network, index) => isIn(network, addresses[index]))) return null;
  const nodes = isObject(value['nodes']) ? Object.entries(value['nodes']) : [];
  return {
    profile,
    end: {
      publicKey,
      networks: known,
      addresses,
      nodes: new Map(nodes.map(([name, own]) => [name, addressesIn(own)])),
    },
  };
}

function isIn(network: Prefix, address: Address | undefined): boolean {
  return address !== undefined && contains(network, address);
}

function addressesIn(value: unknown): Address[] {
  return textsIn(value).flatMap((text) => parseAddress(text) ?? []);
}

function textsIn(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}
