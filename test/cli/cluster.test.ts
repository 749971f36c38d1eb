import { execFile } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { temporaryFolder } from '../unit/machine.ts';
import { keyOf, kiloNode, kiloPeer, now } from '../unit/cluster/clusters.ts';
import { Adit, aditProgram, buildIfMissing } from './adit.ts';

beforeAll(buildIfMissing);

const nodes = [kiloNode('a', 1), kiloNode('b', 2, { 'force-internal-ip': '10.0.0.2' })];
const peers = [kiloPeer('laptop', { presharedKey: keyOf('S') })];
const services = [
  {
    kind: 'Service',
    apiVersion: 'v1',
    metadata: { namespace: 'default', name: 'kubernetes' },
    spec: { clusterIP: '10.43.0.1' },
  },
  {
    kind: 'Service',
    apiVersion: 'v1',
    metadata: { namespace: 'kube-system', name: 'kube-dns', labels: { 'k8s-app': 'kube-dns' } },
    spec: { clusterIP: '10.43.0.10' },
  },
];

/** As kubectl prints what it is asked for. */
function listOf(items: readonly unknown[]): unknown {
  return { apiVersion: 'v1', kind: 'List', metadata: { resourceVersion: '' }, items };
}

/** Files in a folder of their own; texts as they are, everything else as JSON. */
function files(contents: Readonly<Record<string, unknown>>): (name: string) => string {
  const folder = temporaryFolder();
  for (const [name, content] of Object.entries(contents))
    writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
  return (name) => join(folder, name);
}

interface Inspected {
  readonly network: string;
  readonly nodes: readonly { readonly name: string; readonly ready: boolean }[];
  readonly peers: readonly { readonly name: string }[];
  readonly serviceCidrs: readonly unknown[];
  readonly warnings: readonly { readonly code: string; readonly hint: string }[];
}

