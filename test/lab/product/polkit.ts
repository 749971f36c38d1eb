import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { identityOf } from './installed.ts';
import type { Person } from './installed.ts';
import type { Host } from '../host.ts';
import type { Running } from '../running.ts';

/** What asking for root takes, by the Debian package of each. */
const files: Readonly<Record<string, string>> = {
  'dbus-daemon': '/usr/bin/dbus-daemon',
  'dbus-bin': '/usr/bin/dbus-send',
  pkexec: '/usr/bin/pkexec',
  polkitd: '/usr/lib/polkit-1/polkitd',
};

/** The Debian packages that a machine needs to try it. */
export const polkitPackages: readonly string[] = Object.keys(files);

/** Milliseconds for the two daemons to stand, each. */
const PATIENCE_MS = 20_000;

/** Why nobody can be asked for root here; null where polkit is installed. */
export function whyNoPolkit(): string | null {
  const missing = Object.keys(files).filter((name) => !existsSync(files[name] ?? ''));
  return missing.length === 0 ? null : `missing Debian packages: ${missing.join(', ')}`;
}

/** The system's bus and the real polkitd on a host, both of the host's own. */
export class Polkit implements AsyncDisposable {
  readonly #host: Host;
  readonly #daemons: readonly Running[];

  private constructor(host: Host, daemons: readonly Running[]) {
    this.#host = host;
    this.#daemons = daemons;
  }

  /** Starts them, with a rule that answers in place of a person: yes to one action of one user, no to all else. */
  static async start(host: Host, action: string, person: Person): Promise<Polkit> {
    await host.write('/etc/polkit-1/rules.d/10-test.rules', ruleFor(action, person));
    await host.shell('mkdir -p /run/dbus; chmod 755 /etc/polkit-1/rules.d');
    const bus = host.start(['dbus-daemon', '--system', '--nofork', '--nopidfile', '--print-address=1']);
    const daemons = [bus];
    try {
      await bus.line(/^unix:/, PATIENCE_MS);
      daemons.unshift(host.start([files['polkitd'] ?? '', '--no-debug']));
      const polkit = new Polkit(host, daemons);
      await polkit.#isOnBus();
      await polkit.#knows(action, person);
      return polkit;
    } catch (error) {
      for (const daemon of daemons) await daemon.stop();
      throw error;
    }
  }

  /** What has become of a daemon that ended; none where both stand, and a refusal is polkitd's and not for want of it. */
  async ended(): Promise<string[]> {
    const gone = this.#daemons.filter(({ running }) => !running);
    return Promise.all(
      gone.map(async ({ exited, errorLines }) => `${JSON.stringify(await exited)}: ${errorLines.join('; ')}`),
    );
  }

  /** Waits until polkitd has its name. Whoever asked for it before would have the bus start another, and then this one ends. */
  async #isOnBus(): Promise<void> {
    const question = ['--dest=org.freedesktop.DBus', '/', 'org.freedesktop.DBus.NameHasOwner'];
    const argv = ['dbus-send', '--system', '--print-reply', ...question, 'string:org.freedesktop.PolicyKit1'];
    const deadline = Date.now() + PATIENCE_MS;
    while (!(await this.#host.run(argv)).stdout.includes('boolean true')) {
      if (Date.now() > deadline) throw new Error('polkitd does not come to the bus');
      await sleep(20);
    }
  }

  /** Waits until the action is known. It asks as the person, who may know as much. */
  async #knows(action: string, person: Person): Promise<void> {
    const argv = [...identityOf(person), 'pkaction', '--action-id', action];
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      const { code, stderr } = await this.#host.run(argv, { allowFailure: true, cwd: '/' });
      if (code === 0) return;
      if (Date.now() > deadline) throw new Error(`polkitd does not know ${action}: ${stderr.trim()}`);
      await sleep(50);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const daemon of this.#daemons) await daemon.stop();
  }
}

function ruleFor(action: string, { name }: Person): string {
  return `polkit.addRule(function (action, subject) {
  var isMeant = action.id === ${JSON.stringify(action)} && subject.user === ${JSON.stringify(name)};
  return isMeant ? polkit.Result.YES : polkit.Result.NO;
});
`;
}
