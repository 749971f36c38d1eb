import { chmodSync, copyFileSync, cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { bundleFolder, installedFiles, programFolder, programName } from '../../../build/linux/installed.ts';
import type { CommandResult, RunOptions } from '../command.ts';
import type { Host } from '../host.ts';
import { childrenOf } from '../namespaces.ts';
import type { ProcessEntry } from '../namespaces.ts';
import { aditProgram } from './client.ts';

/** Where the files that are installed come from. */
const sources = join(import.meta.dirname, '..', '..', '..', 'build', 'linux');

/** An ordinary user of the host. */
export interface Person {
  readonly name: string;
  readonly uid: number;
}

/** Whose helper it is, and somebody else. No machine has users of these numbers. */
export const owner: Person = { name: 'adit-owner', uid: 54_321 };
export const stranger: Person = { name: 'adit-stranger', uid: 54_322 };

/** What is put before a program so that it runs as somebody, with nothing of root's; it may still gain it, by pkexec. */
export function identityOf({ uid }: Person): string[] {
  return ['setpriv', '--reuid', `${uid}`, '--regid', `${uid}`, '--clear-groups', '--'];
}

/** The socket of somebody's helper. */
export function socketOf({ uid }: Person): string {
  return `/run/adit/${uid}/helper.sock`;
}

/** The program's own words before those of a command line. */
const adit = [join(programFolder, programName), join(programFolder, bundleFolder, 'bin.cjs')];

/** The words that start the helper of somebody, as launcher and unit do. */
export function helperWords({ uid }: Person): string[] {
  return [...adit, 'helper', '--owner', `${uid}`, '--socket', socketOf({ name: '', uid })];
}

/**
 * Installs Adit in a host of the lab, with two users: all files at their places, root's, in a layer over the machine's own /usr.
 * The Node of this process stands for the packaged program, which is one where ELECTRON_RUN_AS_NODE is set.
 */
export async function install(host: Host): Promise<void> {
  await host.shell(`
    mkdir -p /run/layers/usr/{upper,work}
    mount -t overlay -o lowerdir=/usr,upperdir=/run/layers/usr/upper,workdir=/run/layers/usr/work lab /usr`);
  const seen = (path: string): string => `/proc/${host.pid}/root${path}`;
  const put = (path: string, write: (at: string) => void): void => {
    mkdirSync(dirname(seen(path)), { recursive: true });
    write(seen(path));
  };
  put(join(programFolder, bundleFolder), (at) => cpSync(dirname(aditProgram), at, { recursive: true }));
  for (const { source, path, mode } of installedFiles) {
    put(path, (at) => {
      copyFileSync(join(sources, source), at);
      chmodSync(at, mode);
    });
  }
  const program = join(programFolder, programName);
  put(program, (at) => writeFileSync(at, ''));
  const users = [owner, stranger].map(({ name, uid }) => `${name}:x:${uid}:${uid}::/run/home/${uid}:/bin/sh`);
  const groups = [owner, stranger].map(({ name, uid }) => `${name}:x:${uid}:`);
  await host.shell(`
    mount --bind '${process.execPath}' '${program}'
    printf '%s\\n' ${users.map((line) => `'${line}'`).join(' ')} >>/etc/passwd
    printf '%s\\n' ${groups.map((line) => `'${line}'`).join(' ')} >>/etc/group
    for uid in ${owner.uid} ${stranger.uid}; do
      mkdir -p "/run/home/$uid"
      chown "$uid:$uid" "/run/home/$uid"
    done`);
}

/** The texts of the units that were installed, by name. */
export async function installedUnits(host: Host): Promise<Record<string, string>> {
  const texts: Record<string, string> = {};
  for (const { path } of installedFiles) {
    if (path.includes('/systemd/system/')) texts[basename(path)] = await host.read(path);
  }
  return texts;
}

/** Runs `adit` of {@link install} as somebody, with that person's own profiles and helper. */
export function aditAs(host: Host, person: Person, ...words: string[]): Promise<CommandResult> {
  return host.run([...identityOf(person), '/usr/bin/adit', ...words], {
    cwd: '/',
    env: { HOME: `/run/home/${person.uid}` },
    allowFailure: true,
    timeoutMs: 40_000,
  });
}

/** Runs `adit ... --json` as somebody. @throws where it prints anything but one JSON value */
export async function jsonAs(host: Host, person: Person, ...words: string[]): Promise<unknown> {
  const { stdout, stderr } = await aditAs(host, person, ...words, '--json');
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout) as unknown;
}

/** Keeps a text as somebody's profile. */
export async function importAs(host: Host, person: Person, name: string, text: string): Promise<void> {
  const path = `/run/home/${person.uid}/${name}.conf`;
  await host.write(path, text);
  await host.run(['chown', `${person.uid}`, path]);
  const { code, stderr } = await aditAs(host, person, 'import', path);
  if (code !== 0) throw new Error(stderr);
}

/** Runs a program as somebody, started by a shell of that person's, as pkexec asks whose it is. */
export function runAs(
  host: Host,
  person: Person,
  argv: readonly string[],
  options: RunOptions = {},
): Promise<CommandResult> {
  return host.run([...identityOf(person), '/bin/sh', '-c', '"$@"; exit $?', 'sh', ...argv], {
    cwd: '/',
    allowFailure: true,
    timeoutMs: 30_000,
    ...options,
  });
}

/** The helpers that run in a host, for anybody. */
export function helpersOn(host: Host): ProcessEntry[] {
  const look = (): ProcessEntry[] =>
    host.processes().filter(({ argv }) => argv.includes('helper') && argv[0] === adit[0]);
  const found = look();
  // A child that is about to become another program looks like its parent for a moment: it is a child still, or has changed by now.
  const children = new Set(found.flatMap(({ pid }) => childrenOf(pid)));
  const still = new Set(look().map(({ pid }) => pid));
  return found.filter(({ pid }) => still.has(pid) && !children.has(pid));
}
