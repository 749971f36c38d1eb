import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A module whose code is in the program that was built. */
export interface LinkedModule {
  /** Its path and version. */
  readonly name: string;
  /** Where its sources are, with its licence. */
  readonly folder: string;
}

/** The oldest Go that a go.mod allows, such as `1.24`. @throws Error where it names none */
export function oldestGo(goMod: string): string {
  const version = /^go (\S+)$/m.exec(goMod)?.[1];
  if (version === undefined) throw new Error('go.mod does not say for which Go it is');
  return version;
}

/** Whether a Go is older than another. @param found as `go env GOVERSION` has it: `go1.26.8`, or `devel …`, which is no older */
export function isOlder(found: string, needed: string): boolean {
  const [major = 0, minor = 0] = needed.split('.').map(Number);
  const [, foundMajor, foundMinor] = /^go(\d+)\.(\d+)/.exec(found) ?? [];
  if (foundMajor === undefined) return false;
  return Number(foundMajor) < major || (Number(foundMajor) === major && Number(foundMinor) < minor);
}

/** The modules of `go list -deps`, one a line of path, version and folder, each once. */
export function linkedModules(listing: string): LinkedModule[] {
  const lines = new Set(listing.split('\n').filter((line) => line !== ''));
  return [...lines].sort().map((line) => {
    const [path = '', version = '', ...folder] = line.split(' ');
    return { name: `${path} ${version}`, folder: folder.join(' ') };
  });
}

/** The licences of modules, each under the module's name. @throws Error where a module has none */
export function licenceText(modules: readonly LinkedModule[]): string {
  const parts = modules.map((module) => `${module.name}\n\n${licenceOf(module, modules).trim()}\n`);
  return `The program wireguard-go in this folder is made of:\n\n${parts.join(`\n${'-'.repeat(80)}\n\n`)}`;
}

function licenceOf({ name, folder }: LinkedModule, modules: readonly LinkedModule[]): string {
  const file = join(folder, 'LICENSE');
  if (existsSync(file)) return withNotice(readFileSync(file, 'utf8'), folder);
  // Debian's Go has its licence elsewhere; the modules of the Go project carry the same text.
  const sister = modules.find((other) => other.name.startsWith('golang.org/x/') && other.folder !== folder);
  if (name.startsWith('Go’s') && sister !== undefined)
    return readFileSync(join(sister.folder, 'LICENSE'), 'utf8');
  throw new Error(`${name} has no licence in ${folder}`);
}

/** WireGuard's licence speaks of a copyright notice that stands at the head of each source file only. */
function withNotice(licence: string, folder: string): string {
  if (/^\s*Copyright/m.test(licence)) return licence;
  const notice = /Copyright \(C\) .*$/m.exec(readFileSync(join(folder, 'main.go'), 'utf8'))?.[0];
  if (notice === undefined) throw new Error(`${folder} names no owner of its copyright`);
  return `${notice}\n\n${licence}`;
}
