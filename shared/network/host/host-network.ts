import type { Address, Family } from '../address.ts';
import type { Prefix } from '../prefix.ts';

/**
 * A Linux host's network at one moment, as far as it decides where packets go. What is in here is what `ip -N -j` shows; nothing
 * of it is ours to change.
 */
export interface HostNetwork {
  readonly links: readonly HostLink[];
  /** Of all tables; those of one prefix, table and metric in the kernel's order. */
  readonly routes: readonly HostRoute[];
  readonly rules: readonly HostRule[];
}

/** A network interface. */
export interface HostLink {
  readonly name: string;
  /** What the kernel calls a virtual link, such as `bridge`, `tun` or `wireguard`; null for a card. */
  readonly kind: string | null;
  readonly isUp: boolean;
}

/** What becomes of a packet that a route takes. */
export type RouteKind =
  | 'unicast'
  | 'local'
  | 'broadcast'
  | 'anycast'
  | 'multicast'
  | 'blackhole'
  | 'unreachable'
  | 'prohibit'
  | 'throw';

/** A route of a routing table. */
export interface HostRoute {
  readonly prefix: Prefix;
  /** 254 is `main`, 255 `local`, 253 `default`. */
  readonly table: number;
  readonly kind: RouteKind;
  /** Null where the packet goes nowhere, or to one of several next hops. */
  readonly device: string | null;
  readonly gateway: Address | null;
  /** Of routes to one prefix, the lowest carries. */
  readonly metric: number;
  /** The source that packets of this machine get; null where the kernel chooses. */
  readonly source: Address | null;
  /** Whether the kernel knows that nothing gets out there. */
  readonly isDead: boolean;
}

/** What a packet must be like for a rule; what is null or empty is not asked for. All that is asked for has to hold. */
export interface RuleSelector {
  readonly from: Prefix | null;
  readonly to: Prefix | null;
  /** The packet's mark under the mask has to be this. */
  readonly mark: { readonly value: number; readonly mask: number } | null;
  readonly incoming: string | null;
  readonly outgoing: string | null;
  /** Inclusive numbers of users. */
  readonly users: { readonly first: number; readonly last: number } | null;
  /** The number of the protocol above IP, such as 17 for UDP. */
  readonly protocol: number | null;
  /** Whether it asks for more than a plain lookup has: a port, a service class. */
  readonly asksMore: boolean;
}

/** What a rule does. */
export type HostRuleAction =
  /** Asks a table, and takes no answer of `suppressed` bits or fewer. */
  | { readonly kind: 'lookup'; readonly table: number; readonly suppressed: number | null }
  | { readonly kind: 'goto'; readonly priority: number }
  | { readonly kind: 'nop' }
  | { readonly kind: 'blackhole' | 'unreachable' | 'prohibit' };

/** A rule of policy routing. */
export interface HostRule {
  readonly family: Family;
  readonly priority: number;
  /** Whether it is for all packets but those. */
  readonly inverted: boolean;
  readonly selector: RuleSelector;
  readonly action: HostRuleAction;
}

/** The kernel's routing tables by their numbers. */
export const routingTables = { default: 253, main: 254, local: 255 } as const;
