import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** The namespaces a process of the lab is told apart by. */
export type NamespaceKind = 'net' | 'pid' | 'mnt';

/** Process ids here are the machine's own, unless said otherwise: the caller stands outside of the lab. */
export type MachinePid = number;

/** Identity of a process's namespace, such as `net:[4026532281]`; null when the process is gone. */
export function namespaceOf(pid: MachinePid, kind: NamespaceKind): string | null {
  try {
    return readlinkSync(`/proc/${pid}/ns/${kind}`);
  } catch {
    return null;
  }
}

/** A process as /proc shows it. */
export interface ProcessEntry {
  readonly pid: MachinePid;
  /** The kernel's name for it, cut at 15 characters. */
  readonly name: string;
  readonly argv: readonly string[];
}

/** Every process whose namespace of this kind is `id`, zombies left out. */
export function processesIn(kind: NamespaceKind, id: string): ProcessEntry[] {
  const found: ProcessEntry[] = [];
  for (const entry of readdirSync('/proc')) {
    const pid = Number(entry);
    if (!Number.isInteger(pid) || namespaceOf(pid, kind) !== id) continue;
    try {
      const name = readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
      const argv = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1);
      if (argv.length > 0) found.push({ pid, name, argv });
    } catch {
      // Ended between the two looks.
    }
  }
  return found;
}

/** The children of a process, oldest first; none when it is gone. */
export function childrenOf(pid: MachinePid): MachinePid[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

/** The id a process has in its own, innermost PID namespace; null when it is gone. */
export function innerPid(pid: MachinePid): number | null {
  try {
    const ids = /^NSpid:\s*(.*)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]?.split(/\s+/);
    return ids === undefined ? null : Number(ids.at(-1));
  } catch {
    return null;
  }
}

/** Sends a signal; false when the process is gone already. */
export function signalProcess(pid: MachinePid, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}
