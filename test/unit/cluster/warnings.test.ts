import { describe, expect, it } from 'vitest';
import { inspectionOf } from '../../../shared/cluster/inspection.ts';
import { clusterOfLists, keyOf, kiloNode, kiloPeer, now, warned, warningOf } from './clusters.ts';

/** Of a healthy cluster, whose Service CIDR nobody has read. */
const unknownServices = 'service-cidr-unknown cluster';

describe('a cluster of Kilo', () => {
  it('that is in order is warned of nothing', () => {
    const cluster = clusterOfLists({
      nodes: [kiloNode('a', 1), kiloNode('b', 2)],
      peers: [kiloPeer('laptop')],
    });
    expect(warned(cluster)).toEqual([unknownServices]);
  });

  it.each([
    ['force-internal-ip', '10.0.0.1', 'kilo.squat.ai/force-internal-ip=10.0.0.1/32 --overwrite'],
    ['force-internal-ip', 'fd00::1', 'kilo.squat.ai/force-internal-ip=fd00::1/128 --overwrite'],
    [
      'allowed-location-ips',
      '192.168.9.0/24,192.168.8.1',
      'kilo.squat.ai/allowed-location-ips=192.168.9.0/24,192.168.8.1/32 --overwrite',
    ],
    ['wireguard-ip', '10.4.0.1', 'kilo.squat.ai/wireguard-ip-'],
  ])('ignores %s=%s, and is told the line that mends it', (name, value, line) => {
    const cluster = clusterOfLists({ nodes: [kiloNode('a', 1, { [name]: value }), kiloNode('b', 2)] });
    expect(warned(cluster)).toContain('annotation-without-mask node/a');
    expect(warningOf(cluster, 'annotation-without-mask').hint).toContain(`kubectl annotate node a ${line}`);
  });

  it('ignores an item of a list for the blank before it', () => {
    const cluster = clusterOfLists({
      nodes: [kiloNode('a', 1, { 'allowed-location-ips': '192.168.9.0/24, 192.168.8.0/24' })],
    });
    expect(warningOf(cluster, 'annotation-blank').hint).toContain('=192.168.9.0/24,192.168.8.0/24 ');
  });

  it.each([
    ['force-endpoint', 'Node-A.example.com:51820'],
    ['force-endpoint', '203.0.113.9'],
    ['endpoint', '203.0.113.9:0'],
    ['key', 'nonsense'],
    ['last-seen', 'yesterday'],
    ['granularity', 'rack'],
    ['persistent-keepalive', '25s'],
    ['discovered-endpoints', '{"k":'],
    ['discovered-endpoints', '[]'],
    ['force-internal-ip', 'none'],
  ])('says of %s=%s that it is ignored', (name, value) => {
    const cluster = clusterOfLists({ nodes: [kiloNode('a', 1, { [name]: value }), kiloNode('b', 2)] });
    expect(warned(cluster)).toContain('annotation-invalid node/a');
    expect(warningOf(cluster, 'annotation-invalid').hint).toContain('kubectl annotate node a kilo.squat.ai/');
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['no endpoint', { endpoint: undefined }, 'no endpoint'],
    ['no key', { key: undefined }, 'no public key'],
    ['a key of zeros', { key: `${'A'.repeat(43)}=` }, 'no public key'],
    ['kg gone for a minute', { 'last-seen': String(now - 60) }, 'not seen for 60 s'],
    ['kg never seen', { 'last-seen': undefined }, 'never seen'],
  ])('leaves a node out that has %s', (_, annotations, reason) => {
    const cluster = clusterOfLists({ nodes: [kiloNode('a', 1, annotations), kiloNode('b', 2)] });
    expect(warned(cluster)).toContain('node-not-ready node/a');
    expect(inspectionOf(cluster).nodes).toMatchObject([
      { name: 'a', ready: false, reason, leader: false },
      { name: 'b', ready: true, reason: null, leader: true },
    ]);
  });

  it('has a node in it for 59 s after it was seen', () => {
    const cluster = clusterOfLists({ nodes: [kiloNode('a', 1, { 'last-seen': String(now - 59) })] });
    expect(inspectionOf(cluster).nodes).toMatchObject([{ ready: true }]);
  });

  it('names the node that has the same wireguard-ip, and what has kg write another', () => {
    const cluster = clusterOfLists({
      nodes: [
        kiloNode('a', 1, { 'wireguard-ip': '10.4.0.1/16' }),
        kiloNode('b', 2, { 'wireguard-ip': '10.4.0.1/16' }),
      ],
    });
    expect(warned(cluster)).toEqual(['wireguard-ip-shared node/b', unknownServices]);
    const { message, hint } = warningOf(cluster, 'wireguard-ip-shared');
    expect(message).toContain('and so has a');
    expect(hint).toContain('kubectl annotate node b kilo.squat.ai/wireguard-ip-');
  });

  it('names what is dialled at a private address, unless others have heard it at a public one', () => {
    const private_ = { endpoint: '172.24.135.45:51820' };
    const cluster = clusterOfLists({ nodes: [kiloNode('a', 1, private_), kiloNode('b', 2)] });
    expect(warningOf(cluster, 'endpoint-private').hint).toContain(
      'kubectl annotate node a kilo.squat.ai/force-endpoint=PUBLIC_ADDRESS:51820 --overwrite',
    );
    const heard = { [keyOf('a')]: { IP: '198.51.100.7', Port: 7000, Zone: '' } };
    const natted = clusterOfLists({
      nodes: [
        kiloNode('a', 1, { ...private_, 'persistent-keepalive': '25' }),
        kiloNode('b', 2, { 'discovered-endpoints': JSON.stringify(heard) }),
      ],
    });
    expect(warned(natted)).toEqual([unknownServices]);
    expect(inspectionOf(natted).nodes).toMatchObject([{ endpoint: '198.51.100.7:7000' }, {}]);
  });

  it.each(['127.0.0.1', '169.254.1.1', '100.64.0.9', '0.0.0.0', '[::1]', '[fe80::1]', '[fd12::1]'])(
    'names %s, which Kilo takes for public, too',
    (address) => {
      const nodes = [kiloNode('a', 1, { endpoint: `${address}:51820` }), kiloNode('b', 2)];
      expect(warned(clusterOfLists({ nodes }))).toContain('endpoint-private node/a');
    },
  );

  it('names an endpoint that the mesh itself would swallow', () => {
    const cluster = clusterOfLists({
      nodes: [kiloNode('a', 1, { 'internal-ip': '203.0.113.1/32' }), kiloNode('b', 2)],
    });
    expect(warningOf(cluster, 'endpoint-captured').message).toContain('203.0.113.1/32');
  });

  it('misses locations where others have one', () => {
    const inLocations = { granularity: 'location' };
    const cluster = clusterOfLists({
      nodes: [kiloNode('a', 1, { ...inLocations, location: 'aws' }), kiloNode('b', 2, inLocations)],
    });
    expect(warningOf(cluster, 'location-missing').hint).toContain(
      'kubectl annotate node b kilo.squat.ai/location=b --overwrite',
    );
  });

  it('guesses the granularity, and says so', () => {
    const cluster = clusterOfLists({ nodes: [kiloNode('a', 1, { granularity: undefined })] });
    expect(warned(cluster)).toContain('granularity-guessed cluster');
    expect(inspectionOf(cluster)).toMatchObject({ granularity: 'location', granularityGuessed: true });
    const given = clusterOfLists(
      { nodes: [kiloNode('a', 1, { granularity: undefined })] },
      { granularity: 'full' },
    );
    expect(inspectionOf(given)).toMatchObject({ granularity: 'full', granularityGuessed: false });
    expect(warned(given)).toEqual([unknownServices]);
  });

  it('names nodes that contradict each other', () => {
    const cluster = clusterOfLists({
      nodes: [
        kiloNode('a', 1, { granularity: 'location', 'wireguard-ip': '10.4.0.1/16' }),
        kiloNode('b', 2, { granularity: 'full', 'wireguard-ip': '10.9.0.1/16' }),
        kiloNode('c', 3, { key: keyOf('a') }),
      ],
    });
    expect(warned(cluster)).toEqual(
      expect.arrayContaining(['granularity-mixed node/b', 'subnet-mixed node/b', 'key-shared node/c']),
    );
  });

  it('says when a network near a location is left out, and why', () => {
    const cluster = clusterOfLists({
      nodes: [
        kiloNode('a', 1, { 'allowed-location-ips': '192.168.0.0/16' }),
        kiloNode('b', 2, { 'allowed-location-ips': '192.168.5.0/24' }),
      ],
    });
    expect(warned(cluster)).toEqual(['location-ip-dropped node/a', unknownServices]);
  });

  it('says of a peer heard at two endpoints that Kilo takes any', () => {
    const at = (ip: string): string => JSON.stringify({ [keyOf('a')]: { IP: ip, Port: 1, Zone: '' } });
    const cluster = clusterOfLists({
      nodes: [
        kiloNode('a', 1),
        kiloNode('b', 2, { 'discovered-endpoints': at('198.51.100.1') }),
        kiloNode('c', 3, { 'discovered-endpoints': at('198.51.100.2') }),
      ],
    });
    expect(warned(cluster)).toEqual(['endpoint-disputed cluster', unknownServices]);
  });
});

