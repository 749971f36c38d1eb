import { addressBits, formatAddress } from '../address.ts';
import type { Address } from '../address.ts';
import { refuses, routingTables } from '../host/host-network.ts';
import type { HostNetwork, HostRoute, HostRule } from '../host/host-network.ts';
import { routingOf } from '../host/lookup.ts';
import type { RoutingDecision } from '../host/lookup.ts';
import { devicesOf, ownersOn } from '../host/ownership.ts';
import type { Owner, TunnelNames } from '../host/ownership.ts';
import { routeText, ruleText } from '../host/words.ts';
import { covers, formatPrefix, hostPrefix, networkOf, samePrefix } from '../prefix.ts';
import type { Prefix } from '../prefix.ts';
import { createPrefixTable } from '../prefix-table.ts';
import { cellsOf } from './cells.ts';
import { piecesOfAll } from './full-tunnel.ts';
import { routedPrefixes, usableAddresses } from './planned-tunnel.ts';
import type { PlannedTunnel } from './planned-tunnel.ts';
import { withoutLink, withTunnelAddresses, withTunnelRoutes } from './with-tunnel.ts';

/** Whose network it is that a tunnel meets; a `refusal` is a route or rule that says that there is no way, and is named by its text. */
export type RouteOwner = Omit<Owner, 'kind'> & { readonly kind: Owner['kind'] | 'refusal' };

/** What goes wrong, by a word. */
export type ConflictCode =
  /** The very network of somebody else would go into the tunnel. */
  | 'route-taken'
  /** Part of somebody else's network would go into the tunnel. */
  | 'route-split'
  /** What the tunnel is for, or part of it, stays with somebody else, or is refused. */
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
  /** Whether packets for both would go into the tunnel; else they stay with the owner. */
  readonly isCarried: boolean;
}

/** What a tunnel is held against. */
export interface Surroundings {
  /** The host as it is, with the tunnels that are up. */
  readonly host: HostNetwork;
  /** The tunnels that are up, of all users. */
  readonly tunnels: TunnelNames;
  /** The servers that answer names now. */
  readonly nameServers: readonly Address[];
}

/** Names are asked for over it. */
const udp = 17;

/**
 * The conflicts of a tunnel with a host's network and with the tunnels that are up. Where the host sends packets now is held against where
 * it would send them, for one address of each part of the tunnel in which all routes and rules say the same. A route of the LAN that is
 * more specific than the tunnel's is no conflict: it stays, and so it should. Neither is a full tunnel over an ordinary default route.
 */
export function findConflicts(tunnel: PlannedTunnel, surroundings: Surroundings): Conflict[] {
  const stage = stageFor(tunnel, surroundings);
  const conflicts = [
    ...addressConflicts(tunnel, stage),
    ...(tunnel.table === 'auto' ? routeConflicts(tunnel, stage, surroundings) : []),
  ];
  const seen = new Map(conflicts.map((conflict) => [identityOf(conflict), conflict]));
  return [...seen.values()];
}

/** Where packets to an address go. */
type Way = (address: Address) => RoutingDecision;

/** What all questions about a tunnel share. */
interface Stage {
  readonly tunnel: PlannedTunnel;
  /** The host without the tunnel, which may be up already. */
  readonly host: HostNetwork;
  readonly before: Way;
  readonly ownerOf: (device: string) => Owner;
  /** The routes that are there to take everything. */
  readonly routesForAll: ReadonlySet<HostRoute>;
}

/** A prefix of the tunnel, and whether it is there to take everything. */
interface Claim {
  readonly prefix: Prefix;
  readonly isForAll: boolean;
}

/** A part of a claim: where its packets go now, and where they would go. */
interface Meeting {
  readonly claim: Claim;
  readonly before: RoutingDecision;
  readonly after: RoutingDecision;
}

function stageFor(tunnel: PlannedTunnel, { host: whole, tunnels }: Surroundings): Stage {
  const host = withoutLink(whole, tunnel.interface);
  return {
    tunnel,
    host,
    before: wayIn(host),
    ownerOf: ownersOn(whole, tunnels),
    routesForAll: routesForAll(host),
  };
}

function wayIn(host: HostNetwork): Way {
  const route = routingOf(host);
  return (destination) => route({ destination, mark: 0, user: 0, protocol: udp });
}

/** Of each interface, the routes that together lead everywhere. */
function routesForAll({ routes }: HostNetwork): ReadonlySet<HostRoute> {
  const byDevice = new Map<string, HostRoute[]>();
  for (const route of routes) {
    const [device = ''] = devicesOf(route);
    if (route.kind !== 'unicast' || route.table === routingTables.local) continue;
    const others = byDevice.get(device);
    if (others === undefined) byDevice.set(device, [route]);
    else others.push(route);
  }
  const all = new Set<HostRoute>();
  for (const ofDevice of byDevice.values()) {
    const pieces = piecesOfAll(ofDevice.map(({ prefix }) => prefix));
    for (const route of ofDevice) if (pieces.has(route.prefix)) all.add(route);
  }
  return all;
}

