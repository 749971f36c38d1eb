import { toBase64 } from '../../shared/config/keys/base64.ts';
import { chanceFrom } from '../differential/random.ts';
import type { Chance } from '../differential/random.ts';

/** A cluster with Kilo, made by chance: everything that kgctl is asked of it. */
export interface GeneratedMesh {
  /** As `kgctl --mesh-granularity` takes it. */
  readonly granularity: 'auto' | 'location' | 'full';
  readonly topologyLabel: string;
  /** The Peer to ask for. */
  readonly peer: string;
  readonly peers: readonly unknown[];
  /** The nodes as they would be at a time. @param now Unix seconds */
  readonly nodesAt: (now: number) => readonly unknown[];
}

const region = 'topology.kubernetes.io/region';

/**
 * The mesh of a seed: locations and nodes alone, values of every kind that Kilo takes and that it ignores. What kgctl itself answers by
 * chance is left out: several endpoints heard of one key, several networks for the mesh's addresses, nodes that contradict each other in
 * granularity.
 */
export function generateMesh(seed: number): GeneratedMesh {
  const chance = chanceFrom(seed);
  const keys = Array.from({ length: 24 }, () => randomKey(chance));
  const granularity = chance.pick(['location', 'full'] as const);
  const isAnnotated = chance.percent(60);
  const topologyLabel = chance.percent(85) ? region : 'rack';
  const subnet = chance.pick(subnets);
  const heard = new Map(
    keys.filter(() => chance.percent(40)).map((key) => [key, randomHeard(chance)] as const),
  );
  const count = 1 + chance.below(chance.percent(70) ? 6 : 12);
  const nodes = Array.from({ length: count }, (_, index) =>
    randomNode(chance, { index, keys, granularity, isAnnotated, topologyLabel, subnet, heard }),
  );
  const peers = Array.from({ length: 1 + chance.below(6) }, (_, index) => randomPeer(chance, index, keys));
  return {
    granularity: isAnnotated ? 'auto' : granularity,
    topologyLabel,
    peer: chance.percent(3) ? 'nobody' : chance.pick(peers).metadata.name,
    peers: shuffled(chance, peers),
    nodesAt: (now) => nodes.map((node) => nodeAt(node, now)),
  };
}

/** The nodes as if none had heard another: kgctl draws everybody where they say themselves that they are. */
export function withoutHeard(nodes: readonly unknown[]): unknown[] {
  return nodes.map((node) => {
    const { metadata, ...rest } = node as { metadata: { annotations: Record<string, string> } };
    const annotations = { ...metadata.annotations, 'kilo.squat.ai/discovered-endpoints': '' };
    return { ...rest, metadata: { ...metadata, annotations } };
  });
}

/** A node whose check-in is so long ago. */
interface AgedNode {
  readonly metadata: { readonly name: string; readonly labels: Record<string, string> };
  readonly annotations: Record<string, string>;
  readonly spec: Record<string, unknown>;
  /** Seconds, or what stands there in place of a time. */
  readonly age: number | string | null;
}

interface Circumstances {
  readonly index: number;
  readonly keys: readonly string[];
  readonly granularity: string;
  readonly isAnnotated: boolean;
  readonly topologyLabel: string;
  readonly subnet: (index: number) => string;
  readonly heard: ReadonlyMap<string, Heard>;
}

function nodeAt({ metadata, annotations, spec, age }: AgedNode, now: number): unknown {
  const lastSeen = typeof age === 'number' ? String(now - age) : age;
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      ...metadata,
      annotations: {
        ...annotations,
        ...(lastSeen === null ? {} : { 'kilo.squat.ai/last-seen': lastSeen }),
      },
    },
    spec,
  };
}

function randomNode(chance: Chance, { index, keys, ...mesh }: Circumstances): AgedNode {
  const annotations: Record<string, string> = {};
  const note = (name: string, percent: number, value: () => string): void => {
    if (chance.percent(percent)) annotations[`kilo.squat.ai/${name}`] = value();
  };
  note('endpoint', 96, () => randomEndpoint(chance, index));
  note('force-endpoint', 25, () => randomEndpoint(chance, index + 50));
  note('internal-ip', 85, () => randomInternalIp(chance, index));
  note('force-internal-ip', 20, () =>
    chance.pick(['', '-', '192.168.20.1', '192.168.20.1/24', `10.77.0.${index}/32`]),
  );
  note('key', 97, () => randomSpelling(chance, chance.percent(4) ? keys[0] : keys[index]));
  note('location', 65, () => chance.pick(['aws', 'gcp', 'Azure', '', 'é', 'a b', 'ali']));
  note('leader', 25, () => chance.pick(['true', 'false', '']));
  note('persistent-keepalive', 40, () => chance.pick(['0', '25', '25', '-5', '+7', 'abc', '25s', '']));
  note('wireguard-ip', 60, () => (chance.percent(92) ? mesh.subnet(index) : '10.4.0.1'));
  note('allowed-location-ips', 40, () => randomLocationIps(chance));
  note('discovered-endpoints', 60, () => randomDiscovered(chance, mesh.heard));
  if (mesh.isAnnotated) annotations['kilo.squat.ai/granularity'] = mesh.granularity;
  else note('granularity', 30, () => chance.pick(['location', 'full', 'cross', '']));
  const podCidr = randomPodCidr(chance, index);
  return {
    metadata: {
      name: `${chance.pick(['n', 'node-', 'z', 'a.b'])}${index}`,
      labels: chance.percent(50) ? { [mesh.topologyLabel]: chance.pick(['aws', 'eu', '']) } : {},
    },
    annotations,
    spec: podCidr === null ? {} : { podCIDR: podCidr, podCIDRs: [podCidr] },
    age: chance.percent(88)
      ? chance.below(20)
      : chance.pick([3600, 120, -3000, null, 'abc', '', '0', '99999999999999999999']),
  };
}

