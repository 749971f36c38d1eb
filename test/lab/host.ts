import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CommandResult, RunOptions, Shell } from './command.ts';
import { runCommand } from './command.ts';
import type { MachinePid, ProcessEntry } from './namespaces.ts';
import { childrenOf, namespaceOf, processesIn, signalProcess } from './namespaces.ts';
import type { StartOptions } from './running.ts';
import { endingWithUs, Running } from './running.ts';

/** ARPHRD_ETHER, a link's type, and IFF_UP among its flags. */
const ETHERNET = '1';
const FLAG_UP = 1;

/** Working directory inside the host; that of this process unless told. */
interface Directory {
  readonly cwd?: string;
}

/** A host of the lab: one process that holds its namespaces, entered by `nsenter`. */
export class Host implements Shell {
  readonly name: string;
  /** The process that holds the namespaces, as the machine counts. */
  readonly pid: MachinePid;
  /** The same process, as the lab counts: what `/proc/PID/ns/net` is called inside. */
  readonly labPid: number;
  readonly #network: string;

  constructor(name: string, pid: MachinePid, labPid: number) {
    const network = namespaceOf(pid, 'net');
    if (network === null) throw new Error(`${name}: process ${pid} is gone`);
    this.name = name;
    this.pid = pid;
    this.labPid = labPid;
    this.#network = network;
  }

  /** Whether the host still stands. */
  get standing(): boolean {
    return namespaceOf(this.pid, 'net') === this.#network;
  }

  /**
   * The argv that runs `argv` in this host, for those who spawn it themselves. What they spawn is `nsenter`: its
   * exit code is the program's, but a signal that ends it ends the program by SIGKILL. `labEnvironment()` is the
   * environment to give it.
   * @throws when the host is gone: its process id may be another's by now, in the machine's own network.
   */
  wrap(argv: readonly string[], { cwd = process.cwd() }: Directory = {}): string[] {
    if (!this.standing) throw new Error(`${this.name}: the host is gone`);
    return [...this.#enter(cwd), ...endingWithUs, ...argv];
  }

  /** The line a person types to get a shell in this host. */
  get enterLine(): string {
    return [...this.#enter(process.cwd()), 'bash'].join(' ');
  }

  #enter(cwd: string): string[] {
    return ['nsenter', '-t', String(this.pid), '-m', '-u', '-n', '-p', `--wdns=${cwd}`, '--'];
  }

  /** Runs a program to its end, without a shell. */
  run(argv: readonly string[], options: RunOptions = {}): Promise<CommandResult> {
    const { cwd, ...rest } = options;
    return runCommand(this.name, argv, rest, this.wrap(argv, cwd === undefined ? {} : { cwd }), (nsenter) => {
      // nsenter stays to reap it: an orphan would be left to the machine's init, and the lab's end waits for that.
      const [program = nsenter] = childrenOf(nsenter);
      signalProcess(program, 'SIGKILL');
    });
  }

  /** Runs a bash script that stops at the first command that fails. One script is cheaper than many runs. */
  shell(script: string, options: RunOptions = {}): Promise<CommandResult> {
    return this.run(['bash', '-euo', 'pipefail', '-c', script], options);
  }

  /** Runs lines of `ip`, such as `link set dev eth0 up`, in one process. */
  ip(...lines: string[]): Promise<CommandResult> {
    return this.run(['ip', '-batch', '-'], { input: `${lines.join('\n')}\n` });
  }

  /** Starts a program that keeps running; the lab's end ends it at the latest. */
  start(argv: readonly string[], options: StartOptions & Directory = {}): Running {
    const { cwd, ...rest } = options;
    return new Running(this.name, argv, this.wrap(argv, cwd === undefined ? {} : { cwd }), rest);
  }

  /** Every process in this host's network, the one that holds it left out, with the machine's process ids. */
  processes(name?: string): ProcessEntry[] {
    return processesIn('net', this.#network).filter(
      (entry) => entry.pid !== this.pid && (name === undefined || entry.name === name),
    );
  }

  /**
   * Waits until every Ethernet link that is up has carrier and its link-local address, which both come by
   * themselves: a snapshot taken before would differ from one taken after.
   * @throws when they have not come within 3 s.
   */
  async settled(): Promise<void> {
    for (let tries = 0; tries < 600; tries++) {
      if (this.#unsettled().length === 0) return;
      await sleep(5);
    }
    throw new Error(`${this.name}: no carrier or no link-local address on ${this.#unsettled().join(', ')}`);
  }

  #unsettled(): string[] {
    const links = this.#seen('/sys/class/net');
    const read = (path: string): string => readFileSync(`${links}/${path}`, 'utf8').trim();
    // Columns: address, index, prefix length, scope, flags, link. Not even lo's line is there where IPv6 is off.
    const table = `/proc/${this.pid}/net/if_inet6`;
    const addresses = existsSync(table) ? readFileSync(table, 'utf8').split('\n').filter(Boolean) : [];
    return readdirSync(links)
      .filter((link) => read(`${link}/type`) === ETHERNET && (Number(read(`${link}/flags`)) & FLAG_UP) !== 0)
      .filter((link) => {
        const local = addresses.some((line) => line.startsWith('fe80') && line.endsWith(` ${link}`));
        return read(`${link}/operstate`) !== 'up' || (addresses.length > 0 && !local);
      });
  }

  /** Writes a file as the host sees it; the folder is made. Only private folders: the rest is the machine's. */
  async write(path: string, text: string, mode = 0o644): Promise<void> {
    const seen = this.#seen(path);
    await mkdir(dirname(seen), { recursive: true });
    await writeFile(seen, text);
    await chmod(seen, mode);
  }

  /** Reads a file as the host sees it; a symbolic link to an absolute path is followed on the machine, though. */
  read(path: string): Promise<string> {
    return readFile(this.#seen(path), 'utf8');
  }

  #seen(path: string): string {
    if (!this.standing) throw new Error(`${this.name}: the host is gone`);
    return `/proc/${this.pid}/root${path}`;
  }
}
