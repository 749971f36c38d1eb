import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { installedRuntime } from '../../../build/electron-runtime.ts';
import type { ElectronRuntime } from '../../../build/electron-runtime.ts';
import { whyNoWindow } from '../../../build/host-choice.ts';
import { childrenOf } from '../namespaces.ts';
import type { MachinePid } from '../namespaces.ts';
import { aditProgram } from '../product/client.ts';
import type { AditClient } from '../product/client.ts';
import { Running } from '../running.ts';
import { firstUnreadable, identityOf, personBehind } from './person.ts';
import type { Person } from './person.ts';

/** The repository: what Electron is given to start. */
const root = join(import.meta.dirname, '..', '..', '..');

/** Milliseconds within which Electron has begun its page, or has failed. */
const patience = 20_000;

/** Milliseconds Electron may take to end when it is told to. */
const grace = 5_000;

/** Whose desktop a window opens on, and with which Electron; or in half a line why there is none. */
export type WindowChoice =
  | { readonly kind: 'window'; readonly person: Person; readonly runtime: ElectronRuntime }
  | { readonly kind: 'none'; readonly reason: string };

/** Finds out whether a window can open on the desktop of the one who called sudo. Fetches nothing. */
export async function findWindow(environment: NodeJS.ProcessEnv): Promise<WindowChoice> {
  const { platform } = process;
  const person = personBehind(environment);
  const reason = whyNoWindow({ platform, uid: person?.uid ?? null, environment });
  if (reason !== null) return { kind: 'none', reason };
  if (person === null)
    return { kind: 'none', reason: 'Electron does not run as root; sudo tells whose desktop it is' };
  const runtime = await installedRuntime(environment);
  if (runtime === null) return { kind: 'none', reason: 'no Electron is installed' };
  const needed = [process.execPath, aditProgram, join(root, 'package.json'), runtime.program];
  const unreadable = firstUnreadable(person, needed);
  if (unreadable === null) return { kind: 'window', person, runtime };
  return { kind: 'none', reason: `${person.name ?? `user ${person.uid}`} cannot read ${unreadable}` };
}

/** Adit's window on a person's desktop. */
export class DesktopWindow {
  readonly #program: Running;

  private constructor(program: Running) {
    this.#program = program;
  }

  /**
   * Opens it, with the profiles and the helper of `adit`.
   * @throws when Electron ends, or has no page within 20 s, with what it said last
   */
  static async open(
    adit: AditClient,
    { person, runtime }: WindowChoice & { kind: 'window' },
    environment: NodeJS.ProcessEnv,
  ): Promise<DesktopWindow> {
    const argv = [...identityOf(person), runtime.program, root];
    const program = new Running('window', argv, argv, {
      env: { ...desktopOf(person, environment), ...adit.environment, TMPDIR: adit.home },
    });
    const end = Date.now() + patience;
    while (program.running && Date.now() < end) {
      if (program.pid !== null && hasPage(program.pid)) return new DesktopWindow(program);
      await sleep(50);
    }
    await program.stop(grace);
    throw new Error(program.errorLines.at(-1) ?? 'Electron showed nothing');
  }

  /** Settles when its program has ended. */
  get ended(): Promise<unknown> {
    return this.#program.exited;
  }

  async close(): Promise<void> {
    await this.#program.stop(grace);
  }
}

/** What leads a program to a person's desktop. sudo takes most of it away, and what it leaves may be root's. */
function desktopOf({ uid, home }: Person, environment: NodeJS.ProcessEnv): Record<string, string> {
  const kept = ['DISPLAY', 'WAYLAND_DISPLAY', 'XDG_SESSION_TYPE', 'XDG_CURRENT_DESKTOP'];
  const runFolder = [environment['XDG_RUNTIME_DIR'], `/run/user/${uid}`].find(
    (path) => path !== undefined && statSync(path, { throwIfNoEntry: false })?.uid === uid,
  );
  const entries = [
    ...kept.map((name) => [name, environment[name]] as const),
    ['XAUTHORITY', environment['XAUTHORITY'] ?? existing(home, '.Xauthority')] as const,
    ['XDG_RUNTIME_DIR', runFolder] as const,
    [
      'DBUS_SESSION_BUS_ADDRESS',
      environment['DBUS_SESSION_BUS_ADDRESS'] ?? prefixed('unix:path=', existing(runFolder ?? null, 'bus')),
    ] as const,
  ];
  return Object.fromEntries(
    entries.flatMap(([name, value]) => (value === undefined || value === '' ? [] : [[name, value]])),
  );
}

function existing(folder: string | null, name: string): string | undefined {
  if (folder === null) return undefined;
  const path = join(folder, name);
  return existsSync(path) ? path : undefined;
}

function prefixed(prefix: string, text: string | undefined): string | undefined {
  return text === undefined ? undefined : `${prefix}${text}`;
}

/** Whether an Electron has begun a page: that is a process of its own somewhere below it. */
function hasPage(pid: MachinePid): boolean {
  return childrenOf(pid).some((child) => isPage(child) || hasPage(child));
}

function isPage(pid: MachinePid): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('--type=renderer');
  } catch {
    return false;
  }
}
