import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { FaultError } from '../../../shared/fault.ts';
import { forwarderAddresses } from '../../../shared/names/forwarding.ts';
import type { ForwardingTable } from '../../../shared/names/forwarding.ts';
import { forwarderUser } from '../../../shared/network/plan/constants.ts';
import type { Log } from '../system/log.ts';
import { programEnvironment } from '../system/programs.ts';
import type { Programs } from '../system/programs.ts';

/** Milliseconds that it may take to listen. */
const patience = 10_000;

/** Milliseconds before one that died is started again: longer each time, up to the last. */
const restartDelays = [50, 500, 2_000, 10_000] as const;

/** Bytes that it may say before it has said where it listens; it has nothing more to say. */
const saysAtMost = 1_000;

interface Child {
  readonly process: ChildProcess;
  readonly address: string;
}

/**
 * The child that sends each question for a name to its own servers. It runs as a user of its own that has nothing, with the one right
 * to listen on port 53; it dies with us, and is started again when it dies alone.
 */
export class Forwarder {
  readonly #programs: Programs;
  readonly #log: Log;
  readonly #moved: () => void;
  #child: Child | null = null;
  #table: ForwardingTable = [];
  #restart: NodeJS.Timeout | null = null;
  #deaths = 0;

  /** @param moved called when it was started again, maybe at another address */
  constructor(programs: Programs, log: Log, moved: () => void) {
    this.#programs = programs;
    this.#log = log;
    this.#moved = moved;
  }

  /** Where it listens; null while it does not. */
  get address(): string | null {
    return this.#child?.address ?? null;
  }

  /**
   * Makes it forward by this table, and starts it where it does not run.
   *
   * @returns where it listens
   * @throws FaultError `forwarder-failed`
   */
  async forward(table: ForwardingTable): Promise<string> {
    const isNew = JSON.stringify(table) !== JSON.stringify(this.#table);
    this.#table = table;
    if (this.#child === null) await this.#start();
    else if (isNew) instruct(this.#child.process, { table });
    return this.#child?.address ?? '';
  }

  /** Ends it. */
  stop(): void {
    if (this.#restart !== null) clearTimeout(this.#restart);
    this.#restart = null;
    const child = this.#child;
    this.#child = null;
    this.#deaths = 0;
    child?.process.kill('SIGKILL');
  }

  async #start(): Promise<void> {
    if (this.#restart !== null) clearTimeout(this.#restart);
    this.#restart = null;
    const process = this.#spawn();
    instruct(process, { table: this.#table });
    // Where the one before it listened comes first: that address is written down in places.
    instruct(process, { addresses: forwarderAddresses });
    const address = await addressSaidBy(process);
    if (address === null) {
      process.kill('SIGKILL');
      throw new FaultError(failed);
    }
    const child = { process, address };
    this.#child = child;
    this.#log('forwarder-started', { address });
    process.once('exit', () => this.#died(child));
    if (process.exitCode !== null || process.signalCode !== null) this.#died(child);
  }

  #died(child: Child): void {
    if (this.#child !== child) return;
    this.#child = null;
    const delay = restartDelays[Math.min(this.#deaths, restartDelays.length - 1)] ?? 0;
    this.#deaths += 1;
    this.#log('forwarder-ended', { restartIn: delay });
    this.#restart = setTimeout(() => this.#moved(), delay);
  }

  /**
   * The programs are opened here, and run by their descriptors: a checkout, and the Node beside it, may be in a folder that its user may
   * not enter.
   */
  #spawn(): ChildProcess {
    const runtime = openSync(process.execPath, 'r');
    const program = openSync(join(__dirname, 'forwarder.cjs'), 'r');
    const { uid, gid } = userOf(forwarderUser.name) ?? {
      uid: forwarderUser.number,
      gid: forwarderUser.number,
    };
    const rights = '-all,+net_bind_service';
    const words = [
      ...['--reuid', String(uid), '--regid', String(gid), '--clear-groups', '--no-new-privs'],
      ...['--inh-caps', rights, '--ambient-caps', rights, '--bounding-set', rights],
      ...['--pdeathsig', 'KILL', '--', '/proc/self/fd/4', '-'],
    ];
    try {
      const child = spawn(this.#programs.path('setpriv'), words, {
        cwd: '/',
        env: { ...programEnvironment, ELECTRON_RUN_AS_NODE: '1' },
        detached: true,
        stdio: [program, 'pipe', 'ignore', 'pipe', runtime],
      });
      child.on('error', (error) => this.#log('forwarder-failed', { reason: error.message }));
      (child.stdio[3] as Writable | null)?.on('error', () => undefined);
      return child;
    } finally {
      closeSync(runtime);
      closeSync(program);
    }
  }
}

function instruct(child: ChildProcess, instruction: object): void {
  (child.stdio[3] as Writable | null)?.write(`${JSON.stringify(instruction)}\n`);
}

/** The address in its first line; null where it ends or is silent instead, or says anything else. */
function addressSaidBy(child: ChildProcess): Promise<string | null> {
  return new Promise((resolve) => {
    let said = '';
    const timer = setTimeout(() => resolve(null), patience);
    const end = (address: string | null): void => {
      clearTimeout(timer);
      resolve(address);
    };
    child.once('exit', () => end(null));
    child.once('error', () => end(null));
    child.stdout?.on('data', (part: Buffer) => {
      if (said.length > saysAtMost) return;
      said += part.toString();
      if (said.includes('\n'))
        end(forwarderAddresses.find((address) => said.includes(`"${address}"`)) ?? null);
    });
  });
}

/** A user of this machine. @see passwd(5) */
function userOf(name: string): { uid: number; gid: number } | null {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((each) => each.startsWith(`${name}:`));
  const [, , uid, gid] = line?.split(':') ?? [];
  return uid === undefined || gid === undefined ? null : { uid: Number(uid), gid: Number(gid) };
}

const failed = {
  code: 'forwarder-failed',
  message: 'The program that sends each name to its own servers could not be started.',
  hint: `It listens at ${forwarderAddresses[0]}, port 53: see who else does, and the log of the helper. A name server that listens at every address leaves no room; dnsmasq does not with "bind-dynamic" in its settings.`,
  command: 'ss -Hlntup sport = :53',
} as const;
