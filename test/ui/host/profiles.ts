import type { ProfilePeer, ProfileSummary } from '../../../shared/contract/ui/verbs.ts';
import type { PeerState, PeerStatus, TunnelHead, TunnelStatus } from '../../../shared/tunnel/status.ts';
import { defaultSettings, settingsToText } from '../../../shared/tunnel/settings.ts';

function peer(
  name: string | null,
  publicKey: string,
  endpoint: string | null,
  allowedIps: string[],
): ProfilePeer {
  return { name, publicKey, endpoint, allowedIps };
}

/** Seed 002: the Pod networks of four clouds, and the Service network by one of them. */
export const fourClouds: ProfileSummary = {
  name: 'four-clouds',
  label: null,
  interface: 'four-clouds',
  addresses: ['10.0.0.5/32'],
  publicKey: 'CEN+s+jpMX1qzQRwbfkfYtHoJ+Hqq4APfISUkxmQ0hQ=',
  peers: [
    peer('aws', 'JgvmQFmhUtUoS3xFMFwEgP3L1Wnd8hJc3laJ90Gwzko=', 'aws.com:51820', [
      '10.0.0.1/32',
      '10.42.0.0/24',
      '10.43.0.0/16',
    ]),
    peer('aliyun', 'kVq2ATMTckCKEJFF4TM3QYibxzlh+b9CV4GZ4meQYAo=', 'aliyun.com:51820', [
      '10.0.0.4/32',
      '10.42.3.0/24',
    ]),
    peer('gcp', 'qn0Xfyzs6bLKgKcfXwcSt91DUxSbtATDIfe4xwsnsGg=', 'gcp.com:51820', [
      '10.0.0.3/32',
      '10.42.2.0/24',
    ]),
    peer('azure', 'OzdH42suuOpVY5wxPrxM+rEAyEPFg2eL0ZI29N7eSTY=', 'azure.com:51820', [
      '10.0.0.2/32',
      '10.42.1.0/24',
    ]),
  ],
  errors: 0,
  warnings: 0,
  settings: settingsToText(defaultSettings),
};

/** The text of {@link fourClouds}, keys included. */
export const fourCloudsText = `[Interface]
Address = 10.0.0.5/32
PrivateKey = wD595KeTPKBDneKWOTUjJQjxZ5RrlxsbeEsWL0gbyn8=

# Name = aws  服务网段由 AWS 节点转发
[Peer]
PublicKey = JgvmQFmhUtUoS3xFMFwEgP3L1Wnd8hJc3laJ90Gwzko=
PresharedKey = 5htJA/UoIulrgAn9tDdUxt1WYmOriCXIujBVVaz/uZI=
AllowedIPs = 10.0.0.1/32, 10.42.0.0/24, 10.43.0.0/16
Endpoint = aws.com:51820

# aliyun /  / Updated: 2021-02-24 07:57:45.941019829 +0000 UTC / Created: 2021-02-24 07:57:45.941019829 +0000 UTC
[Peer]
PublicKey = kVq2ATMTckCKEJFF4TM3QYibxzlh+b9CV4GZ4meQYAo=
AllowedIPs = 10.0.0.4/32, 10.42.3.0/24
Endpoint = aliyun.com:51820

# gcp /  / Updated: 2021-02-24 07:57:27.3555646 +0000 UTC / Created: 2021-02-24 07:57:27.3555646 +0000 UTC
[Peer]
PublicKey = qn0Xfyzs6bLKgKcfXwcSt91DUxSbtATDIfe4xwsnsGg=
AllowedIPs = 10.0.0.3/32, 10.42.2.0/24
Endpoint = gcp.com:51820

# azure /  / Updated: 2021-02-24 07:57:00.751653134 +0000 UTC / Created: 2021-02-24 07:43:52.717385042 +0000 UTC
[Peer]
PublicKey = OzdH42suuOpVY5wxPrxM+rEAyEPFg2eL0ZI29N7eSTY=
AllowedIPs = 10.0.0.2/32, 10.42.1.0/24
Endpoint = azure.com:51820
`;

/** Seed 000: everything through a relay, from home. */
export const home: ProfileSummary = {
  name: 'Home_Win10',
  label: '家里PC',
  interface: 'Home_Win10',
  addresses: ['10.200.200.11/24'],
  publicKey: 'xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=',
  peers: [
    peer('Ali_Server', 'HIgo9xNzJMWLKASShiTqIybxZ0U3wGLiUeJ1PKf8ykw=', 'goblin.lqingcloud.cn:51820', [
      '0.0.0.0/1',
      '128.0.0.0/1',
      '::/1',
      '8000::/1',
    ]),
  ],
  errors: 0,
  warnings: 0,
  settings: settingsToText(defaultSettings),
};

