import { chmod, chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { labEnvironment, machine, runCommand } from '../../lab/command.ts';
import { endingWithUs, Running } from '../../lab/running.ts';

/** A user of the machine. */
export interface User {
  readonly uid: number;
  readonly gid: number;
}

/** Debian's `nobody`: an ordinary user who is there on every machine. */
export const nobody: User = { uid: 65_534, gid: 65_534 };

/** What is put before a program so that it runs as this user, with nothing of root's; nothing for root. */
export function identityOf(user: User | null): string[] {
  if (user === null) return [];
  const { uid, gid } = user;
  return ['setpriv', '--reuid', `${uid}`, '--regid', `${gid}`, '--clear-groups', '--bounding-set=-all', '--'];
}

/** Why an ordinary user cannot make the namespaces that Chromium's sandbox is made of; null where one can. */
export async function sandboxRefusal(): Promise<string | null> {
  const namespaces = ['unshare', '--user', '--map-root-user', '--net', '--pid', '--fork'];
  const argv = [...identityOf(nobody), ...namespaces, 'true'];
  const { code, stderr } = await machine.run(argv, { allowFailure: true });
  return code === 0 ? null : stderr.trim();
}

/** Milliseconds for a screen or a bus to be there. */
const PATIENCE_MS = 15_000;

/** A person's desktop: a screen, a session bus that nothing else is on, and a home folder. */
export class Desktop implements AsyncDisposable {
  /** Holds all that belongs to it; gone when it is. */
  readonly folder: string;
  /** The address of the bus. */
  readonly bus: string;
  /** What programs on this desktop find in their environment. */
  readonly environment: Readonly<Record<string, string>>;
  readonly user: User | null;
  readonly #programs: readonly Running[];

  private constructor(
    folder: string,
    parts: { bus: string; display: string; user: User | null; programs: readonly Running[] },
  ) {
    const { bus, display, user, programs } = parts;
    this.folder = folder;
    this.bus = bus;
    this.user = user;
    this.#programs = programs;
    this.environment = {
      ...labEnvironment(),
      DISPLAY: display,
      DBUS_SESSION_BUS_ADDRESS: bus,
      HOME: folder,
      XDG_CACHE_HOME: join(folder, 'cache'),
      XDG_CONFIG_HOME: join(folder, 'config'),
      XDG_DATA_HOME: join(folder, 'data'),
      XDG_RUNTIME_DIR: join(folder, 'run'),
      TMPDIR: join(folder, 'tmp'),
      // GTK would look for an accessibility bus and a settings daemon.
      NO_AT_BRIDGE: '1',
      GSETTINGS_BACKEND: 'memory',
    };
  }

  /** Opens a desktop of this user, root unless told. */
  static async open(user: User | null = null): Promise<Desktop> {
    const folder = await mkdtemp(join(tmpdir(), 'adit-desktop-'));
    for (const name of ['run', 'tmp']) await mkdir(join(folder, name), { mode: 0o700 });
    const configuration = join(folder, 'bus.conf');
    await writeFile(configuration, busConfiguration(join(folder, 'bus')));
    await chmod(folder, 0o755);
    if (user !== null) {
      for (const path of [folder, join(folder, 'run'), join(folder, 'tmp')])
        await chown(path, user.uid, user.gid);
    }
    const screen = start('Xvfb', '-displayfd', '1', '-screen', '0', '1280x1024x24', '-nolisten', 'tcp');
    const bus = start('dbus-daemon', `--config-file=${configuration}`, '--nofork', '--print-address=1');
    const programs = [screen, bus];
    try {
      const [display, address] = await Promise.all([
        screen.line(/^\d+$/, PATIENCE_MS),
        bus.line(/^unix:/, PATIENCE_MS),
      ]);
      return new Desktop(folder, { bus: address, display: `:${display}`, user, programs });
    } catch (error) {
      await close(folder, programs);
      throw error;
    }
  }

  /** Whether the screen shows a window of this title. */
  async shows(title: string): Promise<boolean> {
    const argv = ['xwininfo', '-display', this.environment['DISPLAY'] ?? '', '-name', title];
    const { stdout } = await runCommand('desktop', argv, { allowFailure: true });
    return stdout.includes('Map State: IsViewable');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await close(this.folder, this.#programs);
  }
}

function start(...argv: string[]): Running {
  return new Running('machine', [...endingWithUs, ...argv]);
}

async function close(folder: string, programs: readonly Running[]): Promise<void> {
  await Promise.all(programs.map((program) => program.stop()));
  // Chromium's last writes may come while the folder is being emptied.
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}

/** A bus that starts no service of the machine by itself. */
function busConfiguration(socket: string): string {
  return `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=${socket}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/>
    <allow own="*"/>
    <allow send_destination="*"/>
    <allow receive_sender="*"/>
  </policy>
</busconfig>
`;
}