describe('adit cluster inspect', () => {
  it('shows a cluster of what kubectl has saved, and no preshared key', async () => {
    const adit = new Adit();
    const at = files({ 'nodes.json': listOf(nodes), 'peers.json': listOf(peers) });
    const words = ['cluster', 'inspect', '--nodes', at('nodes.json'), '--peers', at('peers.json')];
    const seen = (await adit.json(...words)) as Inspected;
    expect(seen).toMatchObject({
      network: 'kilo',
      granularity: 'full',
      topology: 'full',
      serviceCidrs: [],
      dns: { server: null, domain: 'cluster.local' },
      peers: [{ name: 'laptop', publicKey: keyOf('Q'), allowedIps: ['10.5.0.1/32'], endpoint: null }],
    });
    expect(seen.nodes[1]).toEqual({
      name: 'b',
      ready: true,
      reason: null,
      location: null,
      leader: true,
      publicKey: keyOf('b'),
      endpoint: '203.0.113.2:51820',
      podCidrs: ['10.42.2.0/24'],
      internalIp: '10.1.0.2',
      wireguardIp: null,
    });
    expect(seen.warnings.map(({ code }) => code)).toEqual([
      'annotation-without-mask',
      'clock-from-nodes',
      'service-cidr-unknown',
    ]);
    const { code, stdout } = await adit.run(words);
    expect(code).toBe(0);
    expect(stdout).toContain(
      'kubectl annotate node b kilo.squat.ai/force-internal-ip=10.0.0.2/32 --overwrite',
    );
    for (const text of [JSON.stringify(seen), stdout]) expect(text).not.toContain(keyOf('S'));
  });

  it('takes lists of any kinds, of the API and of kubectl, JSON and YAML, in one file or in several', async () => {
    const adit = new Adit();
    const bare = nodes.map((node) => ({ metadata: node['metadata'], spec: node['spec'] }));
    const at = files({
      'mixed.json': listOf([...services, ...peers, ...nodes]),
      'api.json': { apiVersion: 'v1', kind: 'NodeList', items: bare },
      'rest.yaml': [...services, peers[0]].map((one) => stringify(one)).join('---\n'),
      'flow.yaml': '{apiVersion: v1, kind: Node, metadata: {name: z}}\n',
    });
    const inspect = (...words: string[]): Promise<unknown> => adit.json('cluster', 'inspect', ...words);
    const mixed = await inspect('--from', at('mixed.json'));
    expect(mixed).toMatchObject({
      serviceCidrs: [{ cidr: '10.43.0.0/16', source: 'kubernetes-service', guessed: true }],
      dns: { server: '10.43.0.10' },
      nodes: [{ name: 'a' }, { name: 'b' }],
      peers: [{ name: 'laptop' }],
    });
    expect(await inspect('--from', at('api.json'), at('rest.yaml'))).toEqual(mixed);
    expect(await inspect('--from', at('rest.yaml'), '--nodes', at('api.json'))).toEqual(mixed);
    expect(await inspect('--from', at('flow.yaml'))).toMatchObject({
      network: 'none',
      nodes: [{ name: 'z' }],
    });
  });

  it('reads the YAML inside kubeadm’s ConfigMap', async () => {
    const config = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { namespace: 'kube-system', name: 'kubeadm-config' },
      data: {
        ClusterConfiguration:
          'networking:\n  dnsDomain: corp.local\n  podSubnet: 10.244.0.0/16\n  serviceSubnet: 10.77.0.0/16\n',
      },
    };
    const at = files({ 'all.json': listOf([...nodes, ...services, config]) });
    expect(await new Adit().json('cluster', 'inspect', '--from', at('all.json'))).toMatchObject({
      serviceCidrs: [{ cidr: '10.77.0.0/16', source: 'kubeadm-config', guessed: false }],
      dns: { domain: 'corp.local', domainGuessed: false },
    });
  });

  it('answers in the forms that kubectl has, and for kubectl', async () => {
    const adit = new Adit();
    const at = files({ 'nodes.json': listOf(nodes) });
    const words = ['inspect', '--nodes', at('nodes.json')];
    const json = await adit.json('cluster', ...words);
    expect(parse((await adit.run(['cluster', ...words, '-o', 'yaml'])).stdout)).toEqual(json);
    expect(JSON.parse((await adit.run(['cluster', ...words, '-o', 'json'])).stdout)).toEqual(json);
    const plugin = join(aditProgram, '..', 'kubectl-adit.cjs');
    const { stdout } = await promisify(execFile)(process.execPath, [plugin, ...words, '--json']);
    expect(JSON.parse(stdout)).toEqual(json);
  });

  it('names what is wrong with a file', async () => {
    const adit = new Adit();
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x,x]',
      ...'bcdefgh'.split('').map((letter, index) => {
        const before = 'abcdefgh'.charAt(index);
        return `${letter}: &${letter} [${Array(9).fill(`*${before}`).join(',')}]`;
      }),
    ].join('\n');
    const at = files({
      'empty.json': '',
      'html.json': '<!DOCTYPE html><html><body>502</body></html>',
      'half.json': JSON.stringify(listOf(nodes)).slice(0, 400),
      'number.json': '7',
      'secrets.json': listOf([{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' } }]),
      'none.json': listOf([]),
      'bomb.yaml': bomb,
      'foreign.json': listOf([{ apiVersion: 'example.com/v1', kind: 'Node', metadata: { name: 'a' } }]),
    });
    const codes: Record<string, string> = {
      'empty.json': 'cluster-file-foreign',
      'html.json': 'cluster-file-foreign',
      'half.json': 'cluster-file-malformed',
      'number.json': 'cluster-file-foreign',
      'secrets.json': 'cluster-file-foreign',
      'none.json': 'cluster-nodes-missing',
      'bomb.yaml': 'cluster-file-malformed',
      'foreign.json': 'cluster-file-foreign',
      'missing.json': 'file-not-found',
      '.': 'file-not-regular',
    };
    for (const [name, code] of Object.entries(codes))
      expect([name, (await adit.fault(['cluster', 'inspect', '--from', at(name)])).code]).toEqual([
        name,
        code,
      ]);
  });

  it.each([
    [['x']],
    [['--nodes', 'x', 'y']],
    [['--nodes', 'x', '--context', 'y']],
    [['--from', 'x', '--allow-exec']],
    [['--nodes', 'x', '--granularity', 'rack']],
    [['--nodes', 'x', '--now', 'noon']],
    [['--nodes', 'x', '-o', 'toml']],
  ])('refuses %j', async (words) => {
    expect((await new Adit().fault(['cluster', 'inspect', ...words])).code).toBe('wrong-usage');
  });

  it('finds its API server as kubectl does, and runs no program that nobody has allowed', async () => {
    const adit = new Adit();
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: './log in',
      interactiveMode: 'Never',
    };
    const config = {
      clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:1', 'insecure-skip-tls-verify': true } }],
      users: [{ name: 'u', user: { exec } }],
      contexts: [{ name: 'here', context: { cluster: 'c', user: 'u' } }],
      'current-context': 'here',
    };
    const token = { apiVersion: exec.apiVersion, kind: 'ExecCredential', status: { token: 'abc' } };
    const at = files({
      config: JSON.stringify(config),
      'log in': `#!/bin/sh\necho '${JSON.stringify(token)}'\n`,
    });
    chmodSync(at('log in'), 0o700);
    const codeOf = async (KUBECONFIG: string, ...words: string[]): Promise<string> =>
      (await adit.fault(['cluster', 'inspect', ...words], { environment: { KUBECONFIG } })).code;
    expect(await codeOf(at('none'))).toBe('kubeconfig-missing');
    expect(await codeOf(at('config'), '--context', 'there')).toBe('kubeconfig-context-unknown');
    const { message, hint } = await adit.fault(['cluster', 'inspect', '--kubeconfig', at('config')]);
    expect([message, hint]).toEqual([
      expect.stringContaining(`'${at('log in')}'`),
      expect.stringContaining('--allow-exec'),
    ]);
    expect(await codeOf(at('config'))).toBe('exec-plugin-not-allowed');
    expect(await codeOf(at('config'), '--allow-exec')).toBe('api-on-loopback');
  });

  it('is one of the commands on clusters, which tell of themselves', async () => {
    const adit = new Adit();
    expect((await adit.run(['cluster'])).code).toBe(2);
    const { code, stdout } = await adit.run(['cluster', '--help']);
    expect([code, stdout]).toEqual([0, expect.stringContaining('cluster inspect')]);
    expect((await adit.fault(['cluster', 'frobnicate'])).code).toBe('wrong-usage');
  });
});