/** A wireguard-ip for the node of an index, from one network for the whole mesh. */
const subnets: readonly ((index: number) => string)[] = [
  (index) => `10.4.0.${index + 1}/16`,
  (index) => `10.99.7.${index + 1}/24`,
  (index) => `172.30.5.${index + 17}/28`,
  (index) => `fd10:4::${index + 1}/64`,
  (index) => `10.4.255.${index + 200}/16`,
  (index) => `::ffff:10.88.0.${index + 1}/112`,
];

function randomEndpoint(chance: Chance, index: number): string {
  const host = chance.pick([
    '203.0.113.',
    '203.0.113.',
    '203.0.113.',
    '10.8.0.',
    '172.16.3.',
    '172.31.3.',
    '172.32.3.',
    '192.168.9.',
    '192.169.9.',
    '127.0.0.',
  ]);
  if (chance.percent(70)) return `${host}${index + 1}:51820`;
  return chance.pick([
    `node${index}.example.com:51820`,
    `[2001:db8::${index + 1}]:51820`,
    `[fd00::${index + 1}]:51820`,
    `[fd12::${index + 1}]:51821`,
    `[::ffff:10.0.0.${index + 1}]:51820`,
    `[::ffff:203.0.113.9]:51820`,
    `[203.0.113.200]:51820`,
    `Node${index}.example.com:51820`,
    `node_${index}:51820`,
    `1.2.3:51820`,
    `203.0.113.${index}:051820`,
    `node${index}.example.com:0051820`,
    `203.0.113.${index}`,
    `203.0.113.${index}:0`,
    `203.0.113.${index}:70000`,
    `203.0.113.${index}:+51820`,
    `2001:db8::${index}:51820`,
    `[fe80::1%eth0]:51820`,
    `[203.0.113.1]`,
    `:51820`,
    `203.0.113.04:51820`,
    ` 203.0.113.4:51820`,
    'localhost:1',
    '',
  ]);
}

function randomInternalIp(chance: Chance, index: number): string {
  if (chance.percent(85)) return `10.1.${chance.below(3)}.${index + 1}/${chance.pick([24, 32, 16])}`;
  return chance.pick([
    '',
    `10.1.0.${index}`,
    `fd00:1::${index}/64`,
    `::ffff:10.1.9.${index}/120`,
    '<nil>',
    `203.0.113.${index}/32`,
    '10.1.0.1/33',
    '10.1.0.01/32',
  ]);
}

function randomPodCidr(chance: Chance, index: number): string | null {
  if (chance.percent(88)) return `10.2.${index}.0/24`;
  return chance.pick([
    null,
    '',
    '10.2.0.0/24',
    `10.2.${index}.7/24`,
    `fd00:2:${index}::/64`,
    '10.2.0.0',
    `::ffff:10.3.${index}.0/120`,
    `FD00:2:${index}:0::/64`,
    `10.2.${index}.0/025`,
  ]);
}

const nearby = [
  '192.168.178.0/24',
  '192.168.0.0/16',
  '192.168.178.9/24',
  '192.168.178.7/32',
  '10.2.1.0/24',
  '10.2.0.0/16',
  '10.2.1.5/20',
  '10.4.0.2/32',
  '10.4.0.0/16',
  '10.4.0.1/30',
  '10.99.7.3/32',
  '172.16.5.0/24',
  '172.16.5.5/32',
  '172.16.0.0/12',
  'fd00:1::/64',
  'fd10:4::2/128',
  '10.5.0.0/24',
  '10.5.0.1/32',
  '172.20.1.0/24',
  '172.20.2.0/24',
  '172.20.3.0/24',
  '100.64.0.0/10',
  ' 172.31.0.0/16',
  '172.31.0.1',
  '',
  'nonsense',
  '0.0.0.0/0',
  '::/0',
  '::ffff:172.29.9.0/120',
];

function randomLocationIps(chance: Chance): string {
  return Array.from({ length: 1 + chance.below(4) }, () => chance.pick(nearby)).join(',');
}

/** An endpoint at which nodes have heard somebody. */
interface Heard {
  readonly IP: string;
  readonly Port: number;
  readonly Zone: string;
}

