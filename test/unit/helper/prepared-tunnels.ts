import { outerMark } from '../../../shared/network/plan/constants.ts';
import type { PreparedTunnel } from '../../../electron/helper/tunnels/prepared.ts';
import { keys, tunnelOf } from '../contract/tunnels.ts';

/** A prepared tunnel with one peer at 203.0.113.2, but for what is given. */
export function preparedOf(parts: Partial<PreparedTunnel> = {}): PreparedTunnel {
  return {
    tunnel: tunnelOf(),
    endpoints: { [keys.peer]: '203.0.113.2:51820' },
    listenPort: 40_000,
    mark: outerMark,
    mtu: 1420,
    ipv6: true,
    order: 1,
    since: '2026-01-01T00:00:00.000Z',
    withheld: [],
    leftOut: [],
    warnings: [],
    ...parts,
  };
}
