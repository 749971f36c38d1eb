import { parseAddress } from '../../network/address.ts';
import { contains } from '../../network/prefix.ts';
import { privateNetworks } from '../../network/private-networks.ts';
import { finding } from '../catalogue.ts';
import type { Finding } from '../catalogue.ts';
import type { ClockFacts, OutsideFacts, PeerFacts, TunnelFacts } from '../facts.ts';
import { peerLabel } from '../names.ts';
import { isAlive } from '../probe.ts';
import type { SilentPeer } from '../words/handshake.ts';
import { moment } from './standing.ts';

/** Why the peers that do not shake hands do not. */
export function judgeHandshakes(tunnel: TunnelFacts, clock: ClockFacts): Finding[] {
  return tunnel.peers.flatMap((peer) => {
    if (hasSession(peer)) return judgeSession(tunnel, peer, clock);
    // Without a packet there is no handshake, and that is told.
    return peer.refused === null ? judgeSilence(tunnel, peer, clock) : [];
  });
}

/** A session outlives the way to the peer by up to three minutes. */
function judgeSession({ name, status }: TunnelFacts, peer: PeerFacts, clock: ClockFacts): Finding[] {
  const { outside } = peer;
  if (outside === null) return [];
  const silent = silentPeer(peer, outside, status?.publicKey ?? null);
  if (outside.interface === null)
    return [finding('endpoint-without-route', name, silent.label, silent.endpoint)];
  if (isRefused(outside)) return [finding('endpoint-refuses', name, silent)];
  // What is not sent has no answer.
  if (!isGone(peer) || peer.refused !== null) return [];
  const age = clock.now - Date.parse(peer.status.latestHandshake ?? '');
  return [finding('peer-gone', name, silent, Math.max(0, Math.round(age / 1000)))];
}

/** Whether the endpoint was asked, because nobody inside answered, and does not answer either. */
export function isGone({ outside }: PeerFacts): boolean {
  const probes = outside?.probes ?? [];
  const isAsked = probes.some(({ method, outcome }) => method === 'ping' && outcome !== 'impossible');
  return isAsked && !probes.some(isAlive);
}

/** Whether a peer has shaken hands lately. */
export function hasSession({ status }: PeerFacts): boolean {
  return status.state === 'connected';
}

function judgeSilence({ name, status }: TunnelFacts, peer: PeerFacts, clock: ClockFacts): Finding[] {
  const { outside } = peer;
  const label = peerLabel(peer.status);
  if (outside === null) {
    const { endpointName } = peer;
    return endpointName === null
      ? [finding('endpoint-unknown', name, label)]
      : [finding('endpoint-unresolved', name, label, endpointName)];
  }
  const silent = silentPeer(peer, outside, status?.publicKey ?? null);
  if (outside.interface === null) return [finding('endpoint-without-route', name, label, silent.endpoint)];

  const handshake = outside.probes.find(({ method }) => method === 'handshake');
  if (handshake?.outcome === 'undecipherable')
    return [finding('preshared-key-differs', name, silent, presharedKeyThere(peer, outside))];
  if (handshake?.outcome === 'answered')
    return [finding('handshake-lost', name, silent, status?.listenPort ?? null)];

  if (isRefused(outside)) return [finding('endpoint-refuses', name, silent)];
  const isThere = outside.probes.some((probe) => isAlive(probe));
  if (!isThere) {
    const isAsked = outside.probes.some(
      ({ method, outcome }) => method === 'ping' && outcome !== 'impossible',
    );
    return [finding('endpoint-silent', name, silent, isAsked)];
  }
  // A peer that knows our key answers, whatever preshared key it has.
  const isPresharedKeyRuledOut = handshake?.outcome === 'silent';
  return [finding('handshake-unanswered', name, silent, { now: moment(clock.now) }, isPresharedKeyRuledOut)];
}

function isRefused({ probes }: OutsideFacts): boolean {
  return probes.some(({ method, outcome }) => method === 'udp' && outcome === 'refused');
}

function presharedKeyThere(
  { hasPresharedKey }: PeerFacts,
  { opensWithout }: OutsideFacts,
): 'none' | 'another' | 'one' {
  if (hasPresharedKey !== true) return 'one';
  return opensWithout ? 'none' : 'another';
}

function silentPeer(
  { status, hasPresharedKey }: PeerFacts,
  outside: OutsideFacts,
  ownKey: string | null,
): SilentPeer {
  const { address, port } = outside;
  return {
    label: peerLabel(status),
    publicKey: status.publicKey,
    endpoint: address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`,
    port,
    ownKey,
    hasPresharedKey,
    hadHandshake: status.latestHandshake !== null,
  };
}

/** What about the endpoints is worth knowing, though nothing may be wrong with it. */
export function judgeEndpoints({ name, peers, status }: TunnelFacts): Finding[] {
  const nested = peers.flatMap((peer) => {
    const { address, through } = peer.outside ?? { address: '', through: null };
    if (through === null) return [];
    return hasSession(peer) && !isGone(peer)
      ? [finding('tunnel-in-vpn', name, address, through)]
      : [finding('endpoint-behind-vpn', name, address, through, status?.fwMark ?? 0)];
  });
  const inside = peers.flatMap(({ outside }) =>
    outside !== null && outside.insideOf !== null ? [outside.address] : [],
  );
  const behindNat = peers.filter(
    ({ status, outside }) => status.persistentKeepalive === null && outside !== null && isBehindNat(outside),
  );
  const source = behindNat[0]?.outside?.source ?? null;
  return [
    ...nested,
    ...(inside.length === 0 ? [] : [finding('endpoint-inside', name, [...new Set(inside)])]),
    ...(source === null
      ? []
      : [
          finding(
            'keepalive-missing',
            name,
            behindNat.map(({ status }) => peerLabel(status)),
            source,
          ),
        ]),
  ];
}

function isBehindNat({ source, address }: OutsideFacts): boolean {
  return source !== null && isPrivate(source) && !isPrivate(address);
}

function isPrivate(text: string): boolean {
  const address = parseAddress(text);
  return address !== null && privateNetworks.some((prefix) => contains(prefix, address));
}