/** Seed 000: the office behind a relay; its file would run scripts. */
export const office: ProfileSummary = {
  name: 'office',
  label: null,
  interface: 'office',
  addresses: ['10.200.200.11/24', 'fd00:200::11/64'],
  publicKey: 'TrMvSoP4jYQlY6RIzBgbssQqY3vxI2Pi+y71lOWWXX0=',
  peers: [
    peer('relay', 'gN65BkIKy1eCE9pP1wdc8ROUtkHLF2PfAqYdyYBz6EA=', '203.0.113.2:51820', [
      '10.200.200.0/24',
      '172.24.135.0/24',
    ]),
  ],
  errors: 0,
  warnings: 1,
  settings: settingsToText(defaultSettings),
};

/** A profile that cannot come up. */
export const broken: ProfileSummary = {
  name: 'lab-old',
  label: null,
  interface: 'lab-old',
  addresses: [],
  publicKey: null,
  peers: [],
  errors: 2,
  warnings: 0,
  settings: settingsToText(defaultSettings),
};

/** A public key like no other, for peer `index`. */
export function keyOf(index: number): string {
  return Buffer.from(`adit test peer key ${String(index).padStart(13, '0')}`).toString('base64');
}

/** A profile with so many peers. */
export function manyPeers(count: number): ProfileSummary {
  return {
    ...fourClouds,
    name: 'fleet',
    interface: 'fleet',
    peers: Array.from({ length: count }, (_, index) =>
      peer(`node-${index + 1}`, keyOf(index), `198.51.${index >> 8}.${index & 255}:51820`, [
        `10.${64 + (index >> 8)}.${index & 255}.0/24`,
        `10.4.${index >> 8}.${index & 255}/32`,
      ]),
    ),
  };
}

/** Everything that is long, unnamed or of the other family. */
export const unruly: ProfileSummary = {
  ...office,
  name: 'a-name-of-a-file-that-somebody-made-very-long-indeed-to-see-what-happens-to-it-2021-02-24',
  label:
    '上海数据中心到家里的隧道，经阿里云中转，全部流量，二〇二一年二月二十四日由运维同事更新过的那一份配置',
  interface: 'unruly',
  addresses: [
    '10.200.200.11/24',
    '2001:db8:85a3:1234:5678:8a2e:370:7334/128',
    'fd00:200::11/64',
    '10.0.0.5/32',
  ],
  peers: [
    peer(null, keyOf(1), '[2001:db8:85a3:1234:5678:8a2e:370:7334]:51820', [
      '2001:db8:85a3:1234:5678:8a2e:370:7334/128',
      ...Array.from({ length: 14 }, (_, index) => `10.42.${index}.0/24`),
    ]),
    peer(null, keyOf(2), null, []),
    peer(
      'a peer with a name that is much longer than its column',
      keyOf(3),
      `${'very-'.repeat(12)}long.example.com:51820`,
      ['10.43.0.0/16'],
    ),
  ],
};

/** So many profiles with little in them. */
export function manyProfiles(count: number): ProfileSummary[] {
  return Array.from({ length: count }, (_, index) => ({
    ...office,
    name: `site-${index + 1}`,
    interface: `site-${index + 1}`,
    warnings: 0,
    settings: settingsToText(defaultSettings),
  }));
}

/** What of a tunnel a test wants otherwise. */
export type StatusParts = Partial<TunnelHead> & {
  readonly peerParts?: (index: number) => Partial<PeerStatus>;
};

/** The tunnel of a profile, up since a minute ago, its peers all in one state. */
export function statusOf(
  profile: ProfileSummary,
  state: TunnelStatus['state'],
  { peerParts, ...parts }: StatusParts = {},
): TunnelStatus {
  const peerState: PeerState =
    state === 'connected' || state === 'idle' || state === 'stale' ? state : 'handshaking';
  return {
    name: profile.name,
    interface: profile.interface,
    state,
    since: new Date(Date.now() - 60_000).toISOString(),
    engine: 'wireguard-go',
    engineVersion: '0.0.20220316',
    mtu: 1420,
    listenPort: 51820,
    fwMark: 0xad17,
    publicKey: profile.publicKey,
    addresses: profile.addresses,
    dns: {
      backend: 'none',
      mode: 'none',
      reason: 'the profile names no server',
      servers: [],
      domains: [],
      searchDomains: [],
    },
    killSwitch: 'off',
    scripts: 'none',
    warnings: [],
    failure: null,
    ...parts,
    peers: profile.peers.map((described, index) => ({
      publicKey: described.publicKey,
      name: described.name,
      endpoint: `203.0.113.${(index % 250) + 1}:51820`,
      allowedIps: described.allowedIps,
      state: peerState,
      latestHandshake:
        state === 'connected' ? new Date(Date.now() - 12_000 - index * 1000).toISOString() : null,
      rxBytes: 0,
      txBytes: 148,
      persistentKeepalive: null,
      ...peerParts?.(index),
    })),
  };
}
