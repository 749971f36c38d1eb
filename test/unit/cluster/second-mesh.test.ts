import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { clusterOf } from '../../../shared/cluster/cluster.ts';
import type { Cluster } from '../../../shared/cluster/cluster.ts';
import { profileText } from '../../../shared/cluster/profile.ts';
import {
  joinMembers,
  missingLines,
  laptopEndFor,
  nodeScript,
  nodesNamed,
  readNodeLines,
  secondMeshOf,
  secondMeshProfile,
  secondMeshWarnings,
  withNodes,
} from '../../../shared/cluster/second-mesh/index.ts';
import type { LaptopEnd, SecondMeshOptions } from '../../../shared/cluster/second-mesh/index.ts';
import { diagnose, fillOwnEnd, generateKeyPair, parse } from '../../../shared/config/index.ts';
import { formatAddress, parseAddress } from '../../../shared/network/address.ts';
import { formatInterfaceAddress, formatPrefix, parsePrefix } from '../../../shared/network/prefix.ts';
import type { Prefix } from '../../../shared/network/prefix.ts';
import { clusterOfLists, keyOf, kiloNode, readingsOf } from './clusters.ts';

const laptopKey = keyOf('L');
const anything = { networks: [], addresses: [] };

/** A node as kubectl shows it, with nothing of any network. */
function plainNode(
  name: unknown,
  podCidrs: readonly string[],
  addresses: Record<string, string> = {},
): unknown {
  return {
    kind: 'Node',
    metadata: { name },
    spec: { podCIDR: podCidrs[0], podCIDRs: podCidrs },
    status: {
      addresses: Object.entries(addresses).map(([type, address]) => ({ type, address })),
      conditions: [{ type: 'Ready', status: 'True' }],
    },
  };
}

const three = clusterOfLists({
  nodes: [
    plainNode('a', ['10.42.0.0/24'], { InternalIP: '192.168.1.1', ExternalIP: '203.0.113.1' }),
    plainNode('b', ['10.42.1.0/24', 'fd00:42:1::/64'], { InternalIP: '192.168.1.2' }),
    plainNode('c', []),
  ],
});

const lines = `adit-node a ${keyOf('a')} 203.0.113.1:51822
adit-node b ${keyOf('b')} [2001:db8::2]:51823
adit-node c ${keyOf('c')} c.example.com:51822`;

function prefix(text: string): Prefix {
  const parsed = parsePrefix(text);
  if (parsed === null) throw new Error(text);
  return parsed;
}

function profileOf(
  cluster: Cluster,
  text: string,
  options: Partial<SecondMeshOptions> & { readonly laptop?: LaptopEnd } = {},
) {
  const { laptop = laptopEndFor(cluster, laptopKey, anything), ...rest } = options;
  const { members } = joinMembers(
    cluster,
    secondMeshOf(cluster, laptop),
    readNodeLines(text, cluster).lines,
    [],
  );
  return secondMeshProfile(cluster, members, {
    addresses: laptop.addresses,
    single: false,
    gateway: null,
    serviceCidrs: [prefix('10.43.0.0/16')],
    podCidrs: new Map(),
    ...rest,
  });
}

/** What each peer carries, without the nodes' own addresses. */
function carried(profile: ReturnType<typeof profileOf>): Record<string, string[]> {
  return Object.fromEntries(
    profile.peers.map(({ name, allowedIps }) => [
      name,
      allowedIps.slice(profile.addresses.length).map(formatInterfaceAddress),
    ]),
  );
}

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return (error as { fault: { code: string } }).fault.code;
  }
  throw new Error('nothing was thrown');
}

