import { readFile, readlink, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Programs } from '../system/programs.ts';
import { run } from '../system/run.ts';
import { engineProcessFor, engineProcessName } from './engine-processes.ts';
import { readGoBuild } from './go-build.ts';

/** The tag that `build/engine.ts` gives Adit’s own engine. */
const ownTag = 'adit';

/**
 * Tells which wireguard-go serves an interface: of the process that runs, and not of the file that would be started today. The two
 * differ after an upgrade for as long as the old one is up.
 */
export class EngineVersions {
  readonly #programs: Programs;
  /** By the identity of the program's file. */
  readonly #known = new Map<string, string>();

  constructor(programs: Programs) {
    this.#programs = programs;
  }

  /** As {@link versionText} has it; null where it cannot be told. */
  async of(interfaceName: string): Promise<string | null> {
    const pid = engineProcessFor(interfaceName);
    if (pid === null) return null;
    const executable = `/proc/${pid}/exe`;
    const file = await stat(executable).catch(() => null);
    if (file === null) return null;
    const identity = `${file.dev}:${file.ino}:${file.mtimeMs}`;
    const version = this.#known.get(identity) ?? (await this.#read(executable).catch(() => null));
    if (version !== null) this.#known.set(identity, version);
    return version;
  }

  async #read(executable: string): Promise<string | null> {
    const build = readGoBuild(await readFile(executable));
    if (build !== null && build.version !== null)
      return versionText(build.version, build.tags.includes(ownTag));
    // Distributions build it of loose sources: it has to say itself which those are.
    const path = await readlink(executable);
    if (basename(path) !== engineProcessName || !this.#programs.trusts(path)) return null;
    const { stdout } = await run(path, ['--version']);
    const version = /^wireguard-go (v\S+)/.exec(stdout)?.[1];
    return version === undefined ? null : versionText(version, false);
  }
}

/**
 * The version of wireguard-go as the status has it: `0.0.YYYYMMDD`, and ` (Adit’s own)` behind it where Adit built it.
 *
 * @param version of Go's, that of a release (`v0.0.20220316`) or of a commit (`v0.0.0-20260522210424-ecfc5a8d5446`)
 */
export function versionText(version: string, isOwn: boolean): string {
  const [, day] = /^v0\.0\.0-(\d{8})\d{6}-/.exec(version) ?? [];
  const plain = day === undefined ? version.replace(/^v/, '') : `0.0.${day}`;
  return isOwn ? `${plain} (Adit’s own)` : plain;
}
