import { setTimeout as sleep } from 'node:timers/promises';
import type { Host } from './host.ts';
import { addPackages } from './packages.ts';
import type { Running } from './running.ts';

/** Milliseconds for a daemon to stand. */
const PATIENCE_MS = 20_000;

/** Starts the system's bus on a host, the host's own. */
export async function startBus(host: Host): Promise<Running> {
  await host.shell('mkdir -p /run/dbus');
  const bus = host.start(['dbus-daemon', '--system', '--nofork', '--nopidfile', '--print-address=1']);
  await bus.line(/^unix:/, PATIENCE_MS);
  return bus;
}

/** A real systemd-resolved on a host, with the system's bus. */
export class Resolved implements AsyncDisposable {
  readonly #host: Host;
  readonly #bus: Running;
  #daemon: Running;

  private constructor(host: Host, bus: Running, daemon: Running) {
    this.#host = host;
    this.#bus = bus;
    this.#daemon = daemon;
  }

  /**
   * Starts it, with /etc/resolv.conf a link to its stub, as its package makes it.
   *
   * @param uplink the link that leads out, and the name server there
   */
  static async start(host: Host, uplink: { device: string; server: string }): Promise<Resolved> {
    await addPackages(host, 'systemd-resolved');
    await host.shell(`
      echo 'systemd-resolve:x:990:' >>/etc/group
      echo 'systemd-resolve:x:990:990::/:/usr/sbin/nologin' >>/etc/passwd
      install -d -o 990 -g 990 /run/systemd/resolve
      ln -sf ../run/systemd/resolve/stub-resolv.conf /etc/resolv.conf
    `);
    const bus = await startBus(host);
    const resolved = new Resolved(host, bus, await startDaemon(host));
    await host.shell(`
      resolvectl dns ${uplink.device} ${uplink.server}
      resolvectl default-route ${uplink.device} yes
      resolvectl llmnr ${uplink.device} no
    `);
    return resolved;
  }

  /** What it says of names, in its own words. */
  async says(...words: string[]): Promise<string> {
    return (await this.#host.run(['resolvectl', ...words])).stdout.trim();
  }

  /** Ends it as "systemctl restart" does, and starts it again: what it was told of links is in its state folder. */
  async restart(): Promise<void> {
    await this.#daemon.stop();
    this.#daemon = await startDaemon(this.#host);
  }

  /** Ends it. */
  async stop(): Promise<void> {
    await this.#daemon.stop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#daemon.stop();
    await this.#bus.stop();
  }
}

async function startDaemon(host: Host): Promise<Running> {
  const daemon = host.start(['/usr/lib/systemd/systemd-resolved']);
  for (let tries = 0; tries < PATIENCE_MS / 50; tries += 1) {
    const { code } = await host.run(['resolvectl', 'status'], { allowFailure: true });
    if (code === 0) return daemon;
    await sleep(50);
  }
  throw new Error(`systemd-resolved does not stand: ${daemon.errorLines.join('\n')}`);
}
