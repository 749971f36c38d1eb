import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Host } from './host.ts';

/** Where unpacked packages are kept between runs; nothing of them is ever installed. */
const cache = join(tmpdir(), 'adit-lab-packages');

/** Folders that lie in /usr on a machine of today, and beside it in packages of yesterday. */
const mergedFolders = ['bin', 'sbin', 'lib'] as const;

/** Milliseconds for a package to be fetched. */
const PATIENCE_MS = 120_000;

/**
 * A Debian package, fetched and unpacked: the folder with its files.
 *
 * @returns null where it cannot be had: no Debian, or no archive to be reached
 */
export async function unpacked(name: string): Promise<string | null> {
  const folder = join(cache, name);
  if (existsSync(folder)) return folder;
  const work = join(cache, `.${name}-${process.pid}`);
  const files = join(work, 'files');
  await mkdir(files, { recursive: true });
  try {
    const fetched = spawnSync('apt-get', ['download', name], { cwd: work, timeout: PATIENCE_MS });
    const archive = (await readdir(work)).find((file) => file.endsWith('.deb'));
    if (fetched.status !== 0 || archive === undefined) return null;
    if (spawnSync('dpkg', ['-x', join(work, archive), files]).status !== 0) return null;
    for (const merged of mergedFolders) {
      const beside = join(files, merged);
      if (existsSync(beside))
        await cp(beside, join(files, 'usr', merged), { recursive: true, verbatimSymlinks: true });
    }
    await rename(files, folder).catch((error: unknown) => {
      // Another test was quicker.
      if (!existsSync(folder)) throw error;
    });
    return folder;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Why packages are not to be had here; null where they are, and are unpacked now. */
export async function whyNoPackages(...names: string[]): Promise<string | null> {
  const missing: string[] = [];
  for (const name of names) if ((await unpacked(name)) === null) missing.push(name);
  return missing.length === 0 ? null : `cannot be fetched: ${missing.join(', ')}`;
}

/** Makes a host have some packages, and nobody else: their files appear in its /usr and its own /etc. No script of theirs is run. */
export async function addPackages(host: Host, ...names: string[]): Promise<void> {
  const folders = await Promise.all(
    names.map(async (name) => {
      const folder = await unpacked(name);
      if (folder === null) throw new Error(`the package ${name} cannot be fetched`);
      return folder;
    }),
  );
  const layers = [...folders.map((folder) => join(folder, 'usr')), '/usr'].join(':');
  const settings = folders.map((folder) => join(folder, 'etc')).filter((folder) => existsSync(folder));
  await host.shell(
    [
      `mount -t overlay -o ro,lowerdir=${layers} lab /usr`,
      ...settings.map((folder) => `cp -r --no-preserve=ownership ${folder}/. /etc/`),
    ].join('\n'),
  );
}
