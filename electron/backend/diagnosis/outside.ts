import type { OutsideFacts } from '../../../shared/diagnosis/facts.ts';
import type { Probe } from '../../../shared/diagnosis/probe.ts';
import type { TunnelStatus } from '../../../shared/tunnel/status.ts';
import type { HelperConnection } from '../helper-client/connection.ts';
import { askByPing, askByUdp } from './ask.ts';

/** Milliseconds an endpoint may take to answer: it may be on the other side of the earth, behind a telephone. */
const patience = 1_500;

/** How an endpoint is reached, and by what. @param endpoint `IP:PORT` or `[IP]:PORT` */
export async function lookOutside(
  endpoint: string,
  { fwMark }: TunnelStatus,
  helper: HelperConnection,
): Promise<OutsideFacts> {
  const colon = endpoint.lastIndexOf(':');
  const address = endpoint.slice(0, colon).replace(/^\[|\]$/g, '');
  const [own, others] = await Promise.all([
    helper.ask('explain', { destination: address, mark: fwMark ?? 0 }),
    helper.ask('explain', { destination: address, mark: 0 }),
  ]);
  return {
    address,
    port: Number(endpoint.slice(colon + 1)),
    interface: own.interface,
    source: own.source,
    insideOf: others.tunnel,
    probes: [],
  };
}

/** Asks an endpoint whether anybody is there; what goes into a tunnel instead is not asked. */
export async function askEndpoint(outside: OutsideFacts): Promise<Probe[]> {
  const { address, port, interface: device, insideOf } = outside;
  if (device === null) return [];
  return Promise.all([
    askByPing('endpoint', address, { wait: patience, count: 2, by: byOf(outside) }),
    // A packet of one byte is nothing to WireGuard. It cannot be told by what interface to leave.
    ...(insideOf === null ? [askByUdp('endpoint', address, patience, { port })] : []),
  ]);
}

/** The interface that a ping to an endpoint has to be told, so as not to go into a tunnel; null where it need not. */
export function byOf({ interface: device, insideOf }: OutsideFacts): string | null {
  return insideOf === null ? null : device;
}
