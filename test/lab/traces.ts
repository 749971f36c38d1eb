import { readFileSync } from 'node:fs';
import { childrenOf, namespaceOf, processesIn } from './namespaces.ts';
import type { MachinePid } from './namespaces.ts';

/** A process by what no other process has: its id may be another's one day. */
interface Identity {
  readonly pid: MachinePid;
  /** Clock ticks after the boot. */
  readonly started: string;
}

/** Everything that a program runs at one moment, to be looked for when it has ended. */
export class Family {
  readonly #members: readonly Identity[];
  /** Networks that are not the machine's own. */
  readonly #networks: readonly string[];

  private constructor(members: readonly Identity[], networks: readonly string[]) {
    this.#members = members;
    this.#networks = networks;
  }

  /** All that a process has started, and what that has started; the process too. */
  static of(pid: MachinePid): Family {
    const pids = [pid, ...descendantsOf(pid)];
    const own = namespaceOf(process.pid, 'net');
    const networks = new Set(pids.flatMap((member) => namespaceOf(member, 'net') ?? []));
    networks.delete(own ?? '');
    return new Family(pids.flatMap(identityOf), [...networks]);
  }

  /** How many there are. */
  get size(): number {
    return this.#members.length;
  }

  /** In how many networks beside the machine's own they live. */
  get networks(): number {
    return this.#networks.length;
  }

  /** The processes of it that still run, and any other in one of its networks. */
  survivors(): MachinePid[] {
    const alive = this.#members.filter(({ pid, started }) =>
      identityOf(pid).some((now) => now.started === started),
    );
    const inside = this.#networks.flatMap((network) => processesIn('net', network));
    return [...new Set([...alive, ...inside].map(({ pid }) => pid))];
  }
}

/** Every process below another. */
export function descendantsOf(pid: MachinePid): MachinePid[] {
  return childrenOf(pid).flatMap((child) => [child, ...descendantsOf(child)]);
}

/** Nothing where it is gone, or has ended and is only not yet forgotten. */
function identityOf(pid: MachinePid): Identity[] {
  try {
    // The name in front may hold anything; behind its bracket come the state, and 19 further on the time.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state] = fields;
    return state === 'Z' ? [] : [{ pid, started: fields[19] ?? '' }];
  } catch {
    return [];
  }
}