describe('Pod CIDRs', () => {
  it('of two nodes that are equal, or one in the other, are named', () => {
    const cluster = clusterOfLists({
      nodes: [
        kiloNode('a', 1, {}, { podCIDR: '10.42.0.0/16' }),
        kiloNode('b', 2, {}, { podCIDR: '10.42.0.0/16' }),
        kiloNode('c', 3, {}, { podCIDR: '10.42.7.0/24' }),
        kiloNode('d', 4, {}, { podCIDR: '10.43.7.0/24' }),
      ],
    });
    expect(warned(cluster).filter((one) => one.startsWith('pod-cidr-shared'))).toEqual([
      'pod-cidr-shared node/b',
      'pod-cidr-shared node/c',
    ]);
  });

  it('that are empty everywhere are one warning, and of one node its own', () => {
    const without = { podCIDR: '' };
    const none = clusterOfLists({ nodes: [kiloNode('a', 1, {}, without), kiloNode('b', 2, {}, without)] });
    expect(warned(none)).toContain('pod-cidr-missing node/every node');
    expect(inspectionOf(none).nodes).toMatchObject([{ reason: 'no Pod CIDR' }, { ready: false }]);
    const one = clusterOfLists({ nodes: [kiloNode('a', 1, {}, without), kiloNode('b', 2)] });
    expect(warned(one)).toContain('pod-cidr-missing node/a');
  });

  it('of a dual stack are both shown, and the one that Kilo leaves out is named', () => {
    const both = { podCIDR: '10.42.1.0/24', podCIDRs: ['10.42.1.0/24', 'fd00:42:1::/64'] };
    const cluster = clusterOfLists({ nodes: [kiloNode('a', 1, {}, both)] });
    expect(inspectionOf(cluster).nodes[0]?.podCidrs).toEqual(['10.42.1.0/24', 'fd00:42:1::/64']);
    expect(warned(cluster)).toContain('pod-cidr-left-out node/a');
  });

  it('may be of IPv6 alone', () => {
    const only = { podCIDR: 'fd00:42:1::/64', podCIDRs: ['fd00:42:1::/64'] };
    const cluster = clusterOfLists({
      nodes: [kiloNode('a', 1, { endpoint: '[2001:db8::1]:51820', 'internal-ip': 'fd00:1::1/64' }, only)],
    });
    expect(warned(cluster)).toEqual([unknownServices]);
    expect(inspectionOf(cluster).nodes).toMatchObject([{ ready: true, endpoint: '[2001:db8::1]:51820' }]);
  });
});

