import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TunnelStatus } from '../../../shared/tunnel/status.ts';
import { runCommand } from '../command.ts';
import type { CommandResult } from '../command.ts';
import type { Host } from '../host.ts';
import type { Running } from '../running.ts';

/** The program as it is installed: what `npx adit` starts. */
export const aditProgram = join(import.meta.dirname, '..', '..', '..', 'dist', 'bin.cjs');

/** Milliseconds after a handshake by which a needless one more has come: REKEY_TIMEOUT, jitter, and the way. */
const oneMoreCall = 5_700;

/** What a command of `adit --json` left. */
export interface JsonResult {
  readonly code: number | null;
  /** The one value it printed. */
  readonly value: unknown;
  readonly stderr: string;
}

/** A user of this machine, and the words that are put before a program so that it runs as that user. */
export interface CommandUser {
  readonly uid: number;
  readonly gid: number;
  readonly identity: readonly string[];
}

/** How the helper is started. */
export interface HelperOptions {
  /** The number of the user it serves; `user` unless told. */
  readonly owner?: number;
  /** Who the commands run as, and whose the profiles are; root unless told. */
  readonly user?: CommandUser;
  readonly keep?: boolean;
  /** Whether wg-quick makes its interfaces. */
  readonly byWgQuick?: boolean;
  /** What is started; {@link aditProgram} unless told. */
  readonly program?: string;
  /** What the helper runs under: a module that is loaded before it, and environment for that. */
  readonly under?: { readonly module: string; readonly env: Readonly<Record<string, string>> };
}

/** Adit on a host of a lab: the helper inside, the command line outside with a socket and profiles of its own. */
export class AditClient implements AsyncDisposable {
  readonly host: Host;
  readonly socket: string;
  readonly home: string;
  #helper: Running;
  readonly #options: HelperOptions;

  private constructor(host: Host, socket: string, home: string, helper: Running, options: HelperOptions) {
    this.host = host;
    this.socket = socket;
    this.home = home;
    this.#helper = helper;
    this.#options = options;
  }

  /** Starts the helper on a host. @param folder one that host and machine share, and only root can write */
  static async start(host: Host, folder: string, options: HelperOptions = {}): Promise<AditClient> {
    const socket = join(folder, `${host.name}.sock`);
    const home = await mkdtemp(join(tmpdir(), 'adit-home-'));
    const { user } = options;
    if (user !== undefined) await chown(home, user.uid, user.gid);
    const client = new AditClient(host, socket, home, startHelper(host, socket, options), options);
    try {
      await client.helper.line(/"ready"/, 20_000);
      return client;
    } catch (error) {
      await client[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** The helper's process. */
  get helper(): Running {
    return this.#helper;
  }

  /** Starts another helper after the first has ended, and waits until it is ready. */
  async restartHelper(): Promise<void> {
    this.#helper = startHelper(this.host, this.socket, this.#options);
    await this.#helper.line(/"ready"/, 20_000);
  }

  /** What starts `adit` with some words, outside the host, in {@link environment}. */
  argv(...words: string[]): string[] {
    const { user, program = aditProgram } = this.#options;
    return [...(user?.identity ?? []), process.execPath, program, ...words];
  }

  /** What makes `adit` use this client's profiles and helper. */
  get environment(): Record<string, string> {
    const places = { ADIT_HOME: this.home, ADIT_SOCKET: this.socket };
    // Nothing of what it does is to be left in the user's own home.
    return this.#options.user === undefined ? places : { ...places, HOME: this.home };
  }

  /** Runs `adit` with some words, outside the host. */
  run(...words: string[]): Promise<CommandResult> {
    return runCommand('adit', this.argv(...words), {
      env: this.environment,
      allowFailure: true,
      timeoutMs: 30_000,
    });
  }

  /** Runs `adit ... --json`. @throws where it prints anything but one JSON value */
  async json(...words: string[]): Promise<JsonResult> {
    const { stdout, stderr, code } = await this.run(...words, '--json');
    return { value: JSON.parse(stdout) as unknown, stderr, code };
  }

  /** Runs `adit` with some words inside the host, as its user would: what sends packets has to be there. */
  runInside(...words: string[]): Promise<CommandResult> {
    return this.host.run([process.execPath, aditProgram, ...words], {
      env: this.environment,
      allowFailure: true,
      timeoutMs: 120_000,
    });
  }

  /** Runs `adit ... --json`. @throws where it fails */
  async done(...words: string[]): Promise<unknown> {
    const { code, value } = await this.json(...words);
    if (code !== 0)
      throw new Error(`adit ${words.join(' ')}: exit ${code ?? 'by signal'}: ${JSON.stringify(value)}`);
    return value;
  }

  /** The code of the error that `adit ... --json` fails with. */
  async fault(...words: string[]): Promise<string> {
    const { code, value } = await this.json(...words);
    if (code === 0) throw new Error(`adit ${words.join(' ')}: did not fail`);
    return (value as { error: { code: string } }).error.code;
  }

  /** Makes a file or a folder the user's own. */
  async give(path: string): Promise<void> {
    const { user } = this.#options;
    if (user !== undefined) await chown(path, user.uid, user.gid);
  }

  /** Imports a text as the profile `name`. */
  async import(name: string, text: string): Promise<void> {
    const path = join(this.home, `${name}.conf`);
    await writeFile(path, text);
    await this.give(path);
    await this.done('import', path);
    await rm(path);
  }

  /** The live state of a profile's tunnel. */
  async status(name: string): Promise<TunnelStatus> {
    const { tunnels } = (await this.done('status', name)) as { tunnels: TunnelStatus[] };
    const [tunnel] = tunnels;
    if (tunnel === undefined) throw new Error(`no status of ${name}`);
    return tunnel;
  }

  /**
   * The same when its sessions are ones that stay. wireguard-go sets the timer of a handshake after it has sent it, and in a lab the answer
   * may be there before that: then it calls once more, 5 s and a little later.
   *
   * @see wireguard-go device/send.go SendHandshakeInitiation
   */
  async settledStatus(name: string): Promise<TunnelStatus> {
    for (;;) {
      const status = await this.status(name);
      const latest = Math.max(...status.peers.map((peer) => Date.parse(peer.latestHandshake ?? '') || 0));
      const rest = latest + oneMoreCall - Date.now();
      if (rest <= 0) return status;
      await sleep(rest);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#helper.stop(5000);
    // A window's last writes may come while the folder is being emptied.
    await rm(this.home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

function startHelper(host: Host, socket: string, options: HelperOptions): Running {
  const { user, owner = user?.uid ?? 0, keep = false, program = aditProgram, under } = options;
  const words = [
    'helper',
    '--socket',
    socket,
    '--owner',
    String(owner),
    '--dev',
    ...(keep ? ['--keep'] : []),
    ...(options.byWgQuick === true ? ['--wg-quick'] : []),
  ];
  const node = [process.execPath, ...(under === undefined ? [] : ['--import', under.module])];
  return host.start([...node, program, ...words], under === undefined ? {} : { env: under.env });
}
