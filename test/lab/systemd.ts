import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CommandResult } from './command.ts';
import { Host } from './host.ts';
import { childrenOf, innerPid } from './namespaces.ts';
import type { MachinePid } from './namespaces.ts';
import { Running } from './running.ts';

/** Where units are read from, in the host. */
const unitFolder = '/run/lab-units';

/** The targets that every unit leans on, with nothing in them. */
const targets = ['lab', 'sysinit', 'basic', 'sockets', 'shutdown', 'multi-user'];

/** Milliseconds for systemd to stand. */
const PATIENCE_MS = 20_000;

/** The folder of this machine's cgroups, of the second kind; null where there is none that may be written. */
function cgroupFolder(): string | null {
  const mounts = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' '));
  const found = mounts.find(([, , type, options = '']) => type === 'cgroup2' && /^rw\b/.test(options));
  return found?.[1] ?? null;
}

/** Why no systemd can run in a lab here; null where one can. */
export function whyNoSystemd(): string | null {
  if (!existsSync('/lib/systemd/systemd')) return 'missing Debian packages: systemd';
  const folder = cgroupFolder();
  if (folder === null) return 'no cgroups of the second kind that may be written';
  const probe = join(folder, `adit-probe-${process.pid}`);
  try {
    mkdirSync(probe);
    rmdirSync(probe);
    return null;
  } catch (error) {
    return `no cgroup can be made: ${(error as Error).message}`;
  }
}

/** A real systemd on a host of a lab, with units of the host's alone. What it started ends with it. */
export class Systemd implements AsyncDisposable {
  /** The host as those see it whom systemd has started: the same but for the numbers of processes. */
  readonly host: Host;
  readonly #group: string;
  readonly #process: Running;

  private constructor(host: Host, group: string, process: Running) {
    this.host = host;
    this.#group = group;
    this.#process = process;
  }

  /**
   * Starts it.
   *
   * @param units the texts of the units that it is to know, by name
   * @param changes what an administrator would have put into a drop-in of a unit, by its name
   */
  static async start(
    host: Host,
    units: Readonly<Record<string, string>>,
    changes: Readonly<Record<string, string>> = {},
  ): Promise<Systemd> {
    const files = {
      ...Object.fromEntries(targets.map((name) => [`${name}.target`, '[Unit]\nDescription=Of the lab\n'])),
      ...units,
      ...Object.fromEntries(Object.entries(changes).map(([name, text]) => [`${name}.d/lab.conf`, text])),
    };
    for (const [name, text] of Object.entries(files)) await host.write(join(unitFolder, name), text);
    const group = join(cgroupFolder() ?? '', `adit-lab-${process.pid}-${host.pid}`);
    mkdirSync(group);
    const namespaces = ['--pid', '--fork', '--kill-child', '--mount', '--mount-proc', '--cgroup'];
    const program = join(import.meta.dirname, 'inside', 'systemd.sh');
    const argv = ['unshare', ...namespaces, '--', 'bash', program, unitFolder];
    const intoGroup = ['bash', '-c', 'echo $$ >"$0/cgroup.procs" && exec "$@"', group];
    const running = new Running(host.name, argv, [...intoGroup, ...host.wrap(argv)]);
    try {
      const one = await firstOf(running);
      const systemd = new Systemd(new Host(`${host.name} (booted)`, one, innerPid(one) ?? 1), group, running);
      await systemd.#stands();
      return systemd;
    } catch (error) {
      await end(running, group);
      throw error;
    }
  }

  /** `systemctl` with some words. It gives its result where it fails, too. */
  systemctl(...words: string[]): Promise<CommandResult> {
    return this.host.run(['systemctl', '--no-pager', ...words], { allowFailure: true, timeoutMs: 40_000 });
  }

  /** A property of a unit, such as `MainPID`. */
  async property(unit: string, name: string): Promise<string> {
    return (await this.systemctl('show', '--value', `--property=${name}`, unit)).stdout.trim();
  }

  async #stands(): Promise<void> {
    await within(async () => (await this.systemctl('is-active', 'lab.target')).stdout.trim() === 'active');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // It removes the folders of its units’ own (PrivateTmp=), which are in the machine's /tmp, when they end.
    await this.systemctl('stop', '*.service');
    await end(this.#process, this.#group);
  }
}

/** Waits until something is so. @throws when it is not within {@link PATIENCE_MS} */
async function within(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error('systemd does not stand');
    await sleep(20);
  }
}

/** The process that is systemd, the child of the `unshare` that has made its namespaces. */
async function firstOf(running: Running): Promise<MachinePid> {
  let found: MachinePid | undefined;
  await within(() => {
    found = childrenOf(running.pid ?? 0).find((pid) => nameOf(pid) === 'systemd');
    return found !== undefined;
  });
  return found ?? 0;
}

function nameOf(pid: MachinePid): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return '';
  }
}

async function end(running: Running, group: string): Promise<void> {
  await running.kill('SIGKILL');
  await running.exited;
  await removeGroup(group);
}

/** Removes a cgroup and those in it, which can go when their last process has. */
async function removeGroup(folder: string): Promise<void> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) await removeGroup(join(folder, entry.name));
  }
  for (let tries = 0; tries < 400; tries++) {
    try {
      rmdirSync(folder);
      return;
    } catch {
      await sleep(5);
    }
  }
}
