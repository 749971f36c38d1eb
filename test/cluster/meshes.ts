import { toBase64 } from '../../shared/config/keys/base64.ts';

/** How a mesh is made that is only looked at. */
export interface MeshForm {
  readonly nodes: number;
  /** Nodes are in these in turn; without any, each stands alone. */
  readonly locations: readonly string[];
  readonly peers: number;
  /** Unix seconds. */
  readonly now: number;
}

/** Nodes and Peers as kubectl shows them, the lists of a mesh of some size. */
export function meshOfSize({ nodes, locations, peers, now }: MeshForm): {
  readonly nodes: unknown[];
  readonly peers: unknown[];
} {
  return {
    nodes: Array.from({ length: nodes }, (_, index) => ({
      apiVersion: 'v1',
      kind: 'Node',
      metadata: {
        name: `ip-10-1-${index >>> 8}-${index & 255}`,
        annotations: {
          'kilo.squat.ai/endpoint': `203.0.${index >>> 8}.${index & 255}:51820`,
          'kilo.squat.ai/internal-ip': `10.1.${index >>> 8}.${index & 255}/16`,
          'kilo.squat.ai/key': keyOfNumber(index, 7),
          'kilo.squat.ai/last-seen': String(now),
          'kilo.squat.ai/granularity': locations.length === 0 ? 'full' : 'location',
          ...(locations.length === 0
            ? {}
            : { 'kilo.squat.ai/location': locations[index % locations.length] ?? '' }),
          ...(index % 7 === 0 ? { 'kilo.squat.ai/allowed-location-ips': `192.168.${index & 255}.0/24` } : {}),
        },
      },
      spec: { podCIDR: `10.${42 + (index >>> 8)}.${index & 255}.0/24` },
    })),
    peers: Array.from({ length: peers }, (_, index) => ({
      apiVersion: 'kilo.squat.ai/v1alpha1',
      kind: 'Peer',
      metadata: { name: `peer-${index}` },
      spec: {
        publicKey: keyOfNumber(index, 9),
        allowedIPs: [
          `10.5.${index >>> 8}.${index & 255}/32`,
          ...Array.from({ length: index === 3 ? 9 : 0 }, (__, at) => `172.${16 + at}.0.0/16`),
        ],
        ...(index % 3 === 1 ? { endpoint: { dnsOrIP: { ip: '198.51.100.7' }, port: 51820 } } : {}),
      },
    })),
  };
}

function keyOfNumber(number: number, filling: number): string {
  return toBase64(Uint8Array.from({ length: 32 }, (_, at) => (at < 4 ? number >>> (8 * at) : filling)));
}
