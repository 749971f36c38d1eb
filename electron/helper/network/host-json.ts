/** A host's network read from what `ip -N -j` (iproute2) prints. */

import { addressBits, parseAddress } from '../../../shared/network/address.ts';
import type { Family } from '../../../shared/network/address.ts';
import { routingTables } from '../../../shared/network/host/host-network.ts';
import type {
  HostLink,
  HostRoute,
  HostRule,
  HostRuleAction,
  RouteKind,
  RuleSelector,
} from '../../../shared/network/host/host-network.ts';
import { networkOf, parsePrefix } from '../../../shared/network/prefix.ts';
import type { Prefix } from '../../../shared/network/prefix.ts';
import { protocolOf } from './ip-json.ts';
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
    };
  });
}

/** The routes in the output of `ip -N -j route show table all`. */
export function hostRoutesOf(json: string, family: Family): HostRoute[] {
  return objectsOf(json, 'dst').flatMap((route): HostRoute[] => {
    const prefix = prefixOf(text(route, 'dst') ?? '', null, family);
    if (prefix === null) return [];
    const hops = [route, ...list(route, 'nexthops').filter(isObject)];
    const living = hops.filter((hop) => text(hop, 'dev') !== null && !isDead(hop));
    const hop = living[0] ?? hops.find((each) => text(each, 'dev') !== null) ?? route;
    return [
      {
        prefix,
        table: Number(text(route, 'table') ?? routingTables.main),
        kind: routeKinds[text(route, 'type') ?? '1'] ?? 'unicast',
        device: text(hop, 'dev'),
        gateway: gatewayOf(hop),
        metric: number(route, 'metric') ?? 0,
        source: parseAddress(text(route, 'prefsrc') ?? ''),
        isDead: isDead(hop),
      },
    ];
  });
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

/** The next hop; one of the other family is in `via`. */
function gatewayOf(hop: JsonObject): HostRoute['gateway'] {
  const { via } = hop;
  return parseAddress(text(hop, 'gateway') ?? (isObject(via) ? text(via, 'host') : null) ?? '');
}

/** A link without a carrier stays in use unless the kernel is told otherwise; it then marks the route dead. */
function isDead(hop: JsonObject): boolean {
  return list(hop, 'flags').includes('dead');
}