describe('the profile of a second mesh', () => {
  it('has a peer for each node with its own Pods, and the Services on one', () => {
    const profile = profileOf(three, lines);
    expect(profile.gateway).toBe('a');
    expect(carried(profile)).toEqual({
      a: ['10.42.0.0/24', '10.43.0.0/16'],
      b: ['10.42.1.0/24', 'fd00:42:1::/64'],
      c: [],
    });
    expect(profile.peers.map(({ endpoint }) => endpoint)).toEqual([
      '203.0.113.1:51822',
      '[2001:db8::2]:51823',
      'c.example.com:51822',
    ]);
    const own = new Set(
      profile.peers.map(({ allowedIps: [first] }) => first && formatInterfaceAddress(first)),
    );
    expect(own.size).toBe(3);
  });

  it('moves the Services to the node that is chosen, and only to one that has a line', () => {
    expect(carried(profileOf(three, lines, { gateway: 'b' }))).toMatchObject({
      a: ['10.42.0.0/24'],
      b: ['10.42.1.0/24', 'fd00:42:1::/64', '10.43.0.0/16'],
    });
    const without = lines.split('\n').slice(1).join('\n');
    expect(codeOf(() => profileOf(three, without, { gateway: 'a' }))).toBe('gateway-not-found');
  });

  it('reaches everything through one node where it is wanted', () => {
    const profile = profileOf(three, lines, { single: true, gateway: 'b' });
    expect(carried(profile)).toEqual({ b: ['10.42.0.0/23', 'fd00:42:1::/64', '10.43.0.0/16'] });
    expect(profile.gateway).toBe('b');
  });

  it('takes Pod CIDRs that somebody gives, and says whose Pods are left out', () => {
    const podCidrs = new Map([['c', [prefix('10.240.0.0/24')]]]);
    expect(carried(profileOf(three, lines, { podCidrs }))['c']).toEqual(['10.240.0.0/24']);
    const { addresses } = laptopEndFor(three, laptopKey, anything);
    expect(secondMeshWarnings(three, [], { addresses, podCidrs, serviceCidrs: [] }, 'work')).toEqual([]);
    const [left] = secondMeshWarnings(
      three,
      [],
      { addresses, podCidrs: new Map(), serviceCidrs: [] },
      'work',
    );
    expect(left).toMatchObject({ code: 'node-pods-unreached', object: 'node/c' });
    expect(left?.hint).toContain('--pod-cidr c=');
  });

  it('is a configuration that nothing is wrong with', () => {
    const { privateKey } = generateKeyPair();
    const text = profileText(profileOf(three, lines), 'work');
    const file = fillOwnEnd(parse(text), { privateKey, addresses: [] });
    expect(diagnose(file).filter(({ severity }) => severity !== 'info')).toEqual([]);
  });
});

describe('the lines that nodes print', () => {
  const warned = (text: string): string[] =>
    readNodeLines(text, three).warnings.map(({ code, object }) => `${code} ${object}`);

  it('are found among others, whatever stands before them', () => {
    const text = `Last login: today\r\n[10.0.0.1] adit-node a ${keyOf('a')} 203.0.113.1:51822\r\n\r\n\0\u001b[31madit-node\n`;
    const found = readNodeLines(text, three);
    expect(found.lines).toMatchObject([{ name: 'a', publicKey: keyOf('a') }]);
    expect(warned(text)).toEqual([]);
    expect(missingLines(three, found.lines, 'my work').map(({ object, hint }) => [object, hint])).toEqual([
      ['node/b', expect.stringContaining("adit cluster manifest --node b --as 'my work' > node.sh")],
      ['node/c', expect.stringContaining("--as 'my work' --keys new.txt --replace")],
    ]);
  });

  it.each<[string, (line: string) => string]>([
    ['quotes', (line) => `'${line}'`],
    [
      'the JSON of a tool',
      (line) => JSON.stringify({ cmd: 'sh adit-node.sh', stdout: `x\n${line}\n`, ok: true }),
    ],
    ['a list of such JSON', (line) => `        "${line}",`],
    ['colours', (line) => `\u001b[0;32m${line}\u001b[0m`],
  ])('may stand in %s', (_, wrap) => {
    const text = lines.split('\n').map(wrap).join('\n');
    expect(readNodeLines(text, three).lines).toEqual(readNodeLines(lines, three).lines);
    expect(warned(text)).toEqual(warned(lines));
  });

  it('count once a node, the last of them', () => {
    const again = `${lines}\nadit-node a ${keyOf('d')} 203.0.113.9:51822\nadit-node b ${keyOf('b')} [2001:db8::2]:51823`;
    expect(readNodeLines(again, three).lines[0]).toMatchObject({ publicKey: keyOf('d') });
    expect(warned(again)).toEqual(['node-line-repeated node/a']);
  });

  it.each([
    ['no key', `adit-node a nokey 203.0.113.1:51822`, 'node-line-invalid cluster'],
    ['no port', `adit-node a ${keyOf('a')} 203.0.113.1`, 'node-line-invalid cluster'],
    ['a key of zeros', `adit-node a ${'A'.repeat(43)}= 203.0.113.1:1`, 'node-line-invalid cluster'],
    ['a word too many', `adit-node a ${keyOf('a')} 203.0.113.1:51822 x`, 'node-line-invalid cluster'],
    ['a shell’s words', `adit-node $(id) ${keyOf('a')} 203.0.113.1:51822`, 'node-line-invalid cluster'],
    ['another cluster’s node', `adit-node z ${keyOf('a')} 203.0.113.1:51822`, 'node-line-unknown node/z'],
    ['a node’s copy', `adit-node b ${keyOf('a')} 203.0.113.2:51822`, 'node-key-shared node/b'],
    ['a private address', `adit-node b ${keyOf('b')} 192.168.1.2:51822`, 'node-endpoint-private node/b'],
  ])('are passed over or told of with %s', (_, line, expected) => {
    expect(warned(`adit-node a ${keyOf('a')} 203.0.113.1:51822\n${line}`)).toContain(expected);
  });

  it('are missed where there is none that can be used', () => {
    expect(codeOf(() => readNodeLines('ssh: connect to host a: Connection refused', three))).toBe(
      'node-lines-missing',
    );
    expect(codeOf(() => readNodeLines(`adit-node z ${keyOf('a')} 203.0.113.1:1`, three))).toBe(
      'node-lines-missing',
    );
    expect(codeOf(() => readNodeLines(`adit-node ${'x'.repeat(5_000_000)}`, three))).toBe(
      'node-lines-missing',
    );
  });
});