describe('adit cluster profile', () => {
  const at = (): ((name: string) => string) =>
    files({ 'all.json': listOf([...nodes, ...peers, ...services]) });
  const words = (path: string, ...more: string[]): string[] => [
    'cluster',
    'profile',
    '--from',
    path,
    '--peer',
    'laptop',
    ...more,
  ];

  it('prints the profile alone on stdout, and says on stderr what is guessed', async () => {
    const adit = new Adit();
    const { code, stdout, stderr } = await adit.run(words(at()('all.json')));
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/^\[Interface\]\n# Name = laptop\nAddress = 10\.5\.0\.1\/32\n\n\[Peer\]\n/),
    ]);
    expect(stdout).not.toContain('PrivateKey');
    expect(stderr).toContain('which is taken for now');
    expect((await adit.run(words(at()('all.json'), '--now', String(now)))).stderr).not.toContain(
      'taken for now',
    );
    expect(await adit.run(words(at()('all.json'), '--now', '2030-01-01T00:00:00Z'))).toMatchObject({
      code: 1,
    });
  });

  it('carries the Services through the node that is chosen', async () => {
    const adit = new Adit();
    const gatewayOf = async (...more: string[]): Promise<(string | undefined)[]> => {
      const { stdout } = await adit.run(words(at()('all.json'), ...more));
      return stdout
        .split('[Peer]\n')
        .filter((part) => part.includes('/16'))
        .map((part) => /# Name = (.*)/.exec(part)?.[1]);
    };
    expect(await gatewayOf()).toEqual([]);
    expect(await gatewayOf('--service-cidr', 'auto')).toEqual(['a']);
    expect(await gatewayOf('--service-cidr', 'auto', '--gateway', 'b')).toEqual(['b']);
    expect(await gatewayOf('--service-cidr', '10.50.0.0/16', '--gateway', 'b')).toEqual(['b']);
    expect(await adit.json(...words(at()('all.json'), '--service-cidr', '10.50.0.0/16'))).toMatchObject({
      peer: 'laptop',
      serviceCidrs: ['10.50.0.0/16'],
      gateway: 'a',
      peers: [{ name: 'a', presharedKey: keyOf('S') }, { name: 'b' }],
    });
  });

  it.each([
    ['wrong-usage', ['--gateway', 'b']],
    ['gateway-not-found', ['--service-cidr', 'auto', '--gateway', 'c']],
    ['allowed-ip-malformed', ['--service-cidr', 'all']],
    ['kilo-peer-not-found', ['--peer', 'phone']],
    ['kilo-nodes-missing', ['--now', '4000000000']],
  ])('says %s for %j', async (code, more) => {
    expect((await new Adit().fault(words(at()('all.json'), ...more))).code).toBe(code);
  });
});

describe('adit cluster graph', () => {
  it('draws the mesh for Graphviz, or tells it as JSON, with no quote that somebody put into a name', async () => {
    const adit = new Adit();
    const odd = kiloNode('c', 3, { granularity: 'location', location: 'x" }; evil [label="' });
    const at = files({ 'all.json': listOf([...nodes, ...peers, odd]) });
    const words = ['cluster', 'graph', '--from', at('all.json'), '--granularity', 'location'];
    const { code, stdout } = await adit.run(words);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^digraph kilo \{\n.*\n\}\n$/s)]);
    expect(stdout).toContain('"a" -> "laptop" [dir=both, style=dashed];');
    expect(stdout).toContain('label="location:x\\" }; evil [label=\\""');
    expect(JSON.parse((await adit.run([...words, '-o', 'json'])).stdout)).toMatchObject({
      subnet: '10.4.0.0/16',
      groups: [{ key: 'location:', leader: 'a' }, { leader: 'c' }],
      peers: [{ name: 'laptop', allowedIps: ['10.5.0.1/32'] }],
    });
    expect((await adit.fault(['cluster', 'graph', '--from', at('all.json'), '-o', 'png'])).code).toBe(
      'wrong-usage',
    );
  });
});

describe('adit cluster manifest', () => {
  it('prints the two roles as YAML and JSON', async () => {
    const adit = new Adit();
    const { stdout } = await adit.run(['cluster', 'manifest', '--rbac']);
    const json = await adit.json('cluster', 'manifest', '--rbac');
    expect(parse(stdout)).toEqual(json);
    expect(json).toMatchObject({
      kind: 'List',
      items: [
        { kind: 'ClusterRole', metadata: { name: 'adit-reader' } },
        { kind: 'ClusterRole', metadata: { name: 'adit-joiner' } },
      ],
    });
    expect((await adit.fault(['cluster', 'manifest'])).code).toBe('wrong-usage');
  });
});
