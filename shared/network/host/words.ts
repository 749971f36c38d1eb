import { formatAddress } from '../address.ts';
import { formatPrefix } from '../prefix.ts';
import type { LossReason } from './explanation.ts';
import { routingTables } from './host-network.ts';
import type { HostRoute, HostRule, HostRuleAction, NextHop, RuleSelector } from './host-network.ts';
import type { PassReason } from './lookup.ts';

/** A route as `ip route` writes it, with its table. */
export function routeText({ prefix, kind, hops, metric, table, only }: HostRoute): string {
  const ways = hops.map(hopText);
  const { from = null, serviceClass = 0 } = only ?? {};
  return [
    kind === 'unicast' ? '' : kind,
    prefix.length === 0 ? `default (${formatPrefix(prefix)})` : formatPrefix(prefix),
    from === null ? '' : `from ${formatPrefix(from)}`,
    serviceClass === 0 ? '' : `tos 0x${serviceClass.toString(16)}`,
    ...(ways.length > 1 ? ways.map((way) => `nexthop ${way}`) : ways),
    `table ${tableName(table)}`,
    metric === 0 ? '' : `metric ${metric}`,
  ]
    .filter((word) => word !== '')
    .join(' ');
}

function hopText({ gateway, device }: NextHop): string {
  return gateway === null ? `dev ${device}` : `via ${formatAddress(gateway)} dev ${device}`;
}

/** A rule as `ip rule` writes it, with its priority. */
export function ruleText({ priority, inverted, selector, action }: HostRule): string {
  const words = [inverted ? 'not' : '', ...selectorWords(selector), actionText(action)];
  return `${priority}: ${words.filter((word) => word !== '').join(' ')}`;
}

/** Why a rule did not decide. */
export function passText(reason: PassReason): string {
  switch (reason.kind) {
    case 'not-selected':
      return 'it is for other packets';
    case 'no-route':
      return 'its table has no route for this';
    case 'suppressed':
      return `its route, ${routeText(reason.route)}, is not specific enough for it`;
    case 'group-suppressed':
      return `its route, ${routeText(reason.route)}, leaves by an interface of the group that it does not take`;
    case 'thrown':
      return `its route, ${routeText(reason.route)}, tells to ask further`;
    case 'nop':
      return 'it does nothing';
  }
}

/** Why a route does not carry a packet. */
export function lossText(reason: LossReason): string {
  switch (reason) {
    case 'less-specific':
      return 'another route of its table is more specific';
    case 'higher-metric':
      return 'another route of its table to the same prefix has a lower metric, or stands before it';
    case 'suppressed':
      return 'the rule that asks its table takes more specific routes only';
    case 'group-suppressed':
      return 'the rule that asks its table does not take the group of its interface';
    case 'other-packets':
      return 'the rules that ask its table are for other packets';
    case 'not-for-it':
      return 'it is for packets of another service class, or from other sources';
    case 'hidden-by-source':
      return 'another route to the same prefix is for some sources only, and a packet without a source yet passes by both';
    case 'asked-later':
      return 'a rule that comes before has decided';
    case 'dead':
      return 'nothing gets out there now';
    case 'not-asked':
      return 'no rule asks its table';
  }
}

function selectorWords({
  from,
  to,
  mark,
  incoming,
  outgoing,
  users,
  protocol,
  asksMore,
}: RuleSelector): string[] {
  return [
    from === null ? '' : `from ${formatPrefix(from)}`,
    to === null ? '' : `to ${formatPrefix(to)}`,
    mark === null ? '' : `fwmark ${markText(mark)}`,
    incoming === null ? '' : `iif ${incoming}`,
    outgoing === null ? '' : `oif ${outgoing}`,
    users === null ? '' : `uidrange ${users.first}-${users.last}`,
    protocol === null ? '' : `ipproto ${protocol}`,
    asksMore ? 'and more' : '',
  ];
}

function markText({ value, mask }: { value: number; mask: number }): string {
  const shown = `0x${value.toString(16)}`;
  return mask === 0xffff_ffff ? shown : `${shown}/0x${mask.toString(16)}`;
}

function actionText(action: HostRuleAction): string {
  switch (action.kind) {
    case 'lookup': {
      const { table, suppressed, suppressedGroup } = action;
      return [
        `lookup ${tableName(table)}`,
        ...(suppressed === null ? [] : [`suppress_prefixlength ${suppressed}`]),
        ...(suppressedGroup === null ? [] : [`suppress_ifgroup ${suppressedGroup}`]),
      ].join(' ');
    }
    case 'goto':
      return `goto ${action.priority}`;
    case 'nop':
    case 'blackhole':
    case 'unreachable':
    case 'prohibit':
      return action.kind;
  }
}

function tableName(table: number): string {
  return Object.entries(routingTables).find(([, number]) => number === table)?.[0] ?? String(table);
}
