import type { Address, Family } from '../address.ts';
import { contains, samePrefix } from '../prefix.ts';
import { createPrefixTable } from '../prefix-table.ts';
import type { PrefixTable } from '../prefix-table.ts';
import { refuses } from './host-network.ts';
import type { HostNetwork, HostRoute, HostRule, HostRuleAction, RuleSelector } from './host-network.ts';

/** A packet that this machine is about to send: of the usual service class, and with no source yet. */
export interface OutgoingPacket {
  readonly destination: Address;
  /** 0 is none. */
  readonly mark: number;
  /** The number of the user who sends it. */
  readonly user: number;
  /** The number of the protocol above IP: 6 is TCP, 17 is UDP. `ip route get` takes IPv4 for UDP, and IPv6 for 0. */
  readonly protocol: number;
}

/** Why a rule did not decide about a packet. */
export type PassReason =
  /** The rule is for other packets. */
  | { readonly kind: 'not-selected' }
  /** Its table has no route for it. */
  | { readonly kind: 'no-route' }
  /** Its table's best route is not specific enough for the rule. */
  | { readonly kind: 'suppressed'; readonly route: HostRoute }
  /** Its table's best route leaves by an interface of a group that the rule does not take. */
  | { readonly kind: 'group-suppressed'; readonly route: HostRoute }
  /** Its table's best route tells to ask further. */
  | { readonly kind: 'thrown'; readonly route: HostRoute }
  | { readonly kind: 'nop' };

/** A rule that was asked and did not decide. */
export interface PassedRule {
  readonly rule: HostRule;
  readonly reason: PassReason;
}

/** What becomes of a packet, and by what. */
export interface RoutingDecision {
  /** The route that takes it; null where there is none, or a rule itself refuses it. */
  readonly route: HostRoute | null;
  /** The rule that decided; null where none did. */
  readonly rule: HostRule | null;
}

/** The same with the way there. */
export interface RoutingCourse extends RoutingDecision {
  /** The rules that were asked before, in their order. */
  readonly passed: readonly PassedRule[];
}

/** Says of packets where a host sends them; tells of each rule that was asked and did not decide. */
export type Routing = (
  packet: OutgoingPacket,
  tell?: (rule: HostRule, reason: PassReason) => void,
) => RoutingDecision;

/** As {@link routingOf}, for one packet. */
export function lookUp(host: HostNetwork, packet: OutgoingPacket): RoutingCourse {
  const passed: PassedRule[] = [];
  const decision = routingOf(host)(packet, (rule, reason) => passed.push({ rule, reason }));
  return { ...decision, passed };
}

/**
 * Where a host sends packets: its rules are asked in the order of their priority; each asks a table for its longest prefix, of
 * equals the lowest metric; an answer that the rule suppresses, or none, goes on to the next rule.
 *
 * @see linux net/core/fib_rules.c fib_rules_lookup, net/ipv4/fib_rules.c, net/ipv4/fib_trie.c fib_table_lookup
 */
export function routingOf(host: HostNetwork): Routing {
  const tables = tablesOf(host.routes);
  const groups = new Map(host.links.map(({ name, group }) => [name, group]));
  const rules = { 4: rulesOf(host, 4), 6: rulesOf(host, 6) };
  return (packet, tell) => {
    const destination = soughtBy(packet.destination);
    // Many rules ask the main table.
    const answers = new Map<number, HostRoute | null>();
    const answerOf = (table: number): HostRoute | null => {
      const known = answers.get(table);
      if (known !== undefined) return known;
      const answer = tables.get(table)?.longestFor(destination)?.owner ?? null;
      answers.set(table, answer);
      return answer;
    };
    let from = 0;
    for (const rule of rules[destination.family]) {
      if (rule.priority < from) continue;
      const { action } = rule;
      if (!selects(rule, packet)) {
        tell?.(rule, reasons.notSelected);
      } else if (action.kind === 'goto') {
        from = action.priority;
      } else if (action.kind === 'nop') {
        tell?.(rule, reasons.nop);
      } else if (action.kind === 'lookup') {
        const route = answerOf(action.table);
        const why = passReason(route, action, groups);
        if (why === null) return { route, rule };
        tell?.(rule, why);
      } else {
        return { route: null, rule };
      }
    }
    return { route: null, rule: null };
  };
}

