/** A host's network read from what `ip -N -j` (iproute2) prints. */

import { addressBits, parseAddress } from '../../../shared/network/address.ts';
import type { Family } from '../../../shared/network/address.ts';
import { refuses, routingTables } from '../../../shared/network/host/host-network.ts';
import type {
  HostLink,
  HostRoute,
  HostRule,
  HostRuleAction,
  NextHop,
  RouteKind,
  RuleSelector,
} from '../../../shared/network/host/host-network.ts';
import { networkOf, parsePrefix } from '../../../shared/network/prefix.ts';
import type { Prefix } from '../../../shared/network/prefix.ts';
import { gatewayOf, protocolOf } from './ip-json.ts';
import { isObject, list, number, objectsOf, text } from './json-fields.ts';
import type { JsonObject } from './json-fields.ts';

/** The kernel's numbers for what becomes of a packet. @see linux include/uapi/linux/rtnetlink.h RTN_UNICAST */
const routeKinds: Readonly<Record<string, RouteKind>> = {
  1: 'unicast',
  2: 'local',
  3: 'broadcast',
  4: 'anycast',
  5: 'multicast',
  6: 'blackhole',
  7: 'unreachable',
  8: 'prohibit',
  9: 'throw',
};

/** What a rule may ask for that a plain packet has none of, by the names of iproute2. */
const furtherSelectors = ['tos', 'dscp', 'sport', 'sport_start', 'dport', 'dport_start', 'tun_id', 'l3mdev'];

/** The links in the output of `ip -d -j link`. */
export function hostLinksOf(json: string): HostLink[] {
  return objectsOf(json, 'ifname').map((link) => {
    const { linkinfo } = link;
    return {
      name: text(link, 'ifname') ?? '',
      kind: isObject(linkinfo) ? text(linkinfo, 'info_kind') : null,
      isUp: list(link, 'flags').includes('UP'),
      group: groupOf(link, 'group') ?? 0,
    };
  });
}

/** The routes in the output of `ip -N -j route show table all`. */
export function hostRoutesOf(json: string, family: Family): HostRoute[] {
  // A rule has a destination too, where it is for some only, but no route has a priority.
  const routes = objectsOf(json, 'dst').filter((object) => !('priority' in object));
  return routes.flatMap((route): HostRoute[] => {
    const prefix = prefixOf(text(route, 'dst') ?? '', null, family);
    if (prefix === null) return [];
    const kind = routeKinds[text(route, 'type') ?? '1'] ?? 'unicast';
    const hops = [route, ...list(route, 'nexthops').filter(isObject)].filter(
      (hop) => text(hop, 'dev') !== null,
    );
    const living = hops.filter((hop) => !isDead(hop));
    return [
      {
        prefix,
        table: Number(text(route, 'table') ?? routingTables.main),
        kind,
        // Those that lead nowhere are shown with the loopback interface.
        hops: goesOn(kind) ? (living.length === 0 ? hops : living).map(nextHopOf) : [],
        metric: number(route, 'metric') ?? 0,
        source: parseAddress(text(route, 'prefsrc') ?? ''),
        only: onlyOf(route, family),
        isDead: hops.length > 0 && living.length === 0,
      },
    ];
  });
}

function goesOn(kind: RouteKind): boolean {
  return !refuses({ kind }) && kind !== 'throw';
}

function nextHopOf(hop: JsonObject): NextHop {
  return { device: text(hop, 'dev') ?? '', gateway: parseAddress(gatewayOf(hop) ?? '') };
}

/** A class of service is asked of packets of IPv4, a source of those of IPv6. */
function onlyOf(route: JsonObject, family: Family): HostRoute['only'] {
  const serviceClass = Number(text(route, 'tos') ?? 0);
  const from = prefixOf(text(route, 'from') ?? '', null, family);
  return serviceClass === 0 && from === null ? null : { serviceClass, from };
}

/** The rules in the output of `ip -N -j rule show`. */
export function hostRulesOf(json: string, family: Family): HostRule[] {
  return objectsOf(json, 'priority').map((rule) => ({
    family,
    priority: number(rule, 'priority') ?? 0,
    inverted: 'not' in rule,
    selector: selectorOf(rule, family),
    action: actionOf(rule),
  }));
}

function selectorOf(rule: JsonObject, family: Family): RuleSelector {
  const mark = text(rule, 'fwmark');
  const first = number(rule, 'uid_start');
  return {
    from: rangeOf(rule, 'src', family),
    to: rangeOf(rule, 'dst', family),
    mark: mark === null ? null : { value: Number(mark), mask: Number(text(rule, 'fwmask') ?? 0xffff_ffff) },
    incoming: text(rule, 'iif'),
    outgoing: text(rule, 'oif'),
    users: first === null ? null : { first, last: number(rule, 'uid_end') ?? first },
    protocol: protocolOf(text(rule, 'ipproto')),
    asksMore: furtherSelectors.some((name) => name in rule),
  };
}

function actionOf(rule: JsonObject): HostRuleAction {
  const target = number(rule, 'goto');
  if (target !== null) return { kind: 'goto', priority: target };
  if ('nop' in rule) return { kind: 'nop' };
  const kind = routeKinds[text(rule, 'action') ?? ''];
  if (kind === 'blackhole' || kind === 'unreachable' || kind === 'prohibit') return { kind };
  return {
    kind: 'lookup',
    table: Number(text(rule, 'table') ?? 0),
    suppressed: number(rule, 'suppress_prefixlen'),
    suppressedGroup: groupOf(rule, 'suppress_ifgroup'),
  };
}

function rangeOf(rule: JsonObject, name: 'src' | 'dst', family: Family): Prefix | null {
  const shown = text(rule, name);
  return shown === null || shown === 'all' ? null : prefixOf(shown, number(rule, `${name}len`), family);
}

/** A prefix as iproute2 shows it: `default`, a bare address, or with its length in the same field or in one of its own. */
function prefixOf(shown: string, length: number | null, family: Family): Prefix | null {
  if (shown === 'default') return parsePrefix(family === 4 ? '0.0.0.0/0' : '::/0');
  if (length === null) return parsePrefix(shown);
  const address = parseAddress(shown);
  return address === null ? null : networkOf({ address, length: Math.min(length, addressBits[family]) });
}

/** The number of a group of links; that of no group has a name as well. */
function groupOf(object: JsonObject, field: string): number | null {
  const shown = text(object, field);
  if (shown === null) return null;
  return shown === 'default' ? 0 : Number(shown);
}

/** A link without a carrier stays in use unless the kernel is told otherwise; it then marks the route dead. */
function isDead(hop: JsonObject): boolean {
  return list(hop, 'flags').includes('dead');
}
