import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { replaceFile } from '../../profiles/files.ts';
import type { ExecPlugin } from './plugin.ts';

/** The exec plugins that the person has allowed, each with its words and variables: another word is another program. */
export class AllowedPlugins {
  readonly #path: string;

  /** @param home the state folder */
  constructor(home: string) {
    this.#path = join(home, 'clusters', 'allowed-programs');
  }

  /** Whether just this has been allowed before. */
  async has(plugin: ExecPlugin): Promise<boolean> {
    return (await this.#known()).includes(fingerprint(plugin));
  }

  /** Remembers that it is allowed. */
  async add(plugin: ExecPlugin): Promise<void> {
    const known = await this.#known();
    if (known.includes(fingerprint(plugin))) return;
    await mkdir(dirname(this.#path), { recursive: true, mode: 0o700 });
    await replaceFile(this.#path, Buffer.from(`${[...known, fingerprint(plugin)].join('\n')}\n`));
  }

  /** A file that is damaged or not there allows nothing. */
  async #known(): Promise<string[]> {
    const text = await readFile(this.#path, 'utf8').catch(() => '');
    return text.split('\n').filter((line) => /^[0-9a-f]{64}$/.test(line));
  }
}

function fingerprint({ command, words, environment }: ExecPlugin): string {
  return createHash('sha256')
    .update(JSON.stringify([command, words, environment]))
    .digest('hex');
}
