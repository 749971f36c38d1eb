import { addressBits } from '../address.ts';
import type { Family } from '../address.ts';
import { formatPrefix } from '../prefix.ts';
import { outerMark, resolverUser, routingTable, rulePriority } from './constants.ts';
import { firewallOf } from './firewall.ts';
import { localRule } from './late-local.ts';
import { routedPrefixes, tunnelsInNeedOfMark, usableAddresses } from './planned-tunnel.ts';
import type { PlannedTunnel } from './planned-tunnel.ts';
import type { Resource, RouteResource, RuleResource } from './resources.ts';

/**
 * Everything that has to exist in a Linux host's network while these tunnels are up, in the order in which it is made.
 * The union over all tunnels: what two of them share is there once, and stays until the last goes.
 *
 * The routes of all tunnels are in one table for each prefix length, and for each length that is in use two rules ask first
 * the main table, for more specific routes only, and then that table. So the longest prefix wins across the main table
 * and the tunnels, ties go to the tunnel, and packets with the tunnels' own mark see none of it: an endpoint can never
 * route into a tunnel, whatever the AllowedIPs are. Routes come before the rules that lead to them: an IPv6 socket that
 * sends all the while notices a new rule, but not a new route.
 *
 * @param resolver the number of the user who looks up names outside the tunnels
 * @param lateLocal the families in which nobody asks for this machine's own addresses before our rules
 * @see docs/routing.md
 */
export function desiredNetwork(
  tunnels: readonly PlannedTunnel[],
  resolver: number = resolverUser.number,
  lateLocal: readonly Family[] = [],
): Resource[] {
  if (tunnels.length === 0) return [];
  const { routes, rules } = desiredRouting(tunnels);
  return [
    ...tunnels.map((tunnel): Resource => ({ kind: 'link', interface: tunnel.interface })),
    ...tunnels.map((tunnel): Resource => ({ kind: 'mtu', interface: tunnel.interface, mtu: tunnel.mtu })),
    ...tunnels.flatMap(addressesOf),
    ...settingsFor(tunnels),
    firewallOf(tunnels, resolver),
    ...routes,
    ...lateLocal.filter((family) => rules.some((rule) => rule.family === family)).map(localRule),
    ...resolverRules(rules, resolver),
    ...rules,
  ];
}

/** Of all that, what decides where packets go that are not the tunnels' own. */
export function desiredRouting(tunnels: readonly PlannedTunnel[]): {
  readonly routes: readonly RouteResource[];
  readonly rules: readonly RuleResource[];
} {
  const routes = tunnels.flatMap(routesOf);
  return { routes, rules: rulesFor(routes) };
}

function addressesOf(tunnel: PlannedTunnel): Resource[] {
  return usableAddresses(tunnel).map((address) => ({
    kind: 'address',
    interface: tunnel.interface,
    address,
  }));
}

/** The kernel looks up the source of a packet by its mark only if it is told to. */
function settingsFor(tunnels: readonly PlannedTunnel[]): Resource[] {
  if (tunnelsInNeedOfMark(tunnels).length === 0) return [];
  return [{ kind: 'sysctl', key: 'net.ipv4.conf.all.src_valid_mark', value: '1' }];
}

function routesOf(tunnel: PlannedTunnel): RouteResource[] {
  const { table, order } = tunnel;
  if (table === 'off') return [];
  const prefixes = new Map(routedPrefixes(tunnel).map((prefix) => [formatPrefix(prefix), prefix]));
  return [...prefixes.values()].map((prefix) => ({
    kind: 'route',
    interface: tunnel.interface,
    prefix,
    table: table === 'auto' ? routingTable(prefix.length) : table,
    metric: order,
  }));
}

function rulesFor(routes: readonly RouteResource[]): RuleResource[] {
  return ([4, 6] as const).flatMap((family) => {
    const lengths = routes
      .filter(({ prefix, table }) => prefix.family === family && table === routingTable(prefix.length))
      .map(({ prefix }) => prefix.length);
    return [...new Set(lengths)].sort((a, b) => b - a).flatMap((length) => lengthRules(family, length));
  });
}

/** Where a tunnel takes packets of a family, the resolver's pass by it. */
function resolverRules(rules: readonly RuleResource[], user: number): Resource[] {
  const families = [...new Set(rules.map(({ family }) => family))];
  return [
    ...families.map((family): Resource => ({ kind: 'past-rule', family })),
    ...families.flatMap((family): Resource[] => [
      { kind: 'resolver-rule', family, protocol: 'udp', user },
      { kind: 'resolver-rule', family, protocol: 'tcp', user },
    ]),
  ];
}

function lengthRules(family: Family, length: number): RuleResource[] {
  const shared = { kind: 'rule', family, exceptMark: outerMark } as const;
  const tunnels: RuleResource = {
    ...shared,
    priority: rulePriority(length, 'tunnels'),
    action: { kind: 'tunnels', table: routingTable(length) },
  };
  // No route is more specific than a single address.
  if (length === addressBits[family]) return [tunnels];
  const main: RuleResource = {
    ...shared,
    priority: rulePriority(length, 'main'),
    action: { kind: 'main', longerThan: length },
  };
  return [main, tunnels];
}
