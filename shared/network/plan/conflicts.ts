import { addressBits, formatAddress } from '../address.ts';
import type { Address, Family } from '../address.ts';
import { lookUp } from '../host/lookup.ts';
import { routingTables } from '../host/host-network.ts';
import type { HostLink, HostNetwork, HostRoute } from '../host/host-network.ts';
import { contains, covers, formatPrefix, hostPrefix, networkOf, samePrefix } from '../prefix.ts';
import type { Prefix } from '../prefix.ts';
import { isOurTable } from './constants.ts';
import { familiesTaken, isPieceOfAll } from './full-tunnel.ts';
import { routedPrefixes, usableAddresses } from './planned-tunnel.ts';
import type { PlannedTunnel } from './planned-tunnel.ts';

/** Whose network it is that a tunnel meets. */
export interface RouteOwner {
  /** Another tunnel of Adit's; another VPN; containers and virtual machines; the network that this machine stands in. */
  readonly kind: 'tunnel' | 'vpn' | 'bridge' | 'lan' | 'other';
  /** The interface. */
  readonly interface: string;
  /** The name of the profile, where it is a tunnel's; else the interface again. */
  readonly name: string;
}

/** What goes wrong, by a word. */
export type ConflictCode =
  /** The very network of somebody else would go into the tunnel. */
  | 'route-taken'
  /** Part of somebody else's network would go into the tunnel. */
  | 'route-split'
  /** Part of what the tunnel is for stays with somebody else, whose route is more specific. */
  | 'route-shadowed'
  /** An address of the tunnel is another interface's already. */
  | 'address-taken'
  /** The network around an address of the tunnel, which the kernel routes to it, is somebody else's, or a part of that. */
  | 'address-network-taken'
  /** Two tunnels want everything. */
  | 'full-tunnel-twice'
  /** The gateway of this machine would be looked for in the tunnel. */
  | 'gateway-captured'
  /** A name server in use now would be asked through the tunnel. */
  | 'name-server-captured';

/** A conflict of a tunnel with what is there before it. */
export interface Conflict {
  readonly code: ConflictCode;
  /** An error stops `up` until somebody decides; a warning does not. */
  readonly severity: 'error' | 'warning';
  /** The tunnel's prefix. */
  readonly prefix: Prefix;
  /** What it meets. */
  readonly against: Prefix;
  readonly owner: RouteOwner;
}

/** What a tunnel is held against. */
export interface Surroundings {
  /** The host as it is, with the tunnels that are up. */
  readonly host: HostNetwork;
  /** The tunnels that are up, by interface. */
  readonly tunnels: ReadonlyMap<string, { readonly name: string }>;
  /** The servers that answer names now. */
  readonly nameServers: readonly Address[];
}

/** Names are asked for over it. */
const udp = 17;

/** The metric of the route that the kernel makes with an address; of equal ones the first carries. */
const connectedMetric = { 4: 0, 6: 256 } as const;

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

/**
 * The conflicts of a tunnel with a host's network and with the tunnels that are up. A route of the LAN that is more specific than the
 * tunnel's is none: it stays, and so it should. Neither is a full tunnel over an ordinary default route.
 */
export function findConflicts(tunnel: PlannedTunnel, surroundings: Surroundings): Conflict[] {
  const prefixes = tunnel.table === 'auto' ? routedPrefixes(tunnel) : [];
  const routes = routesInUse(surroundings.host, tunnel.interface);
  const addresses = usableAddresses(tunnel).filter((address) => !isLinkLocal(networkOf(address)));
  const taken = familiesTaken(prefixes);
  const conflicts = [
    ...addresses.flatMap(({ address }) => holdersOf(address, tunnel.interface, surroundings)),
    ...addresses.flatMap((address) =>
      routes.flatMap((other) => networkMeeting(networkOf(address), other, surroundings)),
    ),
    ...prefixes.flatMap((prefix) => {
      const claim = { prefix, isForAll: isPieceOfAll(prefix, taken) };
      return [
        ...routes.flatMap((other) => meeting(claim, other, surroundings)),
        ...capturedGateways(claim, surroundings),
        ...capturedNameServers(claim, surroundings),
      ];
    }),
  ];
  return withoutRepeats(conflicts);
}

/** A prefix of the tunnel, and whether it is there to take everything. */
interface Claim {
  readonly prefix: Prefix;
  readonly isForAll: boolean;
}

/** A route of somebody else's, and whether it is there to take everything. */
interface RouteInUse {
  readonly route: HostRoute & { readonly device: string };
  readonly isForAll: boolean;
}

/** The other interfaces that have an address; two tunnels of ours may share one. */
function holdersOf(address: Address, except: string, surroundings: Surroundings): Conflict[] {
  const prefix = hostPrefix(address);
  return surroundings.host.routes.flatMap(({ kind, table, device, prefix: held }): Conflict[] => {
    const isHolder = kind === 'local' && table === routingTables.local && samePrefix(held, prefix);
    if (!isHolder || device === null || device === except) return [];
    const owner = ownerOf(device, surroundings);
    if (owner.kind === 'tunnel') return [];
    return [{ code: 'address-taken', severity: 'error', prefix, against: prefix, owner }];
  });
}

