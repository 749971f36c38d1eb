/**
 * What `ip -j` (iproute2) prints, as far as the helper reads it. Unknown fields are ignored, missing ones have defaults:
 * versions differ.
 */

import type { Family } from '../../../shared/network/address.ts';
import { isObject, list, number, objectsOf, text } from './json-fields.ts';
import type { JsonObject } from './json-fields.ts';

/** The number of the main routing table. */
export const mainTable = 254;

/** A network interface with its addresses, from `ip -j addr`. */
export interface LinkFacts {
  readonly name: string;
  readonly index: number;
  /** `ether` for whatever has neighbours, `none` for tunnels. */
  readonly type: string;
  readonly up: boolean;
  /** Whether its cable is in, or its radio has found a network. */
  readonly carrier: boolean;
  /** Bytes. */
  readonly mtu: number;
  /** `ADDRESS/LENGTH`. */
  readonly addresses: readonly string[];
}

/** A route, from `ip -j route`. */
export interface RouteFacts {
  /** An address or a prefix; the default route is `0.0.0.0/0` or `::/0`. */
  readonly destination: string;
  readonly device: string | null;
  readonly gateway: string | null;
  readonly source: string | null;
  /** 254 is the main table. */
  readonly table: number;
  readonly metric: number;
  /** Bytes; null where the route sets none. */
  readonly mtu: number | null;
}

/** A policy rule, from `ip -j rule`. */
export interface RuleFacts {
  readonly priority: number;
  readonly inverted: boolean;
  readonly mark: number | null;
  readonly table: number | null;
  /** The priority of the rule that is asked next; null where that is the next one. */
  readonly target: number | null;
  /** Whether it is only there to be gone on from. */
  readonly decidesNothing: boolean;
  readonly suppressedLength: number | null;
  /** The one user for whom it is; null where it is for all, or for several. */
  readonly user: number | null;
  /** The number of the protocol above IP; null is any. */
  readonly protocol: number | null;
  /** Null is any. */
  readonly destinationPort: number | null;
}

/** The links in the output of `ip -j addr` or `ip -j link`. Of a batch, an array stands on each line. */
export function linksOf(json: string): LinkFacts[] {
  return objectsOf(json, 'ifname').map((link) => ({
    name: text(link, 'ifname') ?? '',
    index: number(link, 'ifindex') ?? 0,
    type: text(link, 'link_type') ?? '',
    up: list(link, 'flags').includes('UP'),
    carrier: list(link, 'flags').includes('LOWER_UP'),
    mtu: number(link, 'mtu') ?? 0,
    addresses: list(link, 'addr_info')
      .filter(isObject)
      .map((info) => `${text(info, 'local') ?? ''}/${number(info, 'prefixlen') ?? ''}`),
  }));
}

/** The routes in the output of `ip -N -j route`. */
export function routesOf(json: string, family: Family): RouteFacts[] {
  const everything = family === 4 ? '0.0.0.0/0' : '::/0';
  return objectsOf(json, 'dst').map((route) => ({
    destination: text(route, 'dst')?.replace('default', everything) ?? '',
    device: text(route, 'dev'),
    gateway: gatewayOf(route),
    source: text(route, 'prefsrc'),
    table: Number(text(route, 'table') ?? mainTable),
    metric: number(route, 'metric') ?? 0,
    mtu:
      list(route, 'metrics')
        .filter(isObject)
        .map((metrics) => number(metrics, 'mtu'))[0] ?? null,
  }));
}

/** The next hop; one of the other family is in `via`. */
export function gatewayOf(hop: JsonObject): string | null {
  const { via } = hop;
  return text(hop, 'gateway') ?? (isObject(via) ? text(via, 'host') : null);
}

/** The rules in the output of `ip -N -j rule`. */
export function rulesOf(json: string): RuleFacts[] {
  return objectsOf(json, 'priority').map((rule) => ({
    priority: number(rule, 'priority') ?? 0,
    inverted: 'not' in rule,
    mark: optionalNumber(text(rule, 'fwmark')),
    table: optionalNumber(text(rule, 'table')),
    target: number(rule, 'goto'),
    decidesNothing: 'nop' in rule,
    suppressedLength: number(rule, 'suppress_prefixlen'),
    user: number(rule, 'uid_start') === number(rule, 'uid_end') ? number(rule, 'uid_start') : null,
    protocol: protocolOf(text(rule, 'ipproto')),
    destinationPort: number(rule, 'dport'),
  }));
}

function optionalNumber(shown: string | null): number | null {
  return shown === null ? null : Number(shown);
}

/** iproute2 writes a protocol that it is not to name as `ipproto-17`. */
export function protocolOf(shown: string | null): number | null {
  return optionalNumber(shown?.replace('ipproto-', '') ?? null);
}
