import { parseAddress } from '../../network/address.ts';
import { finding } from '../catalogue.ts';
import type { Finding } from '../catalogue.ts';
import type { Neighbour, PeerFacts, TunnelFacts, WayFacts } from '../facts.ts';
import { peerLabel } from '../names.ts';
import { isAlive } from '../probe.ts';
import type { Probe } from '../probe.ts';
import { looksLikeService } from '../services.ts';
import type { NamedWay } from '../words/way.ts';
import { hasSession, isGone } from './handshake.ts';

/**
 * Milliseconds after which a router that says "no such host" has looked for it in its own network, and does not merely know no way:
 * Linux asks three times, a second each (RFC 4861 section 10, and ARP alike).
 */
const lookingTime = 1_000;

/** Where on the way to the destination packets are lost. Says nothing where the peer has no session: then that is the matter. */
export function judgeWay(tunnel: TunnelFacts): Finding[] {
  const { name, way } = tunnel;
  if (way === null) return [];
  const peer = tunnel.peers.find(({ status }) => status.publicKey === way.peer);
  if (peer === undefined || !hasSession(peer)) return [];
  const named = namedWay(tunnel, way);
  return judgePort(name, way, named) ?? judgeService(name, way, named) ?? judgeLoss(tunnel, peer, way, named);
}

/** What the address itself says; null where it says nothing. */
function judgePort(name: string, { destination, probes }: WayFacts, named: NamedWay): Finding[] | null {
  const { port } = destination;
  if (!probes.some(isAlive)) return null;
  const asked =
    port === null ? undefined : probes.find((probe) => probe.method === 'tcp' && probe.port === port);
  if (port === null || asked === undefined || asked.outcome === 'answered') return [];
  if (asked.outcome === 'refused') return [finding('port-refused', name, named, port)];
  return [finding('port-silent', name, named, port)];
}

/**
 * A Service answers on its own ports alone. A port that is silent, while the node says of other packets that there is no way to the
 * address, is one that was handed on. Where the node says nothing, whoever has named the port is believed, if Pods answer.
 */
function judgeService(
  name: string,
  { destination, probes, pods }: WayFacts,
  named: NamedWay,
): Finding[] | null {
  const address = parseAddress(destination.host);
  if (address === null || !looksLikeService(address)) return null;
  const ports = probes.filter(({ method }) => method === 'tcp');
  const isSilent = (port: number | null): boolean =>
    ports.every((probe) => probe.port !== port || probe.outcome === 'silent');
  const port = ports.find((probe) => isSilent(probe.port))?.port ?? null;
  const refusal = probes.find(isNoWay);
  if (port !== null && refusal !== undefined)
    return [finding('service-no-way-back', name, named, port, refusal.by)];
  const pod = pods.find(isAlive);
  if (port !== null && port === destination.port && pod !== undefined)
    return [finding('service-times-out', name, named, port, pod.address)];
  const tried = [...new Set(ports.flatMap((probe) => probe.port ?? []))];
  return [finding('service-port-unknown', name, named, tried)];
}

function judgeLoss({ name }: TunnelFacts, peer: PeerFacts, way: WayFacts, named: NamedWay): Finding[] {
  const said = [...way.hops, ...way.probes].find(
    (probe) => probe.by !== null && (isNoWay(probe) || probe.outcome === 'forbidden'),
  );
  if (said !== undefined) return judgeRefusal(name, said, way, named);

  if (way.neighbours.length > 0) return judgeNetwork(name, way, named);
  const farthest =
    way.hops.filter(({ outcome, hops }) => outcome === 'expired' && (hops ?? 0) >= 2).at(-1)?.by ?? null;
  if (farthest !== null) return [finding('gateway-no-way-back', name, named, farthest)];

  const beyond = way.members.filter(({ distance }) => distance !== null && distance >= 2);
  if (beyond.length > 0) return [finding('relay-no-route', name, named, null, addressesOf(beyond))];
  if (hopOf(way, 1)?.outcome === 'expired') return [finding('relay-not-forwarding', name, named, 'expired')];
  if (named.peerAddress !== null) return [finding('relay-not-forwarding', name, named, 'nothing')];
  // Then that is the matter, and was told.
  return isGone(peer) ? [] : [finding('peer-answers-nothing', name, named)];
}

