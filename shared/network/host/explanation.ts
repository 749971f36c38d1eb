import { contains } from '../prefix.ts';
import type { HostNetwork, HostRoute } from './host-network.ts';
import { lookUp, routesHiddenBySource, soughtBy } from './lookup.ts';
import type { OutgoingPacket, RoutingCourse } from './lookup.ts';

/** Why a route that leads to an address too does not carry a packet to it. */
export type LossReason =
  /** Another of the same table has a longer prefix. */
  | 'less-specific'
  /** Another of the same table and prefix has a lower metric. */
  | 'higher-metric'
  /** The rule that asks its table takes longer prefixes only. */
  | 'suppressed'
  /** The rule that asks its table does not take its interface's group. */
  | 'group-suppressed'
  /** The rules that ask its table are for other packets. */
  | 'other-packets'
  /** It is itself for other packets. */
  | 'not-for-it'
  /** Another route to its prefix is for some sources only. */
  | 'hidden-by-source'
  /** A rule that comes before decided. */
  | 'asked-later'
  /** Nothing gets out there now. */
  | 'dead'
  /** No rule asks its table. */
  | 'not-asked';

/** A route that would have led to the address. */
export interface LosingRoute {
  readonly route: HostRoute;
  readonly reason: LossReason;
}

/** Where a packet goes, and why not elsewhere. */
export interface RoutingExplanation extends RoutingCourse {
  readonly losers: readonly LosingRoute[];
}

/** Says where a host sends a packet, and for every other route to its destination why that one does not carry it. */
export function explainRouting(host: HostNetwork, packet: OutgoingPacket): RoutingExplanation {
  const decision = lookUp(host, packet);
  const sought = soughtBy(packet.destination);
  const hidden = routesHiddenBySource(host.routes);
  const losers = host.routes
    .filter((route) => route !== decision.route && contains(route.prefix, sought))
    .map((route) => ({
      route,
      reason: hidden.has(route) ? ('hidden-by-source' as const) : lossOf(route, host, decision),
    }));
  return { ...decision, losers };
}

function lossOf(route: HostRoute, host: HostNetwork, { route: winner, passed }: RoutingCourse): LossReason {
  if (route.isDead) return 'dead';
  if (route.only !== null) return 'not-for-it';
  if (winner !== null && winner.table === route.table)
    return winner.prefix.length > route.prefix.length ? 'less-specific' : 'higher-metric';
  const asking = host.rules.filter(
    ({ family, action }) =>
      family === route.prefix.family && action.kind === 'lookup' && action.table === route.table,
  );
  if (asking.length === 0) return 'not-asked';
  const reasons = passed.filter(({ rule }) => asking.includes(rule)).map(({ reason }) => reason.kind);
  if (reasons.includes('suppressed')) return 'suppressed';
  if (reasons.includes('group-suppressed')) return 'group-suppressed';
  return reasons.length === asking.length ? 'other-packets' : 'asked-later';
}