describe('Peers that Kilo passes over', () => {
  it.each<[string, Record<string, unknown>, string]>([
    [
      'the seed’s flat endpoint',
      { endpoint: { dns: 'relay.example.com', port: 51820 } },
      `'{"spec":{"endpoint":{"dns":null,"dnsOrIP":{"dns":"relay.example.com"}}}}'`,
    ],
    ['allowed IPs that are none', { allowedIPs: ['10.5.0.1'] }, '10.5.0.1/32'],
    ['an endpoint of nothing', { endpoint: { dnsOrIP: {}, port: 1 } }, '"endpoint":null'],
    ['a name with capitals', { endpoint: { dnsOrIP: { dns: 'Vpn.example.com' }, port: 1 } }, 'dns'],
    ['port 0', { endpoint: { dnsOrIP: { ip: '203.0.113.1' }, port: 0 } }, '51820'],
    ['a keepalive below 0', { persistentKeepalive: -1 }, 'persistentKeepalive'],
    ['a key that is none', { publicKey: 'PUBLIC' }, 'publicKey'],
    ['a port that is text', { endpoint: { dnsOrIP: { ip: '203.0.113.1' }, port: '1' } }, 'kubectl'],
    ['a spec that is a list', { allowedIPs: 'all' }, 'kubectl'],
  ])('have %s', (_, spec, hint) => {
    const cluster = clusterOfLists({ nodes: [kiloNode('a', 1)], peers: [kiloPeer('laptop', spec)] });
    expect(warned(cluster)).toContain('peer-invalid peer/laptop');
    expect(warningOf(cluster, 'peer-invalid').hint).toContain(hint);
    expect(inspectionOf(cluster).peers).toEqual([]);
  });

  it('have no address, or one that a Peer before them has', () => {
    const cluster = clusterOfLists({
      nodes: [kiloNode('a', 1)],
      peers: [
        kiloPeer('c', { allowedIPs: [], publicKey: keyOf('C') }),
        kiloPeer('b', { allowedIPs: ['10.5.0.1/32', '10.9.0.0/24'], publicKey: keyOf('B') }),
        kiloPeer('a', { publicKey: keyOf('D') }),
      ],
    });
    expect(warned(cluster)).toEqual(['peer-address-taken peer/b', 'peer-incomplete peer/c', unknownServices]);
    expect(warningOf(cluster, 'peer-address-taken').hint).toContain('["10.5.0.2/32","10.9.0.0/24"]');
  });

  it('that have thousands of addresses of another are told of in few words', () => {
    const allowedIPs = Array.from({ length: 4000 }, (_, at) => `10.9.${at >> 8}.${at & 255}/32`);
    const peers = ['a', 'b'].map((name, at) =>
      kiloPeer(name, { allowedIPs, publicKey: keyOf(at === 0 ? 'B' : 'C') }),
    );
    const cluster = clusterOfLists({ nodes: [kiloNode('a', 1)], peers });
    expect(cluster.warnings.filter(({ code }) => code === 'peer-address-taken')).toHaveLength(20);
    expect(JSON.stringify(cluster.warnings).length).toBeLessThan(20_000);
  });

  it('that carry everything are told of', () => {
    const peers = [kiloPeer('relay', { allowedIPs: ['10.5.0.1/32', '::/0'] })];
    const cluster = clusterOfLists({ nodes: [kiloNode('a', 1)], peers });
    expect(warningOf(cluster, 'peer-carries-all').message).toContain('::/0');
  });
});

