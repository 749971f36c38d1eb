import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds that ended processes may take to be gone. */
const goingTimeout = 1_000;

/** The variable by which everything that is started to make an interface can be found again. */
const marker = 'ADIT_INTERFACE';

/** What the process of every engine is called, Adit’s own or the system's. */
export const engineProcessName = 'wireguard-go';

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

/** The engine that was started to serve an interface in this network namespace; null where none is found. */
export function engineProcessFor(interfaceName: string): number | null {
  const isEngineOfIt = isMarkedFor(interfaceName);
  // It is asked for just after the engine was started: the highest number is nearly always the one.
  const newestFirst = processes().sort((a, b) => Number(b) - Number(a));
  const pid = newestFirst.find((name) => nameOf(name) === engineProcessName && isEngineOfIt(name));
  return pid === undefined ? null : Number(pid);
}

function processesFor(interfaceName: string): number[] {
  return processes().filter(isMarkedFor(interfaceName)).map(Number);
}

function processes(): string[] {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name));
}

function nameOf(pid: string): string | null {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'latin1').trimEnd();
  } catch {
    // It ended while it was looked at.
    return null;
  }
}

function isMarkedFor(interfaceName: string): (pid: string) => boolean {
  const wanted = `${marker}=${interfaceName}`;
  const here = readlinkSync('/proc/self/ns/net');
  return (pid) => isMarked(pid, wanted, here);
}

function isMarked(pid: string, wanted: string, namespace: string): boolean {
  try {
    return (
      // Whatever another user's process says of itself, it is none of ours.
      statSync(`/proc/${pid}`).uid === 0 &&
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
