import { spawnSync } from 'node:child_process';
import { accessSync, closeSync, constants, openSync } from 'node:fs';
import { join } from 'node:path';
import { labEnvironment } from './command.ts';

/** Something that keeps a lab from being built here, and what cures it. */
export interface Obstacle {
  readonly code: 'not-linux' | 'not-root' | 'tools-missing' | 'no-tun' | 'namespaces-refused';
  readonly message: string;
  /** The command that cures it, where there is one. */
  readonly command?: string;
}

/** Every program the lab calls, by the Debian package that brings it. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  bash: ['bash'],
  coreutils: ['sleep', 'readlink', 'cat'],
  grep: ['grep'],
  iproute2: ['ip'],
  // What "adit new" prints for hosts that have it.
  iptables: ['iptables'],
  'iputils-ping': ['ping'],
  mount: ['mount'],
  nftables: ['nft'],
  // wg-quick calls it for a default route, and its package does not ask for it.
  procps: ['sysctl'],
  tcpdump: ['tcpdump'],
  'util-linux': ['unshare', 'nsenter', 'setpriv'],
  'wireguard-go': ['wireguard-go'],
  'wireguard-tools': ['wg', 'wg-quick'],
};

/** The Debian packages that a machine with a lab on it needs. */
export const labPackages: readonly string[] = Object.keys(PACKAGES);

/** The Debian packages of which a program is missing. */
export function missingTools(): string[] {
  const folders = labEnvironment()['PATH']?.split(':') ?? [];
  const present = (program: string): boolean =>
    folders.some((folder) => {
      try {
        accessSync(join(folder, program), constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
  return Object.keys(PACKAGES).filter((name) => PACKAGES[name]?.every(present) !== true);
}

/** Whether this process is root. */
export function isRoot(): boolean {
  return process.geteuid?.() === 0;
}

/** All that keeps a lab from being built here; none means that `Lab.open` works. Takes about 10 ms. */
export function obstacles(): Obstacle[] {
  if (process.platform !== 'linux') {
    return [{ code: 'not-linux', message: 'the lab is made of Linux network namespaces' }];
  }
  const found: Obstacle[] = [];
  const missing = missingTools();
  if (missing.length > 0) {
    const command = `apt-get install -y --no-install-recommends ${missing.join(' ')}`;
    found.push({ code: 'tools-missing', message: `missing Debian packages: ${missing.join(', ')}`, command });
  }
  if (!isRoot()) {
    found.push({
      code: 'not-root',
      message: 'the lab makes network namespaces, which takes root',
      command: 'sudo -i',
    });
    return found;
  }
  const tun = tunFault();
  if (tun !== null) {
    const command = 'mkdir -p /dev/net && mknod /dev/net/tun c 10 200';
    found.push({ code: 'no-tun', message: `wireguard-go needs /dev/net/tun: ${tun}`, command });
  }
  const refused = missing.includes('util-linux') ? null : namespaceFault();
  if (refused !== null) {
    const message = `namespaces are refused here (a container without CAP_SYS_ADMIN?): ${refused}`;
    found.push({ code: 'namespaces-refused', message });
  }
  return found;
}

/** Why the lab cannot be built here, in one line for a skipped test; null where it can. */
export function whyNoLab(): string | null {
  const found = obstacles();
  return found.length === 0 ? null : found.map(({ message }) => message).join('; ');
}

function tunFault(): string | null {
  try {
    closeSync(openSync('/dev/net/tun', 'r+'));
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

function namespaceFault(): string | null {
  const argv = ['--pid', '--fork', '--mount', '--net', '--uts', '--mount-proc', '--', 'true'];
  const { status, stderr, error } = spawnSync('unshare', argv, {
    env: labEnvironment(),
    encoding: 'utf8',
    timeout: 5000,
  });
  return status === 0 ? null : (error?.message ?? stderr.trim());
}
