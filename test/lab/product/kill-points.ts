import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Host } from '../host.ts';

/** Who is stopped at a step. */
export type Victim = 'helper' | 'engine' | 'caller';

/** A step of the helper at which somebody is stopped. */
export interface Point {
  /** From 1 on; 0 stops nobody, and only counts. */
  readonly at: number;
  readonly when: 'before' | 'after';
  readonly whom: Victim;
}

/** The module that counts the helper's steps and stops somebody at one of them. */
export const stopAtStep = join(import.meta.dirname, '..', 'inside', 'stop-at-step.ts');

/** What the helper's steps are counted with, and what was seen of them. */
export class Steps {
  readonly folder: string;
  #id = 0;

  /** @param folder one that host and machine share; it is made */
  constructor(folder: string) {
    this.folder = folder;
    mkdirSync(folder, { recursive: true });
  }

  /** From now on steps are counted, from 1 on, and somebody is stopped at one. */
  arm({ at, when, whom }: Point): void {
    for (const name of ['steps', 'stopped', 'go', 'wg-quick-steps'])
      rmSync(this.#path(name), { force: true });
    this.#id += 1;
    writeFileSync(this.#path('armed'), JSON.stringify({ id: this.#id, at, when, whom }));
  }

  /** From now on nobody is stopped. */
  disarm(): void {
    rmSync(this.#path('armed'), { force: true });
    rmSync(this.#path('wg-quick-at'), { force: true });
  }

  /** The steps that were counted, in words. */
  get seen(): string[] {
    return this.#lines('steps');
  }

  /** Those of wg-quick, if it was {@link instrumentWgQuick instrumented}. */
  get seenOfWgQuick(): string[] {
    return this.#lines('wg-quick-steps');
  }

  /** Whether the point was come to. */
  get hasStopped(): boolean {
    return existsSync(this.#path('stopped'));
  }

  /** Waits until it is, or until `isOver`. */
  async reached(isOver: () => boolean): Promise<boolean> {
    while (!this.hasStopped && !isOver()) await sleep(2);
    return this.hasStopped;
  }

  /** Lets the helper go on that waits for its caller to be stopped. */
  go(): void {
    writeFileSync(this.#path('go'), '');
  }

  /** From now on wg-quick kills itself before one of its steps. */
  armWgQuick(at: number): void {
    rmSync(this.#path('wg-quick-steps'), { force: true });
    writeFileSync(this.#path('wg-quick-at'), String(at));
  }

  /** Puts a wg-quick on a host that counts its steps: the real one, with two lines more in the function that runs each. */
  async instrumentWgQuick(host: Host): Promise<void> {
    const { stdout: path } = await host.shell('readlink -f "$(command -v wg-quick)"');
    const text = readFileSync(path.trim(), 'utf8');
    const counting = `cmd() {
\techo "$*" >> ${this.#path('wg-quick-steps')}
\t[[ $(wc -l < ${this.#path('wg-quick-steps')}) -ne $(cat ${this.#path('wg-quick-at')} 2>/dev/null || echo 0) ]] || kill -9 $$
`;
    if (!text.includes('cmd() {\n')) throw new Error('wg-quick is not as it was known');
    const copy = this.#path('wg-quick');
    writeFileSync(copy, text.replace('cmd() {\n', counting), { mode: 0o755 });
    await host.run(['mount', '--bind', copy, path.trim()]);
  }

  #lines(name: string): string[] {
    try {
      return readFileSync(this.#path(name), 'utf8').split('\n').filter(Boolean);
    } catch {
      return [];
    }
  }

  #path(name: string): string {
    return join(this.folder, name);
  }
}