/** Somebody on the way said why he does not pass packets on. */
function judgeRefusal(name: string, said: Probe, way: WayFacts, named: NamedWay): Finding[] {
  const by = said.by ?? named.peer;
  if (said.outcome === 'forbidden') {
    const isPeer = by === named.peerAddress || !way.hops.some(({ outcome }) => outcome === 'expired');
    return isPeer
      ? [finding('relay-not-forwarding', name, named, 'forbidden')]
      : [finding('gateway-not-forwarding', name, named, by)];
  }
  const hasLooked =
    said.outcome === 'no-host' && (isLate(said, way) || (said.milliseconds ?? 0) >= lookingTime);
  return hasLooked
    ? [finding('address-not-there', name, named, by)]
    : [finding('relay-no-route', name, named, by, [])];
}

/** Others in the network of the address answer. The nearest of them is its gateway. */
function judgeNetwork(name: string, way: WayFacts, named: NamedWay): Finding[] {
  const distances = way.neighbours.flatMap(({ distance }) => distance ?? []);
  const nearest = Math.min(...distances);
  const gateways = way.neighbours.filter(({ distance }) => distance === nearest);
  const [gateway] = gateways;
  const isBehindGateway = distances.some((distance) => distance > nearest);
  if (gateway === undefined || isBehindGateway)
    return [finding('address-silent', name, named, addressesOf(way.neighbours))];
  if (hopOf(way, nearest)?.outcome === 'expired')
    return [finding('gateway-no-way-back', name, named, gateway.address)];
  // Several hosts as near as each other are no gateways: what they are behind passes packets on.
  if (gateways.length > 1) return [finding('address-silent', name, named, addressesOf(gateways))];
  return [finding('gateway-not-forwarding', name, named, gateway.address)];
}

function namedWay({ name: tunnelName, status, peers }: TunnelFacts, way: WayFacts): NamedWay {
  const peer = peers.find(({ status: { publicKey } }) => publicKey === way.peer);
  const inside = peer?.inside.find((probe) => probe.by !== null || isAlive(probe));
  const address = parseAddress(way.destination.host);
  const first = hopOf(way, 1);
  const nearby = [...way.members, ...way.neighbours].find(({ distance }) => distance === 1);
  const family = address?.family ?? 4;
  const source = status?.addresses.find((own) => own.includes(':') === (family === 6));
  return {
    tunnel: tunnelName,
    address: way.destination.host,
    family,
    peer: peer === undefined ? way.peer : peerLabel(peer.status),
    publicKey: way.peer,
    peerAddress: first?.by ?? nearby?.address ?? inside?.by ?? inside?.address ?? null,
    prefix: way.prefix,
    ownKey: status?.publicKey ?? null,
    source: source?.split('/')[0] ?? 'this machine',
  };
}

/**
 * Whether earlier pings of the address got no word: who knows no way says so of the first. Who looks for a host tells all who have asked for
 * it meanwhile at the same time, of the last of them soon.
 */
function isLate(said: Probe, { probes }: WayFacts): boolean {
  const earlier = probes.slice(0, Math.max(0, probes.indexOf(said)));
  return earlier.some(({ method, outcome }) => method === 'ping' && outcome === 'silent');
}

function isNoWay({ outcome }: Probe): boolean {
  return outcome === 'no-route' || outcome === 'no-host';
}

function hopOf({ hops }: WayFacts, number: number): Probe | undefined {
  return hops.find((probe) => probe.hops === number);
}

function addressesOf(found: readonly Neighbour[]): string[] {
  return found.slice(0, 4).map(({ address }) => address);
}
