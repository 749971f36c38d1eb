import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../command.ts';
import type { Host } from '../host.ts';
import { raiseByQuick } from '../wireguard.ts';
import { aditProgram } from './client.ts';

/** What `adit new --json` prints, as far as the tests use it. */
export interface NewEnd {
  readonly name: string;
  readonly publicKey: string;
  readonly farSide: {
    readonly wgSet: string;
    readonly peerSection: string;
    readonly commands: readonly string[];
  };
  readonly thisSide: { readonly commands: readonly string[] };
}

/** Makes the end of a host that runs no Adit, and brings it up there as its file says, by wg-quick alone. */
export class BareEnd {
  readonly made: NewEnd;
  readonly #host: Host;
  readonly #conf: string;

  private constructor(made: NewEnd, host: Host, conf: string) {
    this.made = made;
    this.#host = host;
    this.#conf = conf;
  }

  /** Runs `adit new NAME ...`, where a person would, and takes the file that it made. */
  static async make(host: Host, name: string, ...words: string[]): Promise<BareEnd> {
    const home = await mkdtemp(join(tmpdir(), 'adit-home-'));
    const adit = async (...line: string[]): Promise<string> => {
      const argv = [process.execPath, aditProgram, ...line];
      return (await runCommand('adit', argv, { env: { ADIT_HOME: home } })).stdout;
    };
    try {
      const made = JSON.parse(await adit('new', name, ...words, '--json')) as NewEnd;
      return new BareEnd(made, host, await adit('export', name));
    } finally {
      await rm(home, { recursive: true });
    }
  }

  /** Brings it up. */
  async raise(): Promise<void> {
    await runPrinted(this.#host, this.made.thisSide.commands);
    await raiseByQuick(this.#host, this.made.name, this.#conf);
  }
}

/** Runs commands on a host as they were printed. */
export async function runPrinted(host: Host, commands: readonly string[]): Promise<void> {
  if (commands.length > 0) await host.shell(commands.join('\n'));
}
