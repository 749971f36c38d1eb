import type { Host } from './host.ts';

/** A far side's tunnel that is driven by `wg setconf`, as seed 000 and Kilo do it. */
export interface SetconfTunnel {
  /** Name of the link. */
  readonly link: string;
  /** The file, with keys of `wg` only. */
  readonly conf: string;
  readonly addresses: readonly string[];
  /** Lines of `ip` once the link is up. */
  readonly ip?: readonly string[];
}

/** Brings a tunnel up by wireguard-go, `wg setconf` and `ip`. */
export async function raiseBySetconf(host: Host, tunnel: SetconfTunnel): Promise<void> {
  const { link, conf, addresses, ip = [] } = tunnel;
  const file = `/etc/wireguard/${link}.conf`;
  await host.write(file, conf, 0o600);
  const lines = [
    ...addresses.map((address) => `address add ${address} dev ${link}`),
    `link set dev ${link} mtu 1420 up`,
    ...ip,
  ];
  // wireguard-go outright and no `ip link add type wireguard` first: that would load a module into the machine.
  await host.shell(
    `wireguard-go ${link}\nwg setconf ${link} ${file}\nip -batch - <<'END'\n${lines.join('\n')}\nEND`,
  );
}

/**
 * Brings a tunnel up by stock `wg-quick`.
 *
 * @param engine the wireguard-go it starts; Debian's unless told
 * @throws as `Host.run` when it refuses.
 */
export async function raiseByQuick(
  host: Host,
  link: string,
  conf: string,
  engine = 'wireguard-go',
): Promise<void> {
  await host.write(`/etc/wireguard/${link}.conf`, conf, 0o600);
  await host.run(['wg-quick', 'up', link], { env: { WG_QUICK_USERSPACE_IMPLEMENTATION: engine } });
}

/** Takes a tunnel down by stock `wg-quick`. */
export async function lowerByQuick(host: Host, link: string): Promise<void> {
  await host.run(['wg-quick', 'down', link]);
}

/** A peer as `wg show LINK dump` lists it. */
export interface ShownPeer {
  readonly publicKey: string;
  /** Null where none is known. */
  readonly endpoint: string | null;
  readonly allowedIps: readonly string[];
  /** Seconds since 1970; 0 where there was none. */
  readonly latestHandshake: number;
  readonly rxBytes: number;
  readonly txBytes: number;
}

/** The peers of a tunnel, as stock `wg` sees them. */
export async function showPeers(host: Host, link: string): Promise<ShownPeer[]> {
  const { stdout } = await host.run(['wg', 'show', link, 'dump']);
  const [, ...lines] = stdout.trimEnd().split('\n');
  return lines.map((line) => {
    const [publicKey = '', , endpoint, allowedIps = '', handshake, rx, tx] = line.split('\t');
    return {
      publicKey,
      endpoint: endpoint === undefined || endpoint === '(none)' ? null : endpoint,
      allowedIps: allowedIps === '(none)' ? [] : allowedIps.split(','),
      latestHandshake: Number(handshake),
      rxBytes: Number(rx),
      txBytes: Number(tx),
    };
  });
}
