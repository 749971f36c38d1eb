import { formatPrefix } from '../../../shared/network/prefix.ts';
import type { KeyText } from '../../../shared/tunnel/status.ts';
import type { TunnelPeer } from '../../../shared/tunnel/tunnel.ts';
import type { PreparedTunnel } from '../tunnels/prepared.ts';

/** A peer as an engine is to have it from now on; it may not have it yet. */
export interface ChangedPeer extends Pick<TunnelPeer, 'publicKey' | 'presharedKey' | 'persistentKeepalive'> {
  /** `IP:PORT` or `[IP]:PORT`; null leaves it where the engine finds it. */
  readonly endpoint: string | null;
  /** All of them. */
  readonly allowedIps: readonly string[];
}

/** What an engine has to change so that its peers are others. */
export interface PeerChanges {
  readonly removed: readonly KeyText[];
  readonly changed: readonly ChangedPeer[];
}

/**
 * What leads from the peers of a tunnel to those of another one. A peer that stays the same is not touched, and one that only has other
 * AllowedIPs keeps the endpoint at which it was heard last.
 */
export function peerChanges(before: PreparedTunnel, after: PreparedTunnel): PeerChanges {
  const known = new Map(before.tunnel.peers.map((peer) => [peer.publicKey, peer]));
  const staying = new Set(after.tunnel.peers.map(({ publicKey }) => publicKey));
  return {
    removed: [...known.keys()].filter((key) => !staying.has(key)),
    changed: after.tunnel.peers.flatMap((peer) => {
      const present = known.get(peer.publicKey);
      if (present !== undefined && textOf(present) === textOf(peer)) return [];
      const isElsewhere = present === undefined || endpointText(present) !== endpointText(peer);
      return {
        publicKey: peer.publicKey,
        presharedKey: peer.presharedKey,
        persistentKeepalive: peer.persistentKeepalive,
        endpoint: isElsewhere ? (after.endpoints[peer.publicKey] ?? null) : null,
        allowedIps: peer.allowedIps.map(formatPrefix),
      };
    }),
  };
}

/** Whether two peers are to be found at one place, as their profiles have it. */
export function isAtOnePlace(a: TunnelPeer, b: TunnelPeer): boolean {
  return endpointText(a) === endpointText(b);
}

function endpointText({ endpoint }: TunnelPeer): string {
  return endpoint === null ? '' : `${endpoint.host} ${endpoint.port}`;
}

/** All but the name, which is nothing to an engine. */
function textOf(peer: TunnelPeer): string {
  const { presharedKey, allowedIps, persistentKeepalive } = peer;
  return JSON.stringify([
    endpointText(peer),
    presharedKey,
    persistentKeepalive,
    allowedIps.map(formatPrefix),
  ]);
}
