import type { Tunnel, TunnelPeer } from '../../tunnel/tunnel.ts';
import { formatPrefix } from '../../network/prefix.ts';

/** What became of one peer of a profile, or of the laptop itself, by the profile’s name and the laptop’s key. */
export interface PeerDifference {
  readonly kind: 'added' | 'removed' | 'changed';
  /** What people call it, else its key. */
  readonly name: string;
  readonly publicKey: string;
  /** In words; none for one that was removed. */
  readonly what: readonly string[];
}

/** What differs in the peers of a tunnel before and after, in the order of the profile, those that went behind. */
export function peerDifferences(
  before: readonly TunnelPeer[],
  after: readonly TunnelPeer[],
): PeerDifference[] {
  const known = new Map(before.map((peer) => [peer.publicKey, peer]));
  const staying = new Set(after.map(({ publicKey }) => publicKey));
  return [
    ...after.flatMap((peer): PeerDifference[] => {
      const present = known.get(peer.publicKey);
      const what = present === undefined ? wordsOfNew(peer) : wordsOfChange(present, peer);
      if (present !== undefined && what.length === 0) return [];
      return [{ kind: present === undefined ? 'added' : 'changed', ...whoIs(peer), what }];
    }),
    ...before
      .filter(({ publicKey }) => !staying.has(publicKey))
      .map((peer): PeerDifference => ({ kind: 'removed', ...whoIs(peer), what: [] })),
  ];
}

function whoIs({ name, publicKey }: TunnelPeer): { name: string; publicKey: string } {
  return { name: name ?? publicKey, publicKey };
}

function wordsOfNew({ allowedIps, endpoint }: TunnelPeer): string[] {
  return [
    `${allowedIps.map(formatPrefix).join(', ')}${endpoint === null ? '' : ` at ${endpointText(endpoint)}`}`,
  ];
}

function wordsOfChange(before: TunnelPeer, after: TunnelPeer): string[] {
  const [had, has] = [before, after].map(({ allowedIps }) => new Set(allowedIps.map(formatPrefix)));
  const lost = [...(had ?? [])].filter((prefix) => has?.has(prefix) === false);
  const got = [...(has ?? [])].filter((prefix) => had?.has(prefix) === false);
  return [
    ...(endpointText(before.endpoint) === endpointText(after.endpoint)
      ? []
      : [`endpoint ${endpointText(before.endpoint)} -> ${endpointText(after.endpoint)}`]),
    ...(lost.length === 0 ? [] : [`without ${lost.join(', ')}`]),
    ...(got.length === 0 ? [] : [`with ${got.join(', ')}`]),
    ...(before.persistentKeepalive === after.persistentKeepalive
      ? []
      : [`keepalive ${after.persistentKeepalive ?? 'off'}`]),
    ...(before.presharedKey === after.presharedKey ? [] : ['another preshared key']),
    ...(before.name === after.name ? [] : [`called ${after.name ?? 'nothing'}`]),
  ];
}

function endpointText(endpoint: Tunnel['peers'][number]['endpoint']): string {
  return endpoint === null
    ? 'none'
    : `${endpoint.host.includes(':') ? `[${endpoint.host}]` : endpoint.host}:${endpoint.port}`;
}
