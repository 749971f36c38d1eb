import { parseAddress } from '../../../shared/network/address.ts';
import { overlaps } from '../../../shared/network/prefix.ts';
import type { Prefix } from '../../../shared/network/prefix.ts';
import { PrefixSet } from '../../../shared/network/prefix-set.ts';
import type { GuardedTunnel } from '../../../shared/network/plan/kill-switch.ts';
import type { PlannedTunnel } from '../../../shared/network/plan/planned-tunnel.ts';
import type { KeyText, Timestamp, TunnelWarning } from '../../../shared/tunnel/status.ts';
import { keysWithCommands } from '../../../shared/tunnel/scripts.ts';
import type { RefusedKey } from '../../../shared/tunnel/scripts.ts';
import type { Tunnel } from '../../../shared/tunnel/tunnel.ts';
import { addressOfEndpoint } from '../endpoints/endpoint.ts';
import { isAtOnePlace } from '../engine/peer-changes.ts';

/**
 * A tunnel with everything decided that its profile leaves open: with it the interface can be made at any time, again after
 * a crash of the engine too, without asking anybody.
 */
export interface PreparedTunnel {
  readonly tunnel: Tunnel;
  /** The literal endpoint of each peer that has one, `IP:PORT` or `[IP]:PORT`. */
  readonly endpoints: Readonly<Record<KeyText, string>>;
  readonly listenPort: number;
  /** The mark of its outer packets. */
  readonly mark: number;
  /** Bytes. */
  readonly mtu: number;
  /** Whether its interface can hold IPv6. */
  readonly ipv6: boolean;
  /** Its turn among all tunnels of this helper. */
  readonly order: number;
  readonly since: Timestamp;
  /** What its AllowedIPs have and its routes have not: it stays where it was. */
  readonly withheld: readonly Prefix[];
  /** What its profile wants and it does not get. */
  readonly leftOut: readonly RefusedKey[];
  /** What was found while it was prepared. */
  readonly warnings: readonly PreparedWarning[];
  /** How the person has decided about conflicts when it came up; a change of its peers goes by that too. */
  readonly decided?: { readonly accept: readonly string[]; readonly subtract: boolean };
}

/** A warning, and the interface of the other tunnel that it is about: it holds while that one is up. */
export interface PreparedWarning extends TunnelWarning {
  readonly about?: string;
}

/** The same tunnel when another one is gone. */
export function withoutOther(prepared: PreparedTunnel, other: string): PreparedTunnel {
  const warnings = prepared.warnings.filter(({ about }) => about !== other);
  return warnings.length === prepared.warnings.length ? prepared : { ...prepared, warnings };
}

/** Some tunnels when all others are gone. */
export function amongThemselves(tunnels: readonly PreparedTunnel[]): PreparedTunnel[] {
  const standing = new Set(tunnels.map(({ tunnel }) => tunnel.interface));
  return tunnels.map((prepared) => ({
    ...prepared,
    warnings: prepared.warnings.filter(({ about }) => about === undefined || standing.has(about)),
  }));
}

/** Warnings as they are shown. */
export function shownWarnings({ warnings }: PreparedTunnel): TunnelWarning[] {
  return warnings.map(({ code, message, hint }) => ({ code, message, hint }));
}

/** What the network plan needs of a prepared tunnel. */
export function plannedTunnel({
  tunnel,
  endpoints,
  mark,
  mtu,
  listenPort,
  ipv6,
  order,
  withheld,
}: PreparedTunnel): PlannedTunnel {
  return {
    interface: tunnel.interface,
    addresses: tunnel.addresses,
    prefixes: without(
      tunnel.peers.flatMap((peer) => peer.allowedIps),
      withheld,
    ),
    endpoints: Object.values(endpoints).flatMap(
      (endpoint) => parseAddress(addressOfEndpoint(endpoint)) ?? [],
    ),
    hasCallers: tunnel.peers.some(({ publicKey }) => endpoints[publicKey] === undefined),
    table: tunnel.table,
    mark,
    mtu,
    listenPort,
    ipv6,
    order,
    killSwitch: tunnel.killSwitch,
    allNames: tunnel.dns.servers.length > 0 && tunnel.dns.domains.length === 0,
  };
}

/** What the kill switch needs of a prepared tunnel. */
export function guardedTunnel({ tunnel, mark, listenPort }: PreparedTunnel): GuardedTunnel {
  return { interface: tunnel.interface, mark, listenPort, killSwitch: tunnel.killSwitch };
}

/** Prefixes stay as they are written unless something of them is withheld. */
function without(prefixes: readonly Prefix[], withheld: readonly Prefix[]): Prefix[] {
  const theirs = PrefixSet.of(withheld);
  return prefixes.flatMap((prefix) =>
    withheld.some((other) => overlaps(prefix, other))
      ? PrefixSet.of([prefix]).without(theirs).prefixes()
      : [prefix],
  );
}

/**
 * Whether a tunnel that is up can become another one without an end of its sessions: only its peers are others, what goes to them, or its
 * names. Scripts would have to run again.
 */
export function canBecome(present: Tunnel, asked: Tunnel): boolean {
  const rest = (tunnel: Tunnel): string => JSON.stringify({ ...tunnel, peers: [], exclude: [], dns: null });
  return keysWithCommands(asked.scripts).length === 0 && rest(present) === rest(asked);
}

/** A tunnel that is up with the peers and the addresses of another, whose scripts are ruled about anew; the rest of it stays. */
export function withPeersOf(present: Tunnel, asked: Tunnel): Tunnel {
  const { peers, addresses, scripts, saveConfig } = asked;
  return { ...present, peers, addresses, scripts, saveConfig };
}

/** A tunnel that is up, with other peers: its port, its turn and its beginning stay, and where the peers that stay were found. */
export function become(present: PreparedTunnel, asked: PreparedTunnel): PreparedTunnel {
  const known = new Map(present.tunnel.peers.map((peer) => [peer.publicKey, peer]));
  const staying = asked.tunnel.peers.filter((peer) => {
    const before = known.get(peer.publicKey);
    return before !== undefined && isAtOnePlace(before, peer);
  });
  const found = staying.flatMap(({ publicKey }) => {
    const endpoint = present.endpoints[publicKey];
    return endpoint === undefined ? [] : [[publicKey, endpoint] as const];
  });
  const { listenPort, order, since } = present;
  return {
    ...asked,
    listenPort,
    order,
    since,
    endpoints: { ...asked.endpoints, ...Object.fromEntries(found) },
  };
}
