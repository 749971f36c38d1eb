import type { Family } from '../address.ts';
import { formatInterfaceAddress, formatPrefix } from '../prefix.ts';
import type { InterfaceAddress, Prefix } from '../prefix.ts';
import { pastPriority, resolverPriority } from './constants.ts';

/**
 * Where the routes of a tunnel go, the `Table` of wg-quick: `auto` is Adit's own tables, `off` makes none, a number is
 * that routing table, whose rules are the user's affair.
 */
export type RouteTable = 'auto' | 'off' | number;

/** One thing that Adit makes in a host's network, as a value. */
export type Resource =
  | LinkResource
  | MtuResource
  | AddressResource
  | SysctlResource
  | FirewallResource
  | KillSwitchResource
  | RouteResource
  | RuleResource
  | PastRuleResource
  | ResolverRuleResource
  | OpeningRuleResource;

/** A WireGuard interface, made whole by the engine: with its addresses, MTU, key and peers. */
export interface LinkResource {
  readonly kind: 'link';
  readonly interface: string;
}

/** The largest packet that one of our interfaces takes; 0 while it is down. */
export interface MtuResource {
  readonly kind: 'mtu';
  readonly interface: string;
  /** Bytes. */
  readonly mtu: number;
}

/** An address of one of our interfaces. */
export interface AddressResource {
  readonly kind: 'address';
  readonly interface: string;
  readonly address: InterfaceAddress;
}

/** A kernel setting; `key` in the dotted form, such as `net.ipv4.conf.all.src_valid_mark`. */
export interface SysctlResource {
  readonly kind: 'sysctl';
  readonly key: string;
  readonly value: string;
}

/** Our whole table in nftables, replaced as one. `digest` tells one text from another. */
export interface FirewallResource {
  readonly kind: 'firewall';
  readonly ruleset: string;
  readonly digest: string;
}

/** The table of nftables by which nothing leaves but through tunnels, replaced as one. `digest` tells one text from another. */
export interface KillSwitchResource {
  readonly kind: 'kill-switch';
  readonly ruleset: string;
  readonly digest: string;
}

/** A route into one of our interfaces. */
export interface RouteResource {
  readonly kind: 'route';
  readonly interface: string;
  readonly prefix: Prefix;
  readonly table: number;
  /** Of two tunnels with the same prefix, the one with the lower metric carries. */
  readonly metric: number;
}

/** A policy routing rule of ours. */
export interface RuleResource {
  readonly kind: 'rule';
  readonly family: Family;
  readonly priority: number;
  readonly exceptMark: number;
  readonly action: RuleAction;
}

/** The rule behind all others of ours, which decides nothing: where those go on who pass by all tunnels. */
export interface PastRuleResource {
  readonly kind: 'past-rule';
  readonly family: Family;
}

/** A rule by which one user's questions to name servers pass by all tunnels. */
export interface ResolverRuleResource {
  readonly kind: 'resolver-rule';
  readonly family: Family;
  readonly protocol: 'udp' | 'tcp';
  /** The number of the user. */
  readonly user: number;
}

/** A rule by which all packets of one user pass by the tunnels: the uplink is open for that user. */
export interface OpeningRuleResource {
  readonly kind: 'opening-rule';
  readonly family: Family;
  readonly user: number;
  readonly priority: number;
}

/** What a rule does with packets that do not carry the mark of the tunnels' own. */
export type RuleAction =
  /** The main table answers, if its route is longer than `longerThan` bits. */
  | { readonly kind: 'main'; readonly longerThan: number }
  /** The table of this machine's own addresses answers. */
  | { readonly kind: 'local'; readonly table: number }
  /** The tunnels' table answers. */
  | { readonly kind: 'tunnels'; readonly table: number };

/** A text that two resources share exactly if they are the same thing, whatever its value. */
export function resourceIdentity(resource: Resource): string {
  switch (resource.kind) {
    case 'link':
      return `link ${resource.interface}`;
    case 'mtu':
      return `MTU of ${resource.interface}`;
    case 'address':
      return `address ${formatInterfaceAddress(resource.address)} on ${resource.interface}`;
    case 'sysctl':
      return `sysctl ${resource.key}`;
    case 'firewall':
      return 'firewall table';
    case 'kill-switch':
      return 'kill switch';
    case 'route':
      return `route ${formatPrefix(resource.prefix)} by ${resource.interface} in table ${resource.table} metric ${resource.metric}`;
    case 'rule':
      return `IPv${resource.family} rule ${resource.priority}: ${ruleText(resource)}`;
    case 'past-rule':
      return `IPv${resource.family} rule ${pastPriority}: past all tunnels`;
    case 'opening-rule':
      return `IPv${resource.family} rule ${resource.priority}: past all tunnels for packets of user ${resource.user}`;
    case 'resolver-rule':
      return `IPv${resource.family} rule ${resolverPriority}: past all tunnels for names asked by user ${resource.user} over ${resource.protocol}`;
  }
}

/** Whether two resources of one identity also have one value. */
export function sameResource(a: Resource, b: Resource): boolean {
  if (a.kind === 'mtu' && b.kind === 'mtu') return a.mtu === b.mtu;
  if (a.kind === 'sysctl' && b.kind === 'sysctl') return a.value === b.value;
  if (a.kind === 'firewall' && b.kind === 'firewall') return a.digest === b.digest;
  if (a.kind === 'kill-switch' && b.kind === 'kill-switch') return a.digest === b.digest;
  return true;
}

function ruleText({ action, exceptMark }: RuleResource): string {
  const table = action.kind === 'main' ? `main table beyond /${action.longerThan}` : `table ${action.table}`;
  return `${table}, unless marked ${exceptMark}`;
}
