import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { spawn } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { labEnvironment } from './command.ts';
import { Host } from './host.ts';
import type { MachinePid, ProcessEntry } from './namespaces.ts';
import { childrenOf, innerPid, namespaceOf, processesIn, signalProcess } from './namespaces.ts';

/** Milliseconds within which a lab or a host has to stand, or to be gone. */
const PATIENCE_MS = 15_000;

/** What a cable is plugged into: a host's link name, or a switch. */
export type Plug = readonly [host: Host, link: string];

/** A bridge that hosts are plugged into: a LAN, or the internet's middle. */
export interface Switch {
  readonly name: string;
}

/** What a cable may be told apart from its ends. */
export interface CableOptions {
  /** Largest packet in bytes, 1,500 unless told. */
  readonly mtu?: number;
}

/**
 * A network of hosts under one parent in namespaces of its own. When this process ends, however it ends, or the
 * parent is killed, every host, link and program of the lab ends with it and the machine is as it was.
 */
export class Lab implements AsyncDisposable {
  readonly name: string;
  /** A folder that hosts and machine share, for Unix sockets; gone when the lab is. */
  readonly folder: string;
  /** The outermost process of the lab on the machine: killing it ends the lab. */
  readonly parentPid: MachinePid;
  /** PID 1 of the lab. Its network holds the switches. */
  readonly parent: Host;
  /** Settles when the lab has ended, for whatever reason. */
  readonly ended: Promise<void>;
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #announced: Announcements;
  readonly #processes: string;
  readonly #hosts = new Map<string, Host>();
  /** How many ports each switch has had. */
  readonly #portCounts = new Map<string, number>();
  /** The port a host's link is plugged into. */
  readonly #ports = new Map<string, string>();
  #lastIndex = 100;

  private constructor(
    name: string,
    folder: string,
    child: ChildProcessWithoutNullStreams,
    announced: Announcements,
    one: MachinePid,
  ) {
    this.name = name;
    this.folder = folder;
    this.parentPid = child.pid ?? 0;
    this.parent = new Host(`${name} (parent)`, one, 1);
    this.ended = new Promise((resolve) => {
      child.on('exit', () => {
        // Killed with -9, the parent could not remove it.
        void rm(folder, { recursive: true, force: true }).finally(resolve);
      });
    });
    this.#process = child;
    this.#announced = announced;
    this.#processes = namespaceOf(one, 'pid') ?? '';
  }