describe('flannel', () => {
  const flannel = (notes: Readonly<Record<string, string>>): Record<string, unknown> => ({
    metadata: {
      name: 'a',
      annotations: Object.fromEntries(
        Object.entries({
          'backend-type': 'wireguard',
          'backend-data': `{"PublicKey":"${keyOf('f')}","Port":51821}`,
          ...notes,
        }).map(([name, value]) => [`flannel.alpha.coreos.com/${name}`, value]),
      ),
    },
    spec: { podCIDR: '10.42.0.0/24' },
    status: { addresses: [{ type: 'ExternalIP', address: '203.0.113.5' }] },
  });

  it('dials a node behind NAT at its private address until somebody puts another in its place', () => {
    const cluster = clusterOfLists({ nodes: [flannel({ 'public-ip': '172.17.61.146' })] });
    expect(inspectionOf(cluster)).toMatchObject({
      network: 'flannel',
      granularity: null,
      nodes: [{ publicKey: keyOf('f'), endpoint: '172.17.61.146:51821' }],
    });
    expect(warningOf(cluster, 'flannel-ip-private').hint).toContain(
      'kubectl annotate node a flannel.alpha.coreos.com/public-ip-overwrite=203.0.113.5 --overwrite',
    );
    const mended = clusterOfLists({
      nodes: [flannel({ 'public-ip': '172.17.61.146', 'public-ip-overwrite': '203.0.113.5' })],
    });
    expect(warned(mended)).toEqual(['mesh-closed cluster', unknownServices]);
    expect(inspectionOf(mended).nodes).toMatchObject([{ endpoint: '203.0.113.5:51821' }]);
  });

  it('of an old k3s has its key as bare text', () => {
    const old = flannel({
      'backend-type': 'extension',
      'backend-data': `"${keyOf('f')}"`,
      'public-ip': '203.0.113.7',
    });
    expect(inspectionOf(clusterOfLists({ nodes: [old] }))).toMatchObject({
      network: 'flannel',
      nodes: [{ publicKey: keyOf('f'), endpoint: '203.0.113.7:51820' }],
    });
  });

  it('of nodes that have IPv6 alone is read too, and IPv4 goes before it', () => {
    const v6 = {
      'backend-data': 'null',
      'backend-v6-data': `{"PublicKey":"${keyOf('g')}"}`,
      'public-ipv6': '2001:db8::7',
    };
    const cluster = clusterOfLists({ nodes: [flannel(v6)] });
    expect(inspectionOf(cluster)).toMatchObject({
      network: 'flannel',
      nodes: [{ publicKey: keyOf('g'), endpoint: '[2001:db8::7]:51821' }],
    });
    const closed = clusterOfLists({ nodes: [flannel({ ...v6, 'public-ipv6': 'fd00::7' })] });
    expect(warningOf(closed, 'flannel-ip-private').hint).toContain('/public-ipv6-overwrite=');
    const opened = flannel({ ...v6, 'public-ipv6': 'fd00::7', 'public-ipv6-overwrite': '2001:db8::8' });
    expect(inspectionOf(clusterOfLists({ nodes: [opened] })).nodes).toMatchObject([
      { endpoint: '[2001:db8::8]:51821' },
    ]);
    const both = flannel({
      'public-ip': '203.0.113.5',
      'public-ipv6': '2001:db8::7',
      'backend-v6-data': v6['backend-v6-data'],
    });
    expect(inspectionOf(clusterOfLists({ nodes: [both] })).nodes).toMatchObject([
      { publicKey: keyOf('f'), endpoint: '203.0.113.5:51821' },
    ]);
  });

  it('with VXLAN is no WireGuard', () => {
    const vxlan = flannel({ 'backend-type': 'vxlan', 'backend-data': '{"VtepMAC":"1"}' });
    expect(inspectionOf(clusterOfLists({ nodes: [vxlan] })).network).toBe('none');
  });
});

