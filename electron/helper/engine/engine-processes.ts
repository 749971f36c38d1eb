import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds that ended processes may take to be gone. */
const goingTimeout = 1_000;

/** The variable by which everything that is started to make an interface can be found again. */
const marker = 'ADIT_INTERFACE';

/** The environment that marks a process, and all that it starts, as being for an interface. */
export function markerFor(interfaceName: string): Record<string, string> {
  return { [marker]: interfaceName };
}

/**
 * Ends every process that was started to make an interface in this network namespace, and waits until they are gone: an
 * engine, and what a killed wg-quick has left behind, which might make the interface after all.
 */
export async function endProcessesFor(interfaceName: string): Promise<void> {
  const deadline = performance.now() + goingTimeout;
  let remaining = processesFor(interfaceName);
  while (remaining.length > 0 && performance.now() < deadline) {
    remaining.forEach(kill);
    await sleep(5);
    remaining = processesFor(interfaceName);
  }
}

function processesFor(interfaceName: string): number[] {
  const wanted = `${marker}=${interfaceName}`;
  const here = readlinkSync('/proc/self/ns/net');
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && isMarked(name, wanted, here))
    .map(Number);
}

function isMarked(pid: string, wanted: string, namespace: string): boolean {
  try {
    return (
      readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(wanted) &&
      readlinkSync(`/proc/${pid}/ns/net`) === namespace
    );
  } catch {
    // It ended while it was looked at.
    return false;
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself.
  }
}