const reasons = {
  notSelected: { kind: 'not-selected' },
  noRoute: { kind: 'no-route' },
  nop: { kind: 'nop' },
} as const;

/**
 * The address that is looked for: 0.0.0.0 is this machine itself.
 *
 * @see linux net/ipv4/route.c ip_route_output_key_hash_rcu
 */
export function soughtBy(destination: Address): Address {
  const isNobody = destination.family === 4 && destination.words[0] === 0;
  return isNobody ? { family: 4, words: [0x7f00_0001] } : destination;
}

/** Of each table, of the routes to one prefix that which carries. */
function tablesOf(routes: readonly HostRoute[]): ReadonlyMap<number, PrefixTable<HostRoute>> {
  const tables = new Map<number, PrefixTable<HostRoute>>();
  const hidden = routesHiddenBySource(routes);
  for (const route of routes) {
    if (!carries(route) || hidden.has(route)) continue;
    const table = tables.get(route.table) ?? createPrefixTable<HostRoute>();
    tables.set(route.table, table);
    const other = table.ownerOf(route.prefix);
    if (other === undefined || route.metric < other.metric) table.give(route.prefix, route);
  }
  return tables;
}

/**
 * The routes that the kernel passes by as long as a packet has no source, because another route to the very prefix, other than the default
 * one, is for some sources only.
 *
 * @see linux net/ipv6/ip6_fib.c fib6_node_lookup_1
 */
export function routesHiddenBySource(routes: readonly HostRoute[]): ReadonlySet<HostRoute> {
  const limited = routes.filter(({ prefix, only }) => prefix.length > 0 && (only?.from?.length ?? 0) > 0);
  const isBeside = (route: HostRoute): boolean =>
    limited.some((other) => other.table === route.table && samePrefix(other.prefix, route.prefix));
  return new Set(
    limited.length === 0 ? [] : routes.filter((route) => route.only === null && isBeside(route)),
  );
}

/** Whether a route is for plain packets, which have no source yet, and has a way for them. */
function carries({ isDead, only }: HostRoute): boolean {
  return !isDead && (only === null || (only.serviceClass === 0 && (only.from?.length ?? 0) === 0));
}

function rulesOf(host: HostNetwork, family: Family): HostRule[] {
  return host.rules.filter((rule) => rule.family === family).sort((a, b) => a.priority - b.priority);
}

function passReason(
  route: HostRoute | null,
  { suppressed, suppressedGroup }: HostRuleAction & { kind: 'lookup' },
  groups: ReadonlyMap<string, number>,
): PassReason | null {
  if (route === null) return reasons.noRoute;
  if (route.kind === 'throw') return { kind: 'thrown', route };
  // A route that refuses is an answer that no rule suppresses.
  if (refuses(route)) return null;
  if (suppressed !== null && route.prefix.length <= suppressed) return { kind: 'suppressed', route };
  const device = route.hops[0]?.device;
  const isInGroup =
    suppressedGroup !== null && device !== undefined && groups.get(device) === suppressedGroup;
  return isInGroup ? { kind: 'group-suppressed', route } : null;
}

function selects({ selector, inverted }: HostRule, packet: OutgoingPacket): boolean {
  return matches(selector, packet) !== inverted;
}

/** Whether a selector takes a packet of this machine's own, which has no source yet and is bound to no interface. */
function matches(selector: RuleSelector, packet: OutgoingPacket): boolean {
  const { from, to, users, protocol } = selector;
  const { destination, mark, user } = packet;
  return (
    (from === null || from.length === 0) &&
    (to === null || contains(to, destination)) &&
    (selector.mark === null || ((mark ^ selector.mark.value) & selector.mark.mask) === 0) &&
    (selector.incoming === null || selector.incoming === 'lo') &&
    selector.outgoing === null &&
    (users === null || (user >= users.first && user <= users.last)) &&
    (protocol === null || protocol === packet.protocol) &&
    !selector.asksMore
  );
}