function randomHeard(chance: Chance): Heard {
  const IP = chance.pick([
    `198.51.100.${chance.below(250)}`,
    `198.51.100.${chance.below(250)}`,
    `10.9.0.${chance.below(250)}`,
    `2001:db8:9::${chance.below(9000)}`,
    `::ffff:198.51.100.7`,
    `fe80::9`,
  ]);
  return { IP, Port: 1024 + chance.below(60_000), Zone: IP === 'fe80::9' ? 'eth0' : '' };
}

function randomDiscovered(chance: Chance, heard: ReadonlyMap<string, Heard>): string {
  if (chance.percent(12)) {
    return chance.pick([
      '',
      'null',
      '{',
      '[]',
      '"x"',
      `{"${[...heard.keys()][0] ?? 'k'}":{"IP":"nonsense","Port":1,"Zone":""}}`,
      `{"${[...heard.keys()][0] ?? 'k'}":{"IP":"1.2.3.4","Port":"1","Zone":""}}`,
    ]);
  }
  const some = [...heard].filter(() => chance.percent(60));
  if (chance.percent(10)) {
    const small = some.map(([key, { IP: ip, Port: port, Zone: zone }]) => [key, { ip, port, zone }] as const);
    return JSON.stringify(Object.fromEntries(small));
  }
  return JSON.stringify(Object.fromEntries(some));
}

/** A Peer object. */
interface PeerObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: Record<string, unknown>;
}

function randomPeer(chance: Chance, index: number, keys: readonly string[]): PeerObject {
  const spec: Record<string, unknown> = {
    allowedIPs: Array.from({ length: chance.percent(97) ? 1 + chance.below(3) : 0 }, () =>
      randomAllowedIp(chance, index),
    ),
    publicKey: randomSpelling(chance, keys[12 + index]),
  };
  if (chance.percent(45))
    spec['persistentKeepalive'] = chance.percent(97) ? chance.pick([0, 10, 25, 25, 3600]) : -1;
  if (chance.percent(30))
    spec['presharedKey'] = chance.percent(85) ? randomKey(chance) : chance.pick(['', 'x', zeros]);
  if (chance.percent(50)) spec['endpoint'] = randomPeerEndpoint(chance, index);
  return {
    apiVersion: 'kilo.squat.ai/v1alpha1',
    kind: 'Peer',
    metadata: { name: `${chance.pick(['laptop-', 'relay-', 'b', 'z.'])}${index}` },
    spec,
  };
}

function randomAllowedIp(chance: Chance, index: number): string {
  if (chance.percent(98)) {
    return chance.pick([
      `10.5.0.${index + 1}/32`,
      `10.5.0.${index + 1}/32`,
      '10.5.0.1/32',
      `10.5.${index}.7/24`,
      `10.5.${index}.0/24`,
      `fd00:5::${index + 1}/128`,
      '10.200.200.0/24',
      '172.20.2.0/23',
      '100.64.1.0/24',
      `::ffff:10.6.0.${index}/128`,
      '0.0.0.0/0',
    ]);
  }
  return chance.pick(['10.5.0.1', 'nonsense', '', '10.5.0.1/33', ' 10.5.0.1/32']);
}

function randomPeerEndpoint(chance: Chance, index: number): unknown {
  const port = chance.percent(98) ? 51820 + index : chance.pick([0, 65_535, 70_000]);
  if (chance.percent(95)) {
    return {
      dnsOrIP: chance.pick<unknown>([
        { ip: `198.51.100.${index}` },
        { ip: `198.51.100.${index}` },
        { dns: `peer${index}.example.com` },
        { dns: `peer${index}.example.com`, ip: `198.51.100.${index}` },
        { ip: `2001:db8::${index}` },
        { ip: `::ffff:198.51.100.${index}` },
        { dns: `198.51.100.${index}` },
        { dns: '1.2' },
      ]),
      port,
    };
  }
  return chance.pick<unknown>([
    { dns: 'flat.example.com', port },
    { dnsOrIP: {}, port },
    { dnsOrIP: { dns: 'Upper.example.com' }, port },
    { dnsOrIP: { ip: '198.51.100.300' }, port },
    { dnsOrIP: { ip: 'fe80::1%eth0' }, port },
  ]);
}

const zeros = `${'A'.repeat(43)}=`;

function randomKey(chance: Chance): string {
  return toBase64(Uint8Array.from({ length: 32 }, () => chance.below(256)));
}

/** A key, seldom in a spelling that only some take, and more seldom none. */
function randomSpelling(chance: Chance, key = zeros): string {
  if (chance.percent(95)) return key;
  const last = key.charAt(42);
  const next = String.fromCharCode(last.charCodeAt(0) + 1);
  return chance.pick([
    `${key.slice(0, 42)}${/[A-Za-z0-9]/.test(next) ? next : last}=`,
    `${key.slice(0, 20)}\n${key.slice(20)}`,
    zeros,
    key.slice(0, 43),
    'nonsense',
    '',
    ` ${key}`,
  ]);
}

function shuffled<T>(chance: Chance, items: readonly T[]): T[] {
  const left = [...items];
  const order: T[] = [];
  while (left.length > 0) order.push(...left.splice(chance.below(left.length), 1));
  return order;
}
