import { contains } from '../prefix.ts';
import type { Prefix } from '../prefix.ts';
import { routingTables } from './host-network.ts';
import type { HostNetwork, HostRoute } from './host-network.ts';

/** Whose an interface is, and with it the network behind. */
export interface Owner {
  /** A tunnel of Adit's; another VPN; containers and virtual machines; the network that this machine stands in. */
  readonly kind: 'tunnel' | 'vpn' | 'bridge' | 'lan' | 'other';
  readonly interface: string;
  /** The name of the profile, where it is a tunnel's; else the interface again. */
  readonly name: string;
  /** The number of the user whose tunnel it is, where that is another one. */
  readonly user: number | null;
}

/** The tunnels of Adit's that are up, by interface. */
export type TunnelNames = ReadonlyMap<string, { readonly name: string; readonly user: number | null }>;

/** Links that carry somebody's private network, by the kernel's word for them. */
const vpnKinds: ReadonlySet<string> = new Set([
  'wireguard',
  'tun',
  'tap',
  'ppp',
  'gre',
  'ipip',
  'sit',
  'xfrm',
  'vti',
]);

/** The addresses of the end of a translation by which a network of IPv6 alone carries IPv4 (464XLAT). @see RFC 7335, RFC 6877 */
const translated: Prefix = { family: 4, words: [0xc000_0000], length: 29 };

/** Says of interfaces of a host whose they are; what is unknown is taken for a card. */
export function ownersOn(host: HostNetwork, tunnels: TunnelNames): (device: string) => Owner {
  const kinds = new Map(host.links.map(({ name, kind }) => [name, kind]));
  const translators = new Set(host.routes.filter(isOfTranslation).flatMap(devicesOf));
  const isPrivate = (device: string): boolean =>
    vpnKinds.has(kinds.get(device) ?? '') && !translators.has(device);
  const ways = waysOut(host);
  const uplinks = new Set(ways.filter(({ prefix }) => prefix.length === 0).flatMap(devicesOf));
  // A VPN stands upon another way out. Where there is none, it is one itself: a telephone line, a container.
  const hasOther = ways.flatMap(devicesOf).some((device) => !isPrivate(device));
  const kindOf = (device: string): Owner['kind'] => {
    if (isPrivate(device) && (hasOther || !uplinks.has(device))) return 'vpn';
    const kind = kinds.get(device) ?? null;
    // A bridge may have the card in it, and be the way out itself.
    if (uplinks.has(device) || kind === null) return 'lan';
    return kind === 'bridge' ? 'bridge' : 'other';
  };
  return (device) => {
    const tunnel = tunnels.get(device);
    return tunnel === undefined
      ? { kind: kindOf(device), interface: device, name: device, user: null }
      : { kind: 'tunnel', interface: device, name: tunnel.name, user: tunnel.user };
  };
}

/** The interfaces by which a route leads. */
export function devicesOf({ hops }: HostRoute): string[] {
  return hops.map(({ device }) => device);
}

/** Whether a route is to this machine's own address as the end of a translation. */
function isOfTranslation({ table, prefix }: HostRoute): boolean {
  return table === routingTables.local && contains(translated, prefix);
}

/** The routes that lead beyond the networks of the links: those of the main table, or of all where it has none for everything. */
function waysOut({ routes }: HostNetwork): HostRoute[] {
  const ways = routes.filter(isWayOut);
  const ofMain = ways.filter(({ table }) => table === routingTables.main);
  return ofMain.some(({ prefix }) => prefix.length === 0) ? ofMain : ways;
}

function isWayOut({ table, kind, prefix, hops, isDead }: HostRoute): boolean {
  const leadsOn = prefix.length === 0 || hops.some(({ gateway }) => gateway !== null);
  return table !== routingTables.local && kind === 'unicast' && !isDead && leadsOn;
}