/** 0.0.0.0, which is this machine itself, whatever routes say. */
const apart: readonly Prefix[] = [{ family: 4, words: [0], length: 32 }];

/** What there is to say of the parts of some claims, each once and of the longest claim that it lies in. */
function throughout(
  claims: readonly Claim[],
  { host, before }: Stage,
  after: Way,
  judge: (meeting: Meeting) => Conflict | null,
): Conflict[] {
  const table = createPrefixTable<Claim>();
  for (const claim of claims) table.give(claim.prefix, claim);
  const bounds = [...apart, ...claims.map(({ prefix }) => prefix)];
  for (const { prefix } of host.routes) bounds.push(prefix);
  for (const { selector } of host.rules) if (selector.to !== null) bounds.push(selector.to);
  const conflicts: Conflict[] = [];
  for (const address of cellsOf(bounds)) {
    const claim = table.longestFor(address)?.owner;
    if (claim === undefined) continue;
    const conflict = judge({ claim, before: before(address), after: after(address) });
    if (conflict !== null) conflicts.push(conflict);
  }
  return conflicts;
}

function addressConflicts(tunnel: PlannedTunnel, stage: Stage): Conflict[] {
  const addresses = usableAddresses(tunnel).filter((address) => !isLinkLocal(networkOf(address)));
  const networks = addresses
    .map(networkOf)
    .filter(({ family, length }) => length < addressBits[family])
    .map((prefix) => ({ prefix, isForAll: false }));
  const after = wayIn(withTunnelAddresses(stage.host, tunnel));
  return [
    ...addresses.flatMap(({ address }) => holdersOf(address, stage)),
    ...throughout(networks, stage, after, (meeting) => {
      const loss = lossIn(meeting, stage);
      if (loss === null || loss.owner.kind === 'tunnel' || loss.isForAll) return null;
      const { claim, against, owner } = loss;
      const severity = covers(claim.prefix, against) ? 'error' : 'warning';
      return {
        code: 'address-network-taken',
        severity,
        prefix: claim.prefix,
        against,
        owner,
        isCarried: true,
      };
    }),
  ];
}

/** The other interfaces that have an address; two tunnels of Adit's may share one. */
function holdersOf(address: Address, { host, ownerOf }: Stage): Conflict[] {
  const prefix = hostPrefix(address);
  return host.routes
    .filter(({ kind, table, prefix: held }) => isLocal(kind, table) && samePrefix(held, prefix))
    .flatMap(devicesOf)
    .map(ownerOf)
    .filter(({ kind }) => kind !== 'tunnel')
    .map((owner) => ({
      code: 'address-taken',
      severity: 'error',
      prefix,
      against: prefix,
      owner,
      isCarried: true,
    }));
}

function isLocal(kind: HostRoute['kind'], table: number): boolean {
  return kind === 'local' && table === routingTables.local;
}

function routeConflicts(tunnel: PlannedTunnel, stage: Stage, { nameServers }: Surroundings): Conflict[] {
  const prefixes = routedPrefixes(tunnel);
  if (prefixes.length === 0) return [];
  const pieces = piecesOfAll(prefixes);
  const claims = prefixes.map((prefix) => ({ prefix, isForAll: pieces.has(prefix) }));
  const after = wayIn(withTunnelRoutes(stage.host, tunnel));
  const captured = capturesOf(claims, stage, after);
  return [
    ...throughout(claims, stage, after, (meeting) => conflictIn(meeting, stage)),
    ...gatewaysOf(stage.host).flatMap((gateway) => captured('gateway-captured', gateway)),
    ...nameServers.flatMap((server) => captured('name-server-captured', server)),
  ];
}

function conflictIn(meeting: Meeting, stage: Stage): Conflict | null {
  const loss = lossIn(meeting, stage);
  return loss === null ? stayIn(meeting, stage) : takenBy(loss);
}

/** What somebody loses to a tunnel. */
interface Loss {
  readonly claim: Claim;
  readonly against: Prefix;
  readonly owner: Owner;
  readonly isForAll: boolean;
  /** Whether it goes where a VPN, a tunnel or a rule of somebody's wants it, and not the ordinary way out. */
  readonly isChosen: boolean;
}

/** What goes into the tunnel, and went to somebody else before; null where nothing does. */
function lossIn({ claim, before, after }: Meeting, stage: Stage): Loss | null {
  const { route } = before;
  if (after.route === null || !leadsInto(after.route, stage)) return null;
  if (route === null || refuses(route) || route.table === routingTables.local) return null;
  const against = reachOf(before, claim);
  if (isLinkLocal(against)) return null;
  const owner = stage.ownerOf(devicesOf(route)[0] ?? '');
  const isForAll = against === route.prefix && stage.routesForAll.has(route);
  return {
    claim,
    against,
    owner,
    isForAll,
    isChosen: owner.kind !== 'lan' || isByForeignRule(before, stage),
  };
}

