import type { NameBackendKind } from '../../../shared/names/backend.ts';
import type { Host } from '../host.ts';
import { NetworkManagerDaemon, networkManagerPackages } from '../network-manager.ts';
import { addPackages, whyNoPackages } from '../packages.ts';
import { Resolved } from '../resolved.ts';

/** The laptop's uplink in the scenario of four clouds, and where it can be moved to in the same network. */
export const uplink = {
  device: 'eth0',
  server: '192.168.1.1',
  gateway: '192.168.1.1',
  address: '192.168.1.5/24',
};

/** One of those by whom a machine resolves names, as a lab host can have it. */
export interface ResolverKind {
  /** By what Adit changes names there. */
  readonly backend: NameBackendKind;
  /** What the status of a tunnel with domains of its own calls it. */
  readonly splitBackend: string;
  /** Why it cannot be tried here; null where it can. */
  readonly missing: string | null;
  /** Makes the laptop of four clouds resolve names by it. The daemon ends with what is given back. */
  start(laptop: Host): Promise<AsyncDisposable>;
  /** Gives the laptop another address. @param address with its length */
  renumber(laptop: Host, from: string, to: string): Promise<unknown>;
}

/** Those that write /etc/resolv.conf by the records of interfaces: what a DHCP client tells them in the network of the uplink. */
export const toldByDhcp = {
  openresolv: "printf 'search home.lan\\nnameserver 192.168.1.1\\n' | resolvconf -a eth0.dhcp",
  resolvconf: `mkdir -p /run/resolvconf/interface; resolvconf --enable-updates
      ln -sf ../run/resolvconf/resolv.conf /etc/resolv.conf
      printf 'search home.lan\\nnameserver 192.168.1.1\\n' | resolvconf -a eth0.dhclient`,
} as const;

const noDaemon: AsyncDisposable = { [Symbol.asyncDispose]: () => Promise.resolve() };

function renumber(laptop: Host, from: string, to: string): Promise<unknown> {
  const { device, gateway } = uplink;
  return laptop.ip(
    `address del ${from} dev ${device}`,
    `address add ${to} dev ${device}`,
    `route replace default via ${gateway} dev ${device}`,
  );
}

async function recordKeeper(name: keyof typeof toldByDhcp): Promise<ResolverKind> {
  return {
    backend: name,
    splitBackend: `${name}+forwarder`,
    missing: await whyNoPackages(name),
    start: async (laptop) => {
      await addPackages(laptop, name);
      await laptop.shell(toldByDhcp[name]);
      return noDaemon;
    },
    renumber,
  };
}

/** All that Adit knows: one for each backend. */
export const resolverKinds: readonly ResolverKind[] = [
  {
    backend: 'systemd-resolved',
    splitBackend: 'systemd-resolved',
    missing: await whyNoPackages('systemd-resolved'),
    start: (laptop) => Resolved.start(laptop, uplink),
    renumber,
  },
  await recordKeeper('openresolv'),
  await recordKeeper('resolvconf'),
  {
    backend: 'network-manager',
    splitBackend: 'network-manager+forwarder',
    missing: await whyNoPackages(...networkManagerPackages),
    start: (laptop) => NetworkManagerDaemon.start(laptop, uplink),
    // It looks after addresses, and would take one of somebody else's away.
    renumber: (laptop, _, to) =>
      laptop.shell(
        `nmcli connection modify uplink ipv4.addresses ${to}; nmcli device reapply ${uplink.device}`,
      ),
  },
  {
    backend: 'plain-file',
    splitBackend: 'plain-file+forwarder',
    missing: null,
    start: () => Promise.resolve(noDaemon),
    renumber,
  },
];
