import { finding } from '../catalogue.ts';
import type { Finding } from '../catalogue.ts';
import { parseAddress } from '../../network/address.ts';
import type { ClockFacts, Facts, TunnelFacts } from '../facts.ts';
import { carrierOf } from '../targets.ts';

/** Milliseconds by which a clock may be behind before it matters here. */
const clockTolerance = 5 * 60_000;

/** What is in the way before any packet is sent. */
export function judgeStanding({ name, status, problem }: TunnelFacts): Finding[] {
  if (status !== null && status.failure !== null)
    return [finding('tunnel-failed', name, name, status.failure)];
  if (status !== null) return [];
  if (problem !== null) return [finding('profile-unusable', name, name, problem)];
  return [finding('tunnel-down', name, name)];
}

/** Whether packets to the destination go where they should. @param tunnel that was named; null where none was */
export function judgeRoute({ destination, route }: Facts, tunnel: TunnelFacts | null): Finding[] {
  if (destination === null || route === null) return [];
  const name = tunnel?.name ?? route.tunnel;
  if (name === null || route.tunnel !== name) {
    const isAllowed = tunnel !== null && isCarried(destination.host, tunnel);
    return [finding('not-in-tunnel', name, destination.host, name, route.verdict, isAllowed)];
  }
  return route.peer === null ? [finding('address-not-carried', name, destination.host, name)] : [];
}

/** Whether this machine lets packets go to the peers' sides of a tunnel. */
export function judgeRefusals({ name, peers }: TunnelFacts): Finding[] {
  return peers.flatMap(({ refused }) =>
    refused === null ? [] : [finding('not-in-tunnel', name, refused.address, name, refused.verdict, true)],
  );
}

/** Whether this machine's clock can be right. */
export function judgeClock({ now, installed }: ClockFacts, tunnels: readonly TunnelFacts[]): Finding[] {
  const handshakes = tunnels.flatMap(({ status }) =>
    (status?.peers ?? []).map(({ latestHandshake }) => Date.parse(latestHandshake ?? '')),
  );
  const latest = Math.max(...handshakes.filter((time) => !Number.isNaN(time)), -Infinity);
  if (now < latest - clockTolerance)
    return [finding('clock-wrong', null, moment(now), `the latest handshake, at ${moment(latest)}`)];
  if (now < installed - clockTolerance)
    return [finding('clock-wrong', null, moment(now), `${moment(installed)}, when Adit was installed`)];
  return [];
}

/** Whether the name servers of the profile answer. */
export function judgeNameServers(tunnel: TunnelFacts): Finding[] {
  const { name, status, nameServers } = tunnel;
  if (status === null) return [];
  return nameServers
    .filter(({ outcome }) => outcome !== 'answered' && outcome !== 'impossible')
    .map(({ address }) => finding('name-server-silent', name, address, isCarried(address, tunnel)));
}

/** A time for people, to the minute, in UTC. */
export function moment(time: number): string {
  return `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

function isCarried(text: string, { status }: TunnelFacts): boolean {
  const address = parseAddress(text);
  return address !== null && status !== null && carrierOf(address, status.peers) !== null;
}