describe('the network of a second mesh', () => {
  const networkFor = (cluster: Cluster): string =>
    laptopEndFor(cluster, laptopKey, anything).networks.map(formatPrefix).join(' ');

  it('is the usual one, or one that neither Pods, Services nor nodes have', () => {
    expect(networkFor(three)).toBe('10.200.200.0/24 fd00:10:200:200::/64');
    expect(networkFor(clusterOfLists({ nodes: [plainNode('a', ['10.200.0.0/16'])] }))).toBe(
      '172.29.200.0/24',
    );
    const near = plainNode('a', ['10.42.0.0/24'], { InternalIP: '10.200.200.7' });
    expect(networkFor(clusterOfLists({ nodes: [near] }))).toBe('10.200.201.0/24');
    const nodes = [kiloNode('a', 1, { 'k3s.io/node-args': '["server","--service-cidr","10.200.0.0/16"]' })];
    expect(networkFor(clusterOf(readingsOf({ nodes, peers: [] })))).toBe('172.29.200.0/24');
  });

  it.each([
    ['10.42.0.0/16', 'tunnel-network-collides'],
    ['192.168.1.0/24', 'tunnel-network-collides'],
    ['fd00:42:1::/72', 'tunnel-network-collides'],
    ['fd00::/8', 'tunnel-network-invalid'],
    ['fd00::/127', 'tunnel-network-invalid'],
    ['0.0.0.0/0', 'tunnel-network-invalid'],
    ['10.9.9.0/30', 'tunnel-network-invalid'],
  ])('is not %s: %s', (text, code) => {
    expect(codeOf(() => laptopEndFor(three, laptopKey, { ...anything, networks: [prefix(text)] }))).toBe(
      code,
    );
  });

  it('has an address of its own for each node, which stays when others come', () => {
    const names = Array.from({ length: 60 }, (_, index) => `node-${index}`);
    const addressesOf = (all: readonly string[]): Map<string, string> => {
      const cluster = clusterOfLists({ nodes: all.map((name) => plainNode(name, [])) });
      const { nodes } = secondMeshOf(cluster, laptopEndFor(cluster, laptopKey, anything));
      return new Map(nodes.map(({ name, addresses }) => [name, addresses.map(formatAddress).join(' ')]));
    };
    const few = addressesOf(['node-1', 'node-2']);
    const many = addressesOf(names);
    expect(new Set(many.values()).size).toBe(60);
    expect(many.get('node-1')).toBe(few.get('node-1'));
  });

  it('lets a node keep its address when one that comes or goes would want it', () => {
    const names = Array.from({ length: 100 }, (_, index) => `node-${index}`);
    const meshFor = (all: readonly string[], end: LaptopEnd | null) => {
      const cluster = clusterOfLists({ nodes: all.map((name) => plainNode(name, [])) });
      return secondMeshOf(cluster, laptopEndFor(cluster, laptopKey, anything, end));
    };
    const textsOf = ({ nodes }: ReturnType<typeof meshFor>): string[] =>
      nodes.map(({ name, addresses }) => `${name} ${addresses.map(formatAddress).join(' ')}`);
    const half = meshFor(names.slice(50), null);
    const network = { family: 4, words: [0x0ac8c800], length: 24 } as const;
    const end = withNodes({ ...half.laptop, networks: [network] }, half.nodes);
    // Without what is kept some would move, or the test would show nothing.
    expect(textsOf(meshFor(names, { ...end, nodes: new Map() }))).not.toEqual(
      expect.arrayContaining(textsOf(half)),
    );
    expect(textsOf(meshFor(names, end))).toEqual(expect.arrayContaining(textsOf(half)));
    const others = textsOf(meshFor(names.slice(0, 50), end)).map((text) => text.split(' ')[1]);
    expect(textsOf(half).filter((text) => others.includes(text.split(' ')[1]))).toEqual([]);
  });

  it('has a family for each that Pods and Services have, and gets one that comes later', () => {
    const clusterWith = (...cidrs: string[]): Cluster => clusterOfLists({ nodes: [plainNode('a', cidrs)] });
    const old = clusterWith('10.42.0.0/24');
    expect(networkFor(old)).toBe('10.200.200.0/24');
    expect(networkFor(clusterWith('fd00:42::/64'))).toBe('fd00:10:200:200::/64');
    expect(networkFor(clusterWith('fd00:10:200:200::/63'))).toBe('fd00:10:200:202::/64');
    expect(codeOf(() => networkFor(clusterWith('fd00:10:200::/48')))).toBe('tunnel-network-full');
    const kept = laptopEndFor(old, laptopKey, anything);
    const both = laptopEndFor(three, laptopKey, anything, kept);
    expect(both.networks.map(formatPrefix)).toEqual(['10.200.200.0/24', 'fd00:10:200:200::/64']);
    expect(both.addresses[0]).toEqual(kept.addresses[0]);
    const { addresses } = kept;
    const [left] = secondMeshWarnings(
      three,
      [],
      { addresses, podCidrs: new Map(), serviceCidrs: [] },
      'work',
    );
    expect(left).toMatchObject({ code: 'family-unreached', object: 'cluster' });
    expect(left?.hint).toMatch(/adit cluster manifest --every-node --as work > node.sh$/);
    const serviceCidrs = [prefix('fd00:43::/112')];
    const [given] = secondMeshWarnings(old, [], { addresses, podCidrs: new Map(), serviceCidrs }, 'work');
    expect(given?.hint).toContain('--as work --tunnel-network fd00:10:200:200::/64 > node.sh');
  });

  it('keeps nodes and laptops apart', () => {
    const { networks } = laptopEndFor(three, laptopKey, anything);
    const address = (text: string) => ({
      networks,
      addresses: [parseAddress(text)].filter((one) => one !== null),
    });
    expect(codeOf(() => laptopEndFor(three, laptopKey, address('10.9.9.9')))).toBe('tunnel-address-invalid');
    const [node] = secondMeshOf(three, laptopEndFor(three, laptopKey, anything)).nodes;
    expect(node?.addresses).toHaveLength(2);
    for (const taken of (node?.addresses ?? []).map(formatAddress))
      expect(codeOf(() => secondMeshOf(three, laptopEndFor(three, laptopKey, address(taken))))).toBe(
        'tunnel-address-invalid',
      );
  });

  it('takes ten thousand nodes in no time', () => {
    const nodes = Array.from({ length: 10_000 }, (_, index) =>
      plainNode(`node-${index}`, [`10.${100 + (index >> 8)}.${index & 255}.0/24`]),
    );
    const cluster = clusterOfLists({ nodes });
    const text = nodes
      .map((_, index) => `adit-node node-${index} ${generateKeyFor(index)} 203.0.113.1:${1 + index}`)
      .join('\n');
    const begin = performance.now();
    const laptop = laptopEndFor(cluster, laptopKey, anything);
    expect(laptop.networks[0]?.length).toBeLessThan(24);
    expect(profileOf(cluster, text, { laptop }).peers).toHaveLength(10_000);
    expect(profileOf(cluster, text, { laptop, single: true }).peers[0]?.allowedIps.length).toBeLessThan(20);
    expect(nodeScript('work', laptop, secondMeshOf(cluster, laptop).nodes).length).toBeLessThan(2_000_000);
    expect(performance.now() - begin).toBeLessThan(10_000);
  });
});