  /**
   * A lab with no hosts yet. Needs root; see `obstacles()`.
   * @throws when the namespaces cannot be made, with what `unshare` said.
   */
  static async open(name: string): Promise<Lab> {
    const folder = await mkdtemp(join(tmpdir(), `adit-lab-${name}-`));
    // For users of the machine other than root, too; what is secret in it is guarded by its own mode.
    await chmod(folder, 0o755);
    const argv = [
      ...['--pid', '--fork', '--kill-child', '--mount', '--net', '--mount-proc', '--'],
      ...['bash', join(import.meta.dirname, 'inside', 'pid-one.sh'), folder],
    ];
    const child = spawn('unshare', argv, { env: labEnvironment(), detached: true });
    child.stdin.on('error', () => undefined);
    const announced = new Announcements(child);
    try {
      await announced.next((line) => line === 'ready');
      const [one] = childrenOf(child.pid ?? 0);
      if (one === undefined) throw new Error(`lab ${name}: no PID 1`);
      return new Lab(name, folder, child, announced, one);
    } catch (error) {
      child.kill('SIGKILL');
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /** Makes hosts, all at once, in the order of their names. */
  async hosts<const Names extends readonly string[]>(...names: Names): Promise<{ [K in keyof Names]: Host }> {
    const announced = names.map((name) => this.#announced.next((line) => line.startsWith(`host ${name} `)));
    this.#process.stdin.write(names.map((name) => `${name}\n`).join(''));
    const lines = await Promise.all(announced);
    // Between PID 1 and each host stands a subshell, which says `failed` when the host ends.
    const holders = childrenOf(this.parent.pid).flatMap(childrenOf);
    const pids = new Map(holders.map((pid) => [innerPid(pid), pid]));
    const hosts = names.map((name, index) => {
      const labPid = Number(lines[index]?.split(' ')[2]);
      const pid = pids.get(labPid);
      if (pid === undefined) throw new Error(`${name}: the host ended at once`);
      const host = new Host(name, pid, labPid);
      this.#hosts.set(name, host);
      return host;
    });
    return hosts as { [K in keyof Names]: Host };
  }

  /**
   * The host of that name.
   * @throws when there is none.
   */
  host(name: string): Host {
    const host = this.#hosts.get(name);
    if (host === undefined) throw new Error(`no host ${name} in lab ${this.name}`);
    return host;
  }

  /** Every host, in the order they were made. */
  get allHosts(): Host[] {
    return [...this.#hosts.values()];
  }

  /** Lays a cable between two hosts: a veth pair, both ends still down. */
  async link(a: Host, linkA: string, b: Host, linkB: string, options: CableOptions = {}): Promise<void> {
    await this.parent.ip(this.#veth(a, linkA, b, linkB, options));
  }

  /** Makes a switch of this name and plugs links of hosts into it; the hosts' ends are still down. */
  async switch(name: string, plugs: readonly Plug[], options: CableOptions = {}): Promise<Switch> {
    await this.parent.ip(`link add name ${name} type bridge forward_delay 0`, `link set dev ${name} up`);
    this.#portCounts.set(name, 0);
    const made = { name };
    await this.plug(made, plugs, options);
    return made;
  }

  /** Plugs further links of hosts into a switch. */
  async plug(into: Switch, plugs: readonly Plug[], options: CableOptions = {}): Promise<void> {
    const lines = plugs.flatMap(([host, link]) => {
      const number = this.#portCounts.get(into.name) ?? 0;
      const port = `${into.name}.${number}`;
      this.#portCounts.set(into.name, number + 1);
      this.#ports.set(`${host.name} ${link}`, port);
      return [
        this.#veth(host, link, this.parent, port, options),
        `link set dev ${port} master ${into.name} up`,
      ];
    });
    await this.parent.ip(...lines);
  }

  /**
   * Takes the cable of a host's link out of its switch, or puts it in again: the link loses carrier or has it, and nothing else changes.
   * @throws when the link was plugged into no switch.
   */
  async cable(host: Host, link: string, state: 'in' | 'out'): Promise<void> {
    const port = this.#ports.get(`${host.name} ${link}`);
    if (port === undefined) throw new Error(`${link} of ${host.name} is in no switch`);
    await this.parent.ip(`link set dev ${port} ${state === 'in' ? 'up' : 'down'}`);
  }

  /**
   * Moves the cable of a host's link into another switch: the link loses carrier and has it again.
   * @throws when the link was plugged into no switch.
   */
  async replug(host: Host, link: string, into: Switch): Promise<void> {
    const port = this.#ports.get(`${host.name} ${link}`);
    if (port === undefined) throw new Error(`${link} of ${host.name} is in no switch`);
    await this.parent.ip(`link set dev ${port} down`, `link set dev ${port} master ${into.name} up`);
  }

  /**
   * The `ip` line for a pair of links, each made in its host's own network namespace. No two links of a lab share an
   * index: where those of a pair are equal, the kernel takes its time, up to a second, to see that they have carrier.
   */
  #veth(a: Host, linkA: string, b: Host, linkB: string, { mtu = 1500 }: CableOptions): string {
    const end = (host: Host, link: string): string =>
      `name ${link} index ${++this.#lastIndex} netns /proc/${host.labPid}/ns/net mtu ${mtu}`;
    return `link add ${end(a, linkA)} type veth peer ${end(b, linkB)}`;
  }

  /** Every process of the lab, with the machine's process ids. */
  processes(): ProcessEntry[] {
    return processesIn('pid', this.#processes);
  }

  /** Ends the lab and waits until nothing of it is left; again is harmless. */
  async close(): Promise<void> {
    this.#process.stdin.end();
    const stop = new AbortController();
    const impatient = sleep(PATIENCE_MS, undefined, { signal: stop.signal })
      .then(() => signalProcess(this.parentPid, 'SIGKILL'))
      .catch(() => false);
    await this.ended;
    stop.abort();
    await impatient;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** The lines the parent writes: `ready`, `host NAME PID`, `failed NAME`. */
class Announcements {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #waiting = new Set<(line: string | null) => void>();
  #complaints = '';

  constructor(child: ChildProcessWithoutNullStreams) {
    this.#child = child;
    createInterface({ input: child.stdout }).on('line', (line) => this.#tell(line));
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#complaints = (this.#complaints + text).slice(-4000);
    });
    child.on('error', () => this.#tell(null)).on('close', () => this.#tell(null));
  }

  #tell(line: string | null): void {
    for (const waiting of [...this.#waiting]) waiting(line);
  }

  /** The next line that matches. @throws when a host fails, the parent ends, or the time is over. */
  next(matches: (line: string) => boolean): Promise<string> {
    return new Promise((resolve, reject) => {
      const settle = (line: string | null): void => {
        const failed = line === null || line.startsWith('failed ');
        if (!failed && !matches(line)) return;
        clearTimeout(timer);
        this.#waiting.delete(settle);
        if (failed) reject(new Error(`the lab ${line ?? 'ended'}: ${this.#complaints.trim()}`));
        else resolve(line);
      };
      const timer = setTimeout(() => settle(null), PATIENCE_MS);
      this.#waiting.add(settle);
      if (this.#child.exitCode !== null) settle(null);
    });
  }
}
