import { formatPrefix } from '../../../shared/network/prefix.ts';
import type { TunnelPeer } from '../../../shared/tunnel/tunnel.ts';
import type { PreparedTunnel } from '../tunnels/prepared.ts';

/** The most prefixes that stand on one line. */
const prefixesOnLine = 8;

/**
 * The file that wg-quick makes an interface of: nothing but validated values, printed anew. Addresses, routes and names are not
 * wg-quick's affair (`Table = off`, no `Address`, no `DNS`), and no key that it would execute can be in it.
 */
export function wgQuickConf(prepared: PreparedTunnel): string {
  const { tunnel } = prepared;
  const interfaceLines = [
    '[Interface]',
    `PrivateKey = ${tunnel.privateKey}`,
    `ListenPort = ${prepared.listenPort}`,
    `FwMark = ${prepared.mark}`,
    `MTU = ${prepared.mtu}`,
    'Table = off',
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
