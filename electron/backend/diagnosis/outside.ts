import type { OutsideFacts } from '../../../shared/diagnosis/facts.ts';
import type { Probe } from '../../../shared/diagnosis/probe.ts';
import type { TunnelPeer } from '../../../shared/tunnel/tunnel.ts';
import type { TunnelStatus } from '../../../shared/tunnel/status.ts';
import type { HelperConnection } from '../helper-client/connection.ts';
import { askByPing, askByUdp } from './ask.ts';
import { shakeHands } from './handshake/shake-hands.ts';

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
    through: own.owner?.kind === 'vpn' || own.owner?.kind === 'tunnel' ? own.owner : null,
    insideOf: others.tunnel,
    probes: [],
    opensWithout: false,
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

/** Keys of a handshake: our own, and what the profile says of the peer. */
export interface OwnHandshake {
  readonly privateKey: string;
  readonly peer: TunnelPeer;
}

/** Asks the endpoint of a peer that there is no session with, by a handshake too where the keys are known. */
export async function askSilentPeer(
  outside: OutsideFacts,
  handshake: OwnHandshake | null,
): Promise<OutsideFacts> {
  const { address, port, interface: device, insideOf } = outside;
  const canShake = handshake !== null && device !== null && insideOf === null;
  const [probes, answer] = await Promise.all([
    askEndpoint(outside),
    canShake ? shakeHands(address, port, handshake.privateKey, handshake.peer, patience) : null,
  ]);
  if (answer === null) return { ...outside, probes };
  const { outcome, milliseconds, opensWithout } = answer;
  const by = milliseconds === null ? null : address;
  const asked = { target: 'endpoint', address, port, hops: null, bytes: null, detail: null } as const;
  return {
    ...outside,
    probes: [...probes, { ...asked, method: 'handshake', outcome, by, milliseconds }],
    opensWithout,
  };
}

/** The interface that a ping to an endpoint has to be told, so as not to go into a tunnel; null where it need not. */
export function byOf({ interface: device, insideOf }: OutsideFacts): string | null {
  return insideOf === null ? null : device;
}