describe('Calico and Cilium', () => {
  const calicoNode = (notes: Readonly<Record<string, string>>, ...internal: string[]): unknown => ({
    metadata: {
      name: 'a',
      annotations: Object.fromEntries(
        Object.entries(notes).map(([name, value]) => [`projectcalico.org/${name}`, value]),
      ),
    },
    status: {
      addresses: [
        { type: 'ExternalIP', address: '203.0.113.5' },
        ...internal.map((address) => ({ type: 'InternalIP', address })),
      ],
    },
  });

  it.each([
    [
      'of IPv6 alone',
      calicoNode({
        WireguardPublicKeyV6: keyOf('c'),
        IPv6WireguardInterfaceAddr: 'fd00:48::1',
        IPv6Address: '2001:db8::4/64',
      }),
      { endpoint: '[2001:db8::4]:51821', wireguardIp: 'fd00:48::1' },
    ],
    [
      'without an address, as on Azure',
      calicoNode({ WireguardPublicKey: keyOf('c') }, 'fd00::4', '10.240.0.4'),
      { endpoint: '10.240.0.4:51820', wireguardIp: null },
    ],
    [
      'without an address and of IPv6 alone',
      calicoNode({ WireguardPublicKeyV6: keyOf('c') }, '10.240.0.4', 'fd00::4'),
      { endpoint: '[fd00::4]:51821', wireguardIp: null },
    ],
    [
      'without any address',
      calicoNode({ WireguardPublicKeyV6: keyOf('c') }, '10.240.0.4'),
      { endpoint: null, wireguardIp: null },
    ],
  ])('are read of nodes %s', (_, node, expected) => {
    expect(inspectionOf(clusterOfLists({ nodes: [node] }))).toMatchObject({
      network: 'calico',
      nodes: [{ publicKey: keyOf('c'), ...expected }],
    });
  });

  it('tell their keys', () => {
    const calico = {
      metadata: {
        name: 'a',
        annotations: {
          'projectcalico.org/WireguardPublicKey': keyOf('c'),
          'projectcalico.org/IPv4WireguardInterfaceAddr': '10.48.115.87',
          'projectcalico.org/IPv4Address': '10.240.0.4/16',
        },
      },
    };
    expect(inspectionOf(clusterOfLists({ nodes: [calico] }))).toMatchObject({
      network: 'calico',
      nodes: [{ publicKey: keyOf('c'), endpoint: '10.240.0.4:51820', wireguardIp: '10.48.115.87' }],
    });
    const node = {
      metadata: { name: 'a' },
      status: { addresses: [{ type: 'InternalIP', address: '10.0.0.5' }] },
    };
    const cilium = {
      metadata: { name: 'a', annotations: { 'network.cilium.io/wg-pub-key': keyOf('d') } },
    };
    expect(inspectionOf(clusterOfLists({ nodes: [node], ciliumNodes: [cilium] }))).toMatchObject({
      network: 'cilium',
      nodes: [{ publicKey: keyOf('d'), endpoint: '10.0.0.5:51871' }],
    });
    expect(inspectionOf(clusterOfLists({ nodes: [node] })).network).toBe('none');
  });
});
