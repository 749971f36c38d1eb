import { FaultError } from '../../../shared/fault.ts';
import { isOurTable, localTable, outerMark } from '../../../shared/network/plan/constants.ts';
import { nameWarnings } from '../../../shared/names/warnings.ts';
import type { TunnelWarning } from '../../../shared/tunnel/status.ts';
import type { Tunnel } from '../../../shared/tunnel/tunnel.ts';
import { literalsOf, unresolvedOf } from '../endpoints/resolve.ts';
import type { ResolvedEndpoints, UnresolvedEndpoint } from '../endpoints/resolve.ts';
import { mtusOfRoutesTo } from '../network/routes-to.ts';
import type { ScriptRuling } from '../scripts/script-keeper.ts';
import type { Programs } from '../system/programs.ts';
import { freeUdpPort } from '../system/udp-port.ts';
import { chooseMtu, leastMtuForIPv6, usualMtu } from './mtu.ts';
import type { PreparedTunnel } from './prepared.ts';

/** What a tunnel is prepared with. */
export interface Circumstances {
  /** The tunnel, as far as it may be followed. */
  readonly ruling: ScriptRuling;
  readonly endpoints: ResolvedEndpoints;
  /** Whether this host has IPv6. */
  readonly ipv6: boolean;
  /** The turn of the tunnel among those that are up. */
  readonly order: number;
  /** Milliseconds since 1970. */
  readonly wallTime: number;
}

/**
 * Decides what a profile leaves open: the port, the mark, and for the beginning the usual MTU: {@link measureMtu} knows better, but
 * takes its time. Changes nothing.
 *
 * @throws FaultError `table-reserved`
 */
export async function prepare(circumstances: Circumstances): Promise<PreparedTunnel> {
  const { tunnel, leftOut, warnings } = circumstances.ruling;
  const { table } = tunnel;
  if (typeof table === 'number' && (table === localTable || isOurTable(table)))
    throw new FaultError(reservedTable(table));
  const endpoints = literalsOf(circumstances.endpoints);
  const mark = markOf(tunnel);
  // It is kept from then on: peers behind a NAT find us again after a restart.
  const listenPort =
    tunnel.listenPort === null || tunnel.listenPort === 0 ? await freeUdpPort() : tunnel.listenPort;
  const prepared: PreparedTunnel = {
    tunnel,
    endpoints,
    listenPort,
    mark,
    mtu: tunnel.mtu ?? usualMtu,
    ipv6: true,
    order: circumstances.order,
    since: new Date(circumstances.wallTime).toISOString(),
    withheld: tunnel.exclude,
    leftOut: leftOut,
    warnings: [
      ...unresolvedOf(circumstances.endpoints).map(unresolvedWarning),
      ...profileWarnings(tunnel, mark),
      ...warnings,
    ],
  };
  return withIPv6(prepared, circumstances.ipv6);
}

/**
 * The same tunnel with its peers elsewhere, as their names say now.
 *
 * @param unresolved the endpoints whose names have no address now, each with a warning
 */
export function withEndpoints(
  prepared: PreparedTunnel,
  endpoints: PreparedTunnel['endpoints'],
  unresolved: readonly UnresolvedEndpoint[],
): PreparedTunnel {
  const others = prepared.warnings.filter(({ code }) => code !== unresolvedCode);
  return { ...prepared, endpoints, warnings: [...unresolved.map(unresolvedWarning), ...others] };
}

/** The same tunnel on a host that has IPv6, or has it no more: without it, its addresses and prefixes are left out with a warning. */
export function withIPv6(prepared: PreparedTunnel, hostHasIPv6: boolean): PreparedTunnel {
  const ipv6 = hostHasIPv6 && prepared.mtu >= leastMtuForIPv6;
  const warnings = [
    ...prepared.warnings.filter(({ code }) => !ipv6Codes.has(code)),
    ...(ipv6 ? [] : ipv6Warnings(prepared.tunnel, hostHasIPv6)),
  ];
  return { ...prepared, ipv6, warnings };
}

