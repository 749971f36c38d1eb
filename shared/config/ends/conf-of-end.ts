import { formatInterfaceAddress, formatPrefix } from '../../network/prefix.ts';
import type { KeyText } from '../../tunnel/status.ts';
import type { End, EndPeer } from './end.ts';

/** The configuration of an end. */
export function confOfEnd(end: End, privateKey: KeyText): string {
  const { addresses, listenPort, dns, mtu, peer } = end;
  return sectionsText([
    [
      '[Interface]',
      `PrivateKey = ${privateKey}`,
      `Address = ${addresses.map(formatInterfaceAddress).join(', ')}`,
      ...(listenPort === null ? [] : [`ListenPort = ${listenPort}`]),
      ...(dns.length === 0 ? [] : [`DNS = ${dns.join(', ')}`]),
      ...(mtu === null ? [] : [`MTU = ${mtu}`]),
    ],
    ...(peer === null ? [] : [peerSection(peer)]),
  ]);
}

/** A [Peer] section, line by line. */
export function peerSection(peer: EndPeer): string[] {
  return peerLines({ ...peer, allowedIps: peer.allowedIps.map(formatPrefix) });
}

/** A peer in the words that stand in its section. */
export interface PeerWords extends Omit<EndPeer, 'allowedIps'> {
  readonly allowedIps: readonly string[];
}

/** As {@link peerSection}, of words. A peer without allowed IPs has no line for them. */
export function peerLines(peer: PeerWords): string[] {
  const { publicKey, presharedKey, name, endpoint, allowedIps, keepalive } = peer;
  return [
    '[Peer]',
    ...(name === null ? [] : [`# Name = ${name}`]),
    `PublicKey = ${publicKey}`,
    ...(presharedKey === null ? [] : [`PresharedKey = ${presharedKey}`]),
    ...(allowedIps.length === 0 ? [] : [`AllowedIPs = ${allowedIps.join(', ')}`]),
    ...(endpoint === null ? [] : [`Endpoint = ${endpoint}`]),
    ...(keepalive === null ? [] : [`PersistentKeepalive = ${keepalive}`]),
  ];
}

/** Sections with a blank line between them. */
export function sectionsText(sections: readonly (readonly string[])[]): string {
  return sections.map((lines) => lines.map((line) => `${line}\n`).join('')).join('\n');
}
