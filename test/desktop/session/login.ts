import { runCommand } from '../../lab/command.ts';
import { signalProcess } from '../../lab/namespaces.ts';
import { endingWithUs, Running } from '../../lab/running.ts';
import { debianPython } from '../requirements.ts';
import { identityOf } from './desktop.ts';
import type { Desktop } from './desktop.ts';

/** What a desktop has started at login: read and started by GLib, as GNOME's and Xfce's sessions do. */
export class StartedEntry implements AsyncDisposable {
  /** The process of the program. */
  readonly pid: number;
  readonly #session: Running;

  private constructor(pid: number, session: Running) {
    this.pid = pid;
    this.#session = session;
  }

  /** Starts what a desktop entry names. @throws where GLib would not */
  static async start(
    desktop: Desktop,
    file: string,
    environment: Readonly<Record<string, string>>,
  ): Promise<StartedEntry> {
    const argv = [...endingWithUs, ...identityOf(desktop.user), debianPython, '-c', session, file];
    const running = new Running('desktop', argv, undefined, {
      env: { ...desktop.environment, ...environment },
    });
    return new StartedEntry(Number((await running.line(/^process \d+$/)).split(' ')[1]), running);
  }

  /** Settles when the program has ended. */
  get ended(): Promise<unknown> {
    return this.#session.exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#session.running) return;
    signalProcess(this.pid, 'SIGKILL');
    await this.ended;
  }
}

/** The words that GLib starts for a desktop entry; the entry's program has to print its own words, a line each. */
export async function wordsStarted(file: string): Promise<string[]> {
  const { stdout } = await runCommand('desktop', [debianPython, '-c', session, file], {});
  // They come before or behind the line that tells the process.
  return stdout.split('\n').filter((line) => line !== '' && !line.startsWith('process '));
}

/** A program that starts an entry, prints its process, and ends with it. */
const session = `
import os, sys, gi
gi.require_version('Gio', '2.0')
from gi.repository import Gio, GLib
entry = Gio.DesktopAppInfo.new_from_filename(sys.argv[1])
assert entry is not None, 'GLib takes this for no desktop entry'
pids = []
entry.launch_uris_as_manager([], None, GLib.SpawnFlags.DO_NOT_REAP_CHILD, None, None, lambda _, pid: pids.append(pid))
print('process', pids[0], flush=True)
os.waitpid(pids[0], 0)
`;
