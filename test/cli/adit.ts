import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { temporaryFolder } from '../unit/machine.ts';

const root = join(import.meta.dirname, '..', '..');

/** The program as it is installed: what `npx adit` starts. */
export const aditProgram = join(root, 'dist', 'bin.cjs');

/** Builds the program if nobody has yet. */
export function buildIfMissing(): void {
  if (existsSync(aditProgram)) return;
  const { status, stderr } = spawnSync(process.execPath, [join(root, 'build', 'bundle.ts')], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`the program could not be built: ${stderr}`);
}

/** What a command left. */
export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A fault as the command line tells it in JSON. */
export interface ToldFault {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  readonly command?: string;
}

/** How a command is run. */
export interface Circumstances {
  /** The Node to run it on; this one unless told. */
  readonly node?: string;
  /** A program before it, such as one that makes it another user's. */
  readonly before?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** The command line of a user, with profiles and a socket of its own. */
export class Adit {
  readonly home: string;
  readonly socket: string;

  constructor(socket = '/nonexistent/adit/helper.sock') {
    this.home = join(temporaryFolder(), 'home');
    this.socket = socket;
  }

  /** Runs `adit` with these words to its end. */
  run(
    words: readonly string[],
    { node = process.execPath, before = [], environment, cwd }: Circumstances = {},
  ): Promise<Outcome> {
    const [program = node, ...rest] = [...before, node, aditProgram, ...words];
    return new Promise((resolve, reject) => {
      const child = spawn(program, rest, {
        cwd: cwd ?? '/',
        env: {
          PATH: '/usr/bin:/bin',
          HOME: '/nonexistent',
          ADIT_HOME: this.home,
          ADIT_SOCKET: this.socket,
          ...environment,
        },
        stdio: ['ignore', 'pipe', 'pipe'],
        timeout: 20_000,
      });
      const stdout: Buffer[] = [];
      const stderr: Buffer[] = [];
      child.stdout.on('data', (part: Buffer) => stdout.push(part));
      child.stderr.on('data', (part: Buffer) => stderr.push(part));
      child.on('error', reject);
      child.on('close', (code) => {
        resolve({ code, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() });
      });
    });
  }

  /** Runs `adit ... --json` and gives the one value that it prints. @throws where it fails */
  async json(...words: string[]): Promise<unknown> {
    const { code, stdout, stderr } = await this.run([...words, '--json']);
    if (code !== 0)
      throw new Error(`adit ${words.join(' ')}: exit ${code ?? 'by a signal'}: ${stdout}${stderr}`);
    return JSON.parse(stdout) as unknown;
  }

  /** The fault that `adit ...` ends with, told alike in JSON and in words. */
  async fault(words: readonly string[], circumstances: Circumstances = {}): Promise<ToldFault> {
    const [asJson, inWords] = await Promise.all([
      this.run([...words, '--json'], circumstances),
      this.run(words, circumstances),
    ]);
    const { error } = JSON.parse(asJson.stdout) as { error: ToldFault };
    const expected = error.code === 'wrong-usage' ? 2 : 1;
    expect([asJson.code, inWords.code], words.join(' ')).toEqual([expected, expected]);
    expect(error).toMatchObject({ code: expect.stringMatching(/^[a-z0-9]+(-[a-z0-9]+)*$/) as string });
    expect(error.message.trim().length * error.hint.trim().length).toBeGreaterThan(0);
    expect(asJson.stderr).toBe('');
    for (const text of [asJson.stdout, inWords.stdout, inWords.stderr]) expect(text).not.toMatch(stackTrace);
    expect(inWords.stdout + inWords.stderr).toContain(error.code);
    expect(inWords.stdout + inWords.stderr).toContain(error.hint);
    return error;
  }
}

/** A line of a stack trace. */
const stackTrace = /^\s+at .+[:(]/m;

/** Does work for each of many, two at a time: as many as the smallest machine has cores. */
export async function twoAtATime<T>(many: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  const rest = [...many];
  const worker = async (): Promise<void> => {
    for (let next = rest.shift(); next !== undefined; next = rest.shift()) await work(next);
  };
  await Promise.all([worker(), worker()]);
}
