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
  /** The number of the group that somebody has put it into; 0 unless told. */
  readonly group: number;
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

/** Where packets of a route go on. */
export interface NextHop {
  readonly device: string;
  /** Null where the destination itself is on the link. */
  readonly gateway: Address | null;
}

/** A route of a routing table. */
export interface HostRoute {
  readonly prefix: Prefix;
  /** 254 is `main`, 255 `local`, 253 `default`. */
  readonly table: number;
  readonly kind: RouteKind;
  /** Those that live, or all where none does; each packet takes one. None where the packet goes nowhere. */
  readonly hops: readonly NextHop[];
  /** Of routes to one prefix, the lowest carries. */
  readonly metric: number;
  /** The source that packets of this machine get; null where the kernel chooses. */
  readonly source: Address | null;
  /** The only packets that it is for: of one service class, or from some sources. Null is all. */
  readonly only: { readonly serviceClass: number; readonly from: Prefix | null } | null;
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
  /** Asks a table, and takes no answer of `suppressed` bits or fewer, nor one by an interface of the group `suppressedGroup`. */
  | {
      readonly kind: 'lookup';
      readonly table: number;
      readonly suppressed: number | null;
      readonly suppressedGroup: number | null;
    }
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

/** Whether a route answers that there is no way. */
export function refuses({ kind }: Pick<HostRoute, 'kind'>): boolean {
  return kind === 'blackhole' || kind === 'unreachable' || kind === 'prohibit';
}

/** The kernel's routing tables by their numbers. */
export const routingTables = { default: 253, main: 254, local: 255 } as const;
