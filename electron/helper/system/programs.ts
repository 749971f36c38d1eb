import { accessSync, constants, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { FaultError } from '../../../shared/fault.ts';
import type { Untrusted } from '../../../shared/contract/helper/trust.ts';
import { untrustedAncestor } from './trust.ts';

/** Where programs are looked for, whatever the caller's PATH says. */
const folders = ['/usr/sbin', '/usr/bin', '/sbin', '/bin'] as const;

/** The environment of every program the helper runs. */
export const programEnvironment: Readonly<Record<string, string>> = {
  PATH: folders.join(':'),
  LC_ALL: 'C',
};

/** The programs the helper runs, and the Debian package of each. */
const packages = {
  'wg-quick': 'wireguard-tools',
  wg: 'wireguard-tools',
  'wireguard-go': 'wireguard-go',
  bash: 'bash',
  ip: 'iproute2',
  nft: 'nftables',
  setpriv: 'util-linux',
  flock: 'util-linux',
  cat: 'coreutils',
  'systemd-notify': 'systemd',
  busctl: 'systemd',
  resolvectl: 'systemd-resolved',
  resolvconf: 'openresolv',
  nmcli: 'network-manager',
} as const;

/** The name of a program the helper runs. */
export type ProgramName = keyof typeof packages;

/** What no tunnel can do without; an engine may be in the kernel. */
const essential = ['wg', 'ip', 'nft', 'setpriv'] as const;

/** Finds programs by absolute path, once each, and refuses those that somebody but root could change. */
export class Programs {
  readonly #paths = new Map<ProgramName, string>();
  readonly #trustAll: boolean;
  readonly #engineFolder: string | null;

  /**
   * @param trustAll accept programs whatever their owner (`--dev`)
   * @param engineFolder where Adit's own engine is, if it has one: it goes before the system's
   */
  constructor(trustAll: boolean, engineFolder: string | null = null) {
    this.#trustAll = trustAll;
    this.#engineFolder = engineFolder;
  }

  /**
   * The absolute path of a program.
   *
   * @throws FaultError `tool-missing`, `helper-files-untrusted`
   */
  path(name: ProgramName): string {
    const known = this.#paths.get(name);
    if (known !== undefined) return known;
    const path = this.find(name);
    if (path === null) throw new FaultError(missing(name));
    this.#paths.set(name, path);
    return path;
  }

  /** The same, or null where it is not installed. */
  find(name: ProgramName): string | null {
    const own = name === 'wireguard-go' && this.#engineFolder !== null ? [this.#engineFolder] : [];
    const path = [...own, ...folders].map((folder) => join(folder, name)).find(isExecutable);
    if (path === undefined) return null;
    const culprit = this.#untrusted(path);
    if (culprit === null) return path;
    throw new FaultError({
      code: 'helper-files-untrusted',
      message: `${path} would run as root, and ${culprit.path} ${culprit.reason}.`,
      hint: 'Reinstall the package it belongs to.',
    });
  }

  /** Looks, now, for every program that no tunnel can do without. @throws FaultError `tool-missing`, `helper-files-untrusted` */
  checkEssential(): void {
    for (const name of essential) if (this.find(name) === null) throw new FaultError(missing(name));
  }

  /** Whether a file is there that the helper may run: nobody but root could change it. @param path absolute */
  trusts(path: string): boolean {
    return isExecutable(path) && this.#untrusted(path) === null;
  }

  #untrusted(path: string): Untrusted | null {
    return this.#trustAll ? null : untrustedAncestor(realpathSync(path));
  }
}

function missing(name: ProgramName): FaultError['fault'] {
  return {
    code: 'tool-missing',
    message: `${name} is not installed.`,
    hint: `Install the package ${packages[name]}.`,
    command: `apt-get install ${packages[name]}`,
  };
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
