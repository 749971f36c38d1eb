import { formatPrefix } from '../../../shared/network/prefix.ts';
import type { TunnelPeer } from '../../../shared/tunnel/tunnel.ts';
import type { PreparedTunnel } from '../tunnels/prepared.ts';

/** The most prefixes that stand on one line. */
const prefixesOnLine = 8;

/**
 * The file that an interface is made of, by `wg setconf` or by wg-quick: nothing but validated values, printed anew. No address, route or
 * name is in it, and no key that wg-quick would execute.
 *
 * @param more lines of `[Interface]`
 */
export function wgConf(prepared: PreparedTunnel, more: readonly string[] = []): string {
  const { tunnel } = prepared;
  const interfaceLines = [
    '[Interface]',
    `PrivateKey = ${tunnel.privateKey}`,
    `ListenPort = ${prepared.listenPort}`,
    `FwMark = ${prepared.mark}`,
    ...more,
  ];
  const peerLines = tunnel.peers.map((peer) => peerSection(peer, prepared.endpoints[peer.publicKey]));
  return `${[interfaceLines.join('\n'), ...peerLines].join('\n\n')}\n`;
}

function peerSection(peer: TunnelPeer, endpoint: string | undefined): string {
  return [
    '[Peer]',
    `PublicKey = ${peer.publicKey}`,
    ...(peer.presharedKey === null ? [] : [`PresharedKey = ${peer.presharedKey}`]),
    ...allowedIpsLines(peer),
    ...(endpoint === undefined ? [] : [`Endpoint = ${endpoint}`]),
    ...(peer.persistentKeepalive === null ? [] : [`PersistentKeepalive = ${peer.persistentKeepalive}`]),
  ].join('\n');
}

/** Many short lines: wg-quick, a bash script, takes minutes over one line of some thousand prefixes. */
function allowedIpsLines({ allowedIps }: TunnelPeer): string[] {
  const lines: string[] = [];
  for (let first = 0; first < allowedIps.length; first += prefixesOnLine) {
    const prefixes = allowedIps.slice(first, first + prefixesOnLine);
    lines.push(`AllowedIPs = ${prefixes.map(formatPrefix).join(', ')}`);
  }
  return lines;
}
