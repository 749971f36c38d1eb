import { formatAddress } from '../address.ts';
import { formatPrefix } from '../prefix.ts';
import type { LossReason } from './explanation.ts';
import { routingTables } from './host-network.ts';
import type { HostRoute, HostRule, HostRuleAction, RuleSelector } from './host-network.ts';
import type { PassReason } from './lookup.ts';

/** A route as `ip route` writes it, with its table. */
export function routeText({ prefix, kind, gateway, device, metric, table }: HostRoute): string {
  return [
    kind === 'unicast' ? '' : kind,
    prefix.length === 0 ? `default (${formatPrefix(prefix)})` : formatPrefix(prefix),
    gateway === null ? '' : `via ${formatAddress(gateway)}`,
    device === null ? '' : `dev ${device}`,
    `table ${tableName(table)}`,
    metric === 0 ? '' : `metric ${metric}`,
  ]
    .filter((word) => word !== '')
    .join(' ');
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
    case 'other-packets':
      return 'the rules that ask its table are for other packets';
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
      const asked = `lookup ${tableName(action.table)}`;
      return action.suppressed === null ? asked : `${asked} suppress_prefixlength ${action.suppressed}`;
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
