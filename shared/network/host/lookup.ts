import { contains } from '../prefix.ts';
import type { Address } from '../address.ts';
import type { HostNetwork, HostRoute, HostRule, RuleSelector } from './host-network.ts';

/** A packet that this machine is about to send. */
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
  /** The rules that were asked before, in their order. */
  readonly passed: readonly PassedRule[];
}

/**
 * Where a host sends a packet: its rules are asked in the order of their priority; each asks a table for its longest prefix, of
 * equals the lowest metric; an answer that the rule suppresses, or none, goes on to the next rule.
 *
 * @see linux net/core/fib_rules.c fib_rules_lookup, net/ipv4/fib_rules.c, net/ipv4/fib_trie.c fib_table_lookup
 */
export function lookUp(host: HostNetwork, packet: OutgoingPacket): RoutingDecision {
  const { family } = packet.destination;
  const rules = host.rules.filter((rule) => rule.family === family).sort((a, b) => a.priority - b.priority);
  const passed: PassedRule[] = [];
  let from = 0;
  for (const rule of rules) {
    if (rule.priority < from) continue;
    const { action } = rule;
    const reason = selects(rule, packet) ? null : ({ kind: 'not-selected' } as const);
    if (reason !== null) {
      passed.push({ rule, reason });
    } else if (action.kind === 'goto') {
      from = action.priority;
    } else if (action.kind === 'nop') {
      passed.push({ rule, reason: { kind: 'nop' } });
    } else if (action.kind === 'lookup') {
      const route = bestRoute(host, action.table, packet.destination);
      const why = passReason(route, action.suppressed);
      if (why === null) return { route, rule, passed };
      passed.push({ rule, reason: why });
    } else {
      return { route: null, rule, passed };
    }
  }
  return { route: null, rule: null, passed };
}

/** The route of a table that takes packets to an address; null where none does. */
export function bestRoute({ routes }: HostNetwork, table: number, destination: Address): HostRoute | null {
  let best: HostRoute | null = null;
  for (const route of routes) {
    if (route.table !== table || route.isDead || !contains(route.prefix, destination)) continue;
    if (best === null || isBetter(route, best)) best = route;
  }
  return best;
}

function isBetter(route: HostRoute, other: HostRoute): boolean {
  if (route.prefix.length !== other.prefix.length) return route.prefix.length > other.prefix.length;
  return route.metric < other.metric;
}

function passReason(route: HostRoute | null, suppressed: number | null): PassReason | null {
  if (route === null) return { kind: 'no-route' };
  if (route.kind === 'throw') return { kind: 'thrown', route };
  if (suppressed !== null && goesOut(route) && route.prefix.length <= suppressed)
    return { kind: 'suppressed', route };
  return null;
}

/** A route that refuses is an answer that no rule suppresses. */
function goesOut({ kind }: HostRoute): boolean {
  return kind !== 'blackhole' && kind !== 'unreachable' && kind !== 'prohibit';
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
