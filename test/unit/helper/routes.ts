import type { RouteFacts } from '../../../electron/helper/network/ip-json.ts';

/** A route to an address by `eth0`, but for what is given. */
export function routeTo(destination: string, parts: Partial<RouteFacts> = {}): RouteFacts {
  return {
    destination,
    device: 'eth0',
    gateway: null,
    source: destination.includes(':') ? '2001:db8::1' : '192.0.2.1',
    table: 254,
    metric: 0,
    mtu: null,
    ...parts,
  };
}
