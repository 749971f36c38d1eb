import { existsSync } from 'node:fs';
import { copyFile, cp, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { aditProgram } from './client.ts';

/** Adit's own engine, where `npm run build:engine` puts it. */
export const ownEngine = join(dirname(aditProgram), 'engine', 'wireguard-go');

/** The system's, which the lab needs in any case. */
export const systemEngine = '/usr/bin/wireguard-go';

/** Why nothing can be tried with Adit's own engine, for a skipped test; null where it is built. */
export function whyNoOwnEngine(): string | null {
  return existsSync(ownEngine)
    ? null
    : 'Adit’s own engine is not built: "npm run build:engine", which takes Go';
}

/** A copy of `dist/`, as a package brings one, with an engine of its own or without. */
export class Installation implements AsyncDisposable {
  /** What is started in place of `npx adit`. */
  readonly program: string;
  /** Where its own engine is looked for. */
  readonly engine: string;
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
    this.program = join(folder, 'dist', 'bin.cjs');
    this.engine = join(folder, 'dist', 'engine', 'wireguard-go');
  }

  /** @param engine the program that is to be its own engine; null leaves it to the system's */
  static async copy(engine: string | null): Promise<Installation> {
    const made = new Installation(await mkdtemp(join(tmpdir(), 'adit-installed-')));
    const target = dirname(made.program);
    const ownFolder = dirname(ownEngine);
    await cp(dirname(aditProgram), target, { recursive: true, filter: (path) => path !== ownFolder });
    if (engine !== null) await made.bring(engine);
    return made;
  }

  /** Puts another engine in the place of its own, as an upgrade does: what runs goes on with the old file. */
  async bring(engine: string): Promise<void> {
    await mkdir(dirname(this.engine), { recursive: true });
    await copyFile(engine, `${this.engine}.new`);
    await rename(`${this.engine}.new`, this.engine);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }
}
