import { setTimeout as sleep } from 'node:timers/promises';
import type { Host } from './host.ts';
import { addPackages } from './packages.ts';
import { startBus } from './resolved.ts';
import type { Running } from './running.ts';

/** The Debian packages that it takes. */
export const networkManagerPackages = ['network-manager', 'libnm0', 'libndp0'] as const;

/** Milliseconds for it to stand. */
const PATIENCE_MS = 20_000;

/** What NetworkManager does with name servers: it writes them into /etc/resolv.conf, or tells them to a dnsmasq of its own, which it writes there. */
export type NetworkManagerDns = 'default' | 'dnsmasq';

const configuration = (dns: NetworkManagerDns): string => `[main]
plugins=keyfile
dns=${dns}
rc-manager=symlink
auth-polkit=false
`;

/** A real NetworkManager on a host, with the system's bus, which looks after one link and writes /etc/resolv.conf. */
export class NetworkManagerDaemon implements AsyncDisposable {
  readonly #host: Host;
  readonly #bus: Running;
  readonly #daemon: Running;

  private constructor(host: Host, bus: Running, daemon: Running) {
    this.#host = host;
    this.#bus = bus;
    this.#daemon = daemon;
  }

  /** Starts it. @param uplink the link, its address with its length, its gateway, and the name server there */
  static async start(
    host: Host,
    uplink: { device: string; address: string; gateway: string; server: string },
    dns: NetworkManagerDns = 'default',
  ): Promise<NetworkManagerDaemon> {
    const { device, address, gateway, server } = uplink;
    await addPackages(host, ...networkManagerPackages);
    // Where /sys may be written it waits for udev, which knows nothing of this host's links. Its state is to be the host's own.
    await host.shell(`mount -o remount,ro /sys
      mkdir -p /run/layers/nm/{upper,work} /run/layers/adit
      mount --bind /var/lib/adit /run/layers/adit
      mount -t overlay lab -o lowerdir=/var/lib,upperdir=/run/layers/nm/upper,workdir=/run/layers/nm/work /var/lib
      mkdir -p /var/lib/adit /var/lib/NetworkManager
      mount --bind /run/layers/adit /var/lib/adit
      rm /etc/resolv.conf`);
    await host.write('/etc/NetworkManager/NetworkManager.conf', configuration(dns));
    await host.write(
      `/etc/NetworkManager/system-connections/${device}.nmconnection`,
      `[connection]
id=uplink
type=ethernet
interface-name=${device}
[ipv4]
method=manual
address1=${address},${gateway}
dns=${server};
dns-search=home.lan;
[ipv6]
method=link-local
`,
      0o600,
    );
    const bus = await startBus(host);
    const daemon = host.start(['/usr/sbin/NetworkManager', '--no-daemon']);
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      const { code, stderr } = await host.run(['nmcli', 'connection', 'up', 'uplink'], {
        allowFailure: true,
      });
      if (code === 0) break;
      if (Date.now() > deadline) throw new Error(`NetworkManager does not stand: ${stderr}`);
      await sleep(100);
    }
    return new NetworkManagerDaemon(host, bus, daemon);
  }

  /** Gives the link another name server, as another network's DHCP would. */
  async moveTo(server: string): Promise<void> {
    await this.#host.shell(`nmcli connection modify uplink ipv4.dns ${server}; nmcli device reapply eth0`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#daemon.stop();
    await this.#bus.stop();
  }
}