/** The MTU that fits the ways to the endpoints of a tunnel whose profile leaves it open, in bytes. */
export async function measureMtu(prepared: PreparedTunnel, programs: Programs): Promise<number> {
  const { tunnel, endpoints, mark, ipv6 } = prepared;
  if (tunnel.mtu !== null) return tunnel.mtu;
  const holdsIPv6 = ipv6 && tunnel.addresses.some(({ address }) => address.family === 6);
  const outerMtus = await mtusOfRoutesTo(Object.values(endpoints), mark, programs).catch(() => []);
  return chooseMtu(outerMtus, holdsIPv6);
}

/**
 * With tables of their own, users have rules of their own, which may go by the mark. A kill switch passes Adit's alone: any other may be on
 * somebody else's packets, as wg-quick's 51820 is on those of all its tunnels.
 */
function markOf({ table, fwMark, killSwitch }: Tunnel): number {
  return table === 'auto' || killSwitch !== null ? outerMark : (fwMark ?? outerMark);
}

function reservedTable(table: number): FaultError['fault'] {
  return {
    code: 'table-reserved',
    message: `The profile asks for routes in table ${table}, which is kept for ${table === localTable ? 'the addresses of this machine' : 'the routes that Adit makes by itself'}.`,
    hint: 'Nothing was changed. Name another table in the profile, or take the line with Table out.',
  };
}

function unresolvedWarning({ host, reason }: UnresolvedEndpoint): TunnelWarning {
  return {
    code: unresolvedCode,
    message: `The endpoint ${host} has no address now: ${reason}.`,
    hint: 'Its peer cannot be reached until the name has one. It is looked up again by itself; the other peers are not affected.',
  };
}

const unresolvedCode = 'endpoint-unresolved';

const ipv6Codes: ReadonlySet<string> = new Set(['ipv6-disabled', 'ipv6-needs-mtu']);

function ipv6Warnings(tunnel: Tunnel, hostHasIPv6: boolean): TunnelWarning[] {
  const wantsIPv6 =
    tunnel.addresses.some(({ address }) => address.family === 6) ||
    tunnel.peers.some(({ allowedIps }) => allowedIps.some(({ family }) => family === 6));
  if (!wantsIPv6) return [];
  if (hostHasIPv6) {
    return [
      {
        code: 'ipv6-needs-mtu',
        message: `With an MTU of ${tunnel.mtu ?? 0} bytes the interface cannot hold IPv6: its addresses and prefixes are left out.`,
        hint: `Set MTU to ${leastMtuForIPv6} or more, or take it out of the profile.`,
      },
    ];
  }
  return [
    {
      code: 'ipv6-disabled',
      message:
        'IPv6 is disabled on this machine: the IPv6 addresses and prefixes of the profile are left out.',
      hint: 'Enable it with "sysctl net.ipv6.conf.all.disable_ipv6=0 net.ipv6.conf.default.disable_ipv6=0" if you want them.',
    },
  ];
}

function profileWarnings(tunnel: Tunnel, mark: number): TunnelWarning[] {
  const warnings: TunnelWarning[] = [];
  if (tunnel.fwMark !== null && tunnel.fwMark !== mark) {
    warnings.push({
      code: 'fwmark-replaced',
      message: `The profile asks for the mark ${tunnel.fwMark}; its packets carry ${mark}, as those of all tunnels do.`,
      hint:
        tunnel.table === 'auto'
          ? 'One mark lets every tunnel pass by the routes of the others. With "Table = off" the profile’s own is kept.'
          : 'The kill switch passes this mark alone: the profile’s own may be on packets of others. Rules of yours that go by it have to go by this one.',
    });
  }
  warnings.push(...nameWarnings(tunnel));
  return warnings;
}
