import type { Address } from '../address.ts';
import { membershipOf } from '../prefix-table.ts';
import type { InterfaceAddress, Prefix } from '../prefix.ts';
import { outerMark } from './constants.ts';
import { familiesTaken, isPieceOfAll } from './full-tunnel.ts';
import type { RouteTable } from './resources.ts';

/** What of a tunnel matters to the host's network. */
export interface PlannedTunnel {
  readonly interface: string;
  readonly addresses: readonly InterfaceAddress[];
  /** Every prefix of every peer. */
  readonly prefixes: readonly Prefix[];
  /** Where its peers are reached, as far as that is known. */
  readonly endpoints: readonly Address[];
  /** Whether it has a peer of which that is not known: one that calls us. */
  readonly hasCallers: boolean;
  readonly table: RouteTable;
  /** The mark of its outer packets. */
  readonly mark: number;
  /** Bytes. */
  readonly mtu: number;
  /** The UDP port its engine listens on. */
  readonly listenPort: number;
  /** Whether its interface can hold IPv6. */
  readonly ipv6: boolean;
  /** Its turn among all tunnels: of equal prefixes, the lower carries. */
  readonly order: number;
  /** Null where the machine may send past the tunnel. */
  readonly killSwitch: { readonly allowLan: boolean } | null;
  /** Whether all names are to go to name servers of its own. */
  readonly allNames: boolean;
}

/** The addresses that the interface of a tunnel can hold. */
export function usableAddresses({
  addresses,
  ipv6,
}: Pick<PlannedTunnel, 'addresses' | 'ipv6'>): InterfaceAddress[] {
  return addresses.filter(({ address }) => ipv6 || address.family === 4);
}

/** The prefixes for which routes lead into a tunnel. */
export function routedPrefixes({ prefixes, table, ipv6 }: PlannedTunnel): Prefix[] {
  return table === 'off' ? [] : prefixes.filter(({ family }) => ipv6 || family === 4);
}

/**
 * The tunnels whose outer packets need their mark to find a way past the tunnels' routes: those with an endpoint inside a
 * prefix of any tunnel. A peer that calls us may be anywhere, so it counts where half of all addresses go into a tunnel.
 */
export function tunnelsInNeedOfMark(tunnels: readonly PlannedTunnel[]): PlannedTunnel[] {
  const prefixes = tunnels.flatMap(routedPrefixes);
  const isInside = membershipOf(prefixes);
  const areCallersInside = tunnels.some(({ hasCallers }) => hasCallers) && takesAll(prefixes);
  return tunnels.filter(
    ({ endpoints, hasCallers, mark }) =>
      mark === outerMark && ((hasCallers && areCallersInside) || endpoints.some(isInside)),
  );
}

/** Whether half of all addresses of a family are in some prefixes. */
function takesAll(prefixes: readonly Prefix[]): boolean {
  const taken = familiesTaken(prefixes);
  return prefixes.some((prefix) => isPieceOfAll(prefix, taken));
}