function takenBy({ claim, against, owner, isForAll, isChosen }: Loss): Conflict | null {
  const met = { prefix: claim.prefix, against, owner, isCarried: true };
  if (isForAll)
    return claim.isForAll && isChosen ? { ...met, code: 'full-tunnel-twice', severity: 'error' } : null;
  return covers(claim.prefix, against)
    ? { ...met, code: 'route-taken', severity: 'error' }
    : { ...met, code: 'route-split', severity: 'warning' };
}

/** What would not go into the tunnel though it is for it; null where that is as it should be. */
function stayIn({ claim, after }: Meeting, stage: Stage): Conflict | null {
  const { route, rule } = after;
  if (rule === null || route?.table === routingTables.local) return null;
  if (route !== null && leadsInto(route, stage)) return null;
  const against = reachOf(after, claim);
  if (isLinkLocal(against)) return null;
  const owner = keeperOf(route, rule, stage);
  const met = { prefix: claim.prefix, against, owner, isCarried: false };
  const isForAll = route !== null && against === route.prefix && stage.routesForAll.has(route);
  if (claim.isForAll && isForAll) return { ...met, code: 'full-tunnel-twice', severity: 'error' };
  if (covers(against, claim.prefix)) return { ...met, code: 'route-shadowed', severity: 'error' };
  if (claim.isForAll || owner.kind === 'lan') return null;
  return { ...met, code: 'route-shadowed', severity: 'warning' };
}

function keeperOf(route: HostRoute | null, rule: HostRule, { ownerOf }: Stage): RouteOwner {
  if (route !== null && !refuses(route)) return ownerOf(devicesOf(route)[0] ?? '');
  const name = route === null ? ruleText(rule) : routeText(route);
  return { kind: 'refusal', interface: '', name, user: null };
}

function leadsInto({ hops }: HostRoute, { tunnel }: Stage): boolean {
  return hops.some(({ device }) => device === tunnel.interface);
}

/** What an answer is for: the prefix of its route, or what of that its rule is for. */
function reachOf({ route, rule }: RoutingDecision, { prefix }: Claim): Prefix {
  const to = rule === null || rule.inverted ? null : rule.selector.to;
  if (route === null) return to ?? prefix;
  return to !== null && to.length > route.prefix.length ? to : route.prefix;
}

/** Whether a rule of somebody's sends packets another way out than that of the main table. */
function isByForeignRule({ route }: RoutingDecision, { host }: Stage): boolean {
  if (route === null || route.table === routingTables.main || route.table === routingTables.default)
    return false;
  const ways = host.routes.filter(({ table, prefix }) => table === routingTables.main && prefix.length === 0);
  const uplinks = new Set(ways.flatMap(devicesOf));
  // Somebody may keep the ordinary way out in a table of its own.
  if (uplinks.size === 0) return false;
  return !devicesOf(route).some((device) => uplinks.has(device));
}

function gatewaysOf({ routes }: HostNetwork): Address[] {
  return routes
    .filter(({ table, prefix, isDead }) => table === routingTables.main && prefix.length === 0 && !isDead)
    .flatMap(({ hops }) => hops.flatMap(({ gateway }) => gateway ?? []));
}

/** Says whether a single address would be taken from where it is reached now; for everything, nothing is that leads everywhere. */
function capturesOf(
  claims: readonly Claim[],
  stage: Stage,
  after: Way,
): (code: 'gateway-captured' | 'name-server-captured', address: Address) => Conflict[] {
  const table = createPrefixTable<Claim>();
  for (const claim of claims) table.give(claim.prefix, claim);
  return (code, address) => {
    const claim = table.longestFor(address)?.owner;
    if (claim === undefined) return [];
    const loss = lossIn({ claim, before: stage.before(address), after: after(address) }, stage);
    if (loss === null || (loss.isForAll && claim.isForAll)) return [];
    const { prefix } = claim;
    const { owner } = loss;
    return [{ code, severity: 'error', prefix, against: hostPrefix(address), owner, isCarried: true }];
  };
}

/** Every interface has the link-local network; and a group of listeners is nobody's. */
function isLinkLocal({ family, words: [word = 0] }: Prefix): boolean {
  return family === 6 ? word >>> 22 === 0xfe80 >>> 6 || word >>> 24 === 0xff : word >>> 16 === 0xa9fe;
}

function identityOf({ code, prefix, against, owner }: Conflict): string {
  return [code, formatPrefix(prefix), formatAddress(against), against.length, owner.interface].join(' ');
}