/** With an address the kernel makes a route to the network around it, which goes before others that are no more specific. */
function networkMeeting(
  network: Prefix,
  { route, isForAll }: RouteInUse,
  surroundings: Surroundings,
): Conflict[] {
  const { prefix: against, metric } = route;
  if (network.length === addressBits[network.family] || isForAll) return [];
  const owner = ownerOf(route.device, surroundings);
  if (!covers(against, network) || owner.kind === 'tunnel') return [];
  const met = { code: 'address-network-taken', prefix: network, against, owner } as const;
  if (network.length > against.length) return [{ ...met, severity: 'warning' }];
  return metric > connectedMetric[network.family] ? [{ ...met, severity: 'error' }] : [];
}

/** The routes by which others are reached: all but the kernel's own, and those that lead everywhere. */
function routesInUse({ routes }: HostNetwork, except: string): RouteInUse[] {
  const inUse = routes.filter(
    (route): route is HostRoute & { device: string } =>
      route.kind === 'unicast' &&
      route.device !== null &&
      route.device !== except &&
      route.table !== routingTables.local &&
      !isLinkLocal(route.prefix) &&
      (route.prefix.length > 0 || isOurTable(route.table)),
  );
  const taken = new Map<string, ReadonlySet<Family>>();
  for (const device of new Set(inUse.map((route) => route.device))) {
    const ofDevice = inUse.filter((route) => route.device === device);
    taken.set(device, familiesTaken(ofDevice.map(({ prefix }) => prefix)));
  }
  return inUse.map((route) => ({
    route,
    isForAll: isPieceOfAll(route.prefix, taken.get(route.device) ?? new Set()),
  }));
}

function meeting({ prefix, isForAll }: Claim, other: RouteInUse, surroundings: Surroundings): Conflict[] {
  const { route } = other;
  const owner = ownerOf(route.device, surroundings);
  const met = { prefix, against: route.prefix, owner };
  if (samePrefix(prefix, route.prefix)) return [{ ...met, code: 'route-taken', severity: 'error' }];
  if (isForAll && other.isForAll && (covers(prefix, route.prefix) || covers(route.prefix, prefix)))
    return [{ ...met, code: 'full-tunnel-twice', severity: 'error' }];
  if (covers(route.prefix, prefix) && !other.isForAll)
    return [{ ...met, code: 'route-split', severity: 'warning' }];
  if (covers(prefix, route.prefix) && !isForAll && owner.kind !== 'lan')
    return [{ ...met, code: 'route-shadowed', severity: 'warning' }];
  return [];
}

function capturedGateways(claim: Claim, surroundings: Surroundings): Conflict[] {
  return surroundings.host.routes
    .filter(({ table, prefix: { length } }) => table === routingTables.main && length === 0)
    .flatMap(({ gateway, device }): Conflict[] => {
      if (gateway === null || device === null || !captures(claim, gateway, surroundings)) return [];
      const owner = ownerOf(device, surroundings);
      return [
        {
          code: 'gateway-captured',
          severity: 'error',
          prefix: claim.prefix,
          against: hostPrefix(gateway),
          owner,
        },
      ];
    });
}

function capturedNameServers(claim: Claim, surroundings: Surroundings): Conflict[] {
  return surroundings.nameServers
    .filter((server) => captures(claim, server, surroundings))
    .map((server): Conflict => {
      const device = carrierOf(server, surroundings)?.device ?? '';
      const owner = ownerOf(device, surroundings);
      return {
        code: 'name-server-captured',
        severity: 'error',
        prefix: claim.prefix,
        against: hostPrefix(server),
        owner,
      };
    });
}

/** Whether a prefix that is not meant to take everything would take an address from where it is reached now. */
function captures({ prefix, isForAll }: Claim, address: Address, surroundings: Surroundings): boolean {
  if (isForAll || !contains(prefix, address)) return false;
  const route = carrierOf(address, surroundings);
  if (route === null || route.table === routingTables.local) return false;
  return prefix.length >= route.prefix.length;
}

function carrierOf(destination: Address, { host }: Surroundings): HostRoute | null {
  return lookUp(host, { destination, mark: 0, user: 0, protocol: udp }).route;
}

function ownerOf(device: string, { host, tunnels }: Surroundings): RouteOwner {
  const tunnel = tunnels.get(device);
  if (tunnel !== undefined) return { kind: 'tunnel', interface: device, name: tunnel.name };
  const link = host.links.find(({ name }) => name === device);
  return { kind: kindOf(device, link, host), interface: device, name: device };
}

function kindOf(device: string, link: HostLink | undefined, { routes }: HostNetwork): RouteOwner['kind'] {
  const kind = link?.kind ?? null;
  if (kind !== null && vpnKinds.has(kind)) return 'vpn';
  const isUplink = routes.some(
    (route) => route.device === device && route.prefix.length === 0 && route.kind === 'unicast',
  );
  // A bridge may have the card in it, and be the way out itself.
  if (isUplink || kind === null) return 'lan';
  return kind === 'bridge' ? 'bridge' : 'other';
}

/** Every interface has the link-local network; and a group of listeners is nobody's. */
function isLinkLocal({ family, words: [word = 0] }: Prefix): boolean {
  return family === 6 ? word >>> 22 === 0xfe80 >>> 6 || word >>> 24 === 0xff : word >>> 16 === 0xa9fe;
}

function withoutRepeats(conflicts: readonly Conflict[]): Conflict[] {
  const seen = new Map(conflicts.map((conflict) => [identityOf(conflict), conflict]));
  return [...seen.values()];
}

function identityOf({ code, prefix, against, owner }: Conflict): string {
  return [code, formatPrefix(prefix), formatAddress(against), against.length, owner.interface].join(' ');
}
