import type { Probe, ProbeMethod, ProbeTarget } from '../../../shared/diagnosis/probe.ts';
import { askNameServer } from './ask-name-server.ts';
import { knockTcp, knockUdp } from './knock.ts';
import type { KnockAnswer } from './knock.ts';
import { ping } from './ping.ts';
import type { PingOptions } from './ping.ts';

/** The port of nobody's at which UDP knocks: where traceroute begins, so that firewalls that let it work let this work. */
const nobodysPort = 33_434;

/** Pings somebody. */
export async function askByPing(target: ProbeTarget, address: string, options: PingOptions): Promise<Probe> {
  const answer = await ping(address, options);
  const { hops = null, bytes = null } = options;
  return { target, address, method: 'ping', port: null, hops, bytes, ...answer };
}

/** Opens a TCP connection to somebody. @param wait milliseconds */
export async function askByTcp(
  target: ProbeTarget,
  address: string,
  port: number,
  wait: number,
): Promise<Probe> {
  return knocked(target, address, 'tcp', port, null, await knockTcp(address, port, wait));
}

/** Sends a UDP packet to somebody, to a port where nobody need listen. @param wait milliseconds */
export async function askByUdp(
  target: ProbeTarget,
  address: string,
  wait: number,
  { hops = null, port = nobodysPort }: { hops?: number | null; port?: number } = {},
): Promise<Probe> {
  return knocked(target, address, 'udp', port, hops, await knockUdp(address, port, wait, hops));
}

/** Asks a name server. @param wait milliseconds */
export async function askByDns(address: string, wait: number): Promise<Probe> {
  return knocked('name-server', address, 'dns', 53, null, await askNameServer(address, wait));
}

function knocked(
  target: ProbeTarget,
  address: string,
  method: ProbeMethod,
  port: number,
  hops: number | null,
  { outcome, milliseconds }: KnockAnswer,
): Probe {
  const by = outcome === 'answered' || outcome === 'refused' ? address : null;
  return { target, address, method, port, hops, bytes: null, outcome, by, milliseconds, detail: null };
}