/** A key that no other number has. */
function generateKeyFor(index: number): string {
  return Buffer.alloc(32, `${index}-`).toString('base64');
}

describe('the script for nodes', () => {
  const laptop = laptopEndFor(three, laptopKey, anything);
  const { nodes } = secondMeshOf(three, laptop);

  it('is read by a plain shell', () => {
    for (const shell of ['dash', 'bash']) {
      const { status, stderr, error } = spawnSync(shell, ['-n'], {
        input: nodeScript('work', laptop, nodes),
        encoding: 'utf8',
      });
      expect([error, status, stderr], shell).toEqual([undefined, 0, '']);
    }
  });

  it('does nothing where its end is missing', () => {
    const script = nodeScript('work', laptop, nodes);
    const cut = script.slice(0, script.lastIndexOf('main "$@"'));
    const { stdout, stderr } = spawnSync('dash', { input: cut, encoding: 'utf8' });
    expect(stdout + stderr).toBe('');
  });

  it('names the address at which a node is dialled, the public one first', () => {
    const script = nodeScript('work', laptop, nodes);
    expect(script).toMatch(
      /^ {4}a\) address=10\.200\.200\.\d+ address6=fd00:10:200:200::[0-9a-f:]+ host=203\.0\.113\.1 private=no ;;$/m,
    );
    expect(script).toMatch(
      /^ {4}b\) address=10\.200\.200\.\d+ address6=\S+ host=192\.168\.1\.2 private=yes ;;$/m,
    );
    expect(script).toMatch(/^ {4}c\) address=10\.200\.200\.\d+ address6=\S+ host='' private=no ;;$/m);
  });

  it('holds nothing that a hostile cluster or name writes into it', () => {
    const hostile = ["x';touch /tmp/x;'", '$(id)', 'a\nid', '`id`', 'a;id', '-n', 'A', 'ü', '*', ''];
    const cluster = clusterOfLists({
      nodes: [
        ...hostile.map((name, index) => plainNode(name, [`10.42.${index}.0/24`])),
        {
          ...kiloNode('good', 9, { 'force-endpoint': "x';id;'.example.com:51820", endpoint: '$(id):51820' }),
          status: { addresses: [{ type: 'ExternalIP', address: "203.0.113.1';id;'" }] },
        },
      ],
    });
    const mesh = secondMeshOf(cluster, laptopEndFor(cluster, laptopKey, anything));
    expect(mesh.nodes.map(({ name, host }) => [name, host])).toEqual([['good', null]]);
    expect(codeOf(() => nodesNamed(mesh, ['$(id)']))).toBe('node-not-found');
    const odd = { name: 'a) id ;; b', addresses: laptop.addresses, host: null };
    expect(codeOf(() => nodeScript('work', laptop, [odd]))).toBe('node-not-found');
    const label = "it's $(id) `id` \n id \\";
    const { stdout, status } = spawnSync(
      'dash',
      ['-c', `${headOf(nodeScript(label, laptop, mesh.nodes))}\nprintf %s "$laptop"`],
      {
        encoding: 'utf8',
      },
    );
    expect([status, stdout]).toEqual([0, 'it?s ??id? ?id? ? id ?']);
  });

  it('refuses words that are none of its own, before it looks at anything', () => {
    const script = nodeScript('work', laptop, nodes);
    for (const words of [
      ['--nonsense'],
      ['--port', '70000'],
      ['--port', '1;id'],
      ['--endpoint', '$(id)'],
      ['--endpoint', 'a b'],
      ['--endpoint', '[$(id)]'],
      ['--node'],
    ]) {
      const { status, stdout, stderr } = spawnSync('dash', ['-s', '--', ...words], {
        input: script,
        encoding: 'utf8',
      });
      expect([status, stdout], words.join(' ')).toEqual([1, '']);
      expect(stderr, words.join(' ')).toMatch(/^adit-node: /m);
      expect(stderr).not.toContain('uid=');
    }
  });
});

/** The lines of a script before those that every script has. */
function headOf(script: string): string {
  return script.slice(0, script.indexOf('state='));
}
