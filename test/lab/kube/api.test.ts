import { writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { protobufType, readProtobuf } from '../../../electron/backend/cluster/api/protobuf.ts';
import { Adit, buildIfMissing } from '../../cli/adit.ts';
import { kiloNode, kiloPeer, keyOf } from '../../unit/cluster/clusters.ts';
import { joinerRole, readerRole } from '../../../shared/cluster/manifests/roles.ts';
import { KubeCluster } from './cluster.ts';
import { defineKilo, peersPath } from './kilo.ts';
import { kubePrograms } from './programs.ts';
import { startProxy } from './proxy.ts';

const programs = await kubePrograms();
const serviceCidrs = '/apis/networking.k8s.io/v1/servicecidrs';

/** What the built-in role "view" allows of what is asked for; itself it is empty without a controller. */
const viewerRole = {
  metadata: { name: 'viewer' },
  rules: [
    { apiGroups: [''], resources: ['services', 'configmaps', 'pods'], verbs: ['get', 'list', 'watch'] },
  ],
};

interface ReadNode {
  readonly metadata: { readonly name: string; readonly labels?: unknown; readonly annotations?: unknown };
  readonly spec: {
    readonly podCIDR?: string;
    readonly podCIDRs?: readonly string[];
    readonly providerID?: string;
  };
  readonly status: {
    readonly addresses?: readonly unknown[];
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

/** What of a node is looked at. */
function readParts({ metadata, spec, status }: ReadNode): unknown {
  const { name, labels = {}, annotations = {} } = metadata;
  const { podCIDR, podCIDRs = [], providerID } = spec;
  const ready = (status.conditions ?? []).find(({ type }) => type === 'Ready')?.status;
  return [name, labels, annotations, podCIDR, podCIDRs, providerID, status.addresses ?? [], ready];
}

/** A node that has something of everything. */
const talkativeNode = {
  metadata: {
    name: 'talkative',
    labels: { 'topology.kubernetes.io/region': 'eu', empty: '' },
    annotations: { 'kilo.squat.ai/location': 'Zürich', 'k3s.io/node-args': '["server"]', empty: '' },
    finalizers: ['example.org/stays'],
  },
  spec: {
    podCIDR: '10.42.9.0/24',
    podCIDRs: ['10.42.9.0/24', 'fd00:42:9::/64'],
    providerID: 'aws:///eu-west-1a/i-0abc',
    taints: [{ key: 'example.org/busy', effect: 'NoSchedule' }],
    unschedulable: true,
  },
  status: {
    capacity: { cpu: '4', memory: '8Gi' },
    addresses: [
      { type: 'InternalIP', address: '10.0.0.9' },
      { type: 'InternalIP', address: 'fd00::9' },
      { type: 'Hostname', address: 'talkative' },
    ],
    conditions: ['Ready', 'DiskPressure'].map((type) => ({
      ...{ type, status: type === 'Ready' ? 'True' : 'False', reason: 'Lab', message: 'in the lab' },
      ...{ lastHeartbeatTime: '2026-01-01T00:00:00Z', lastTransitionTime: '2026-01-01T00:00:00Z' },
    })),
    nodeInfo: { architecture: 'amd64', kubeletVersion: 'v1.35.0', osImage: 'Debian' },
    images: [{ names: ['example.org/image:1'], sizeBytes: 12345 }],
  },
};

/** More than one answer has. */
const manyNodes = 2100;

describe.skipIf(typeof programs === 'string')(
  `a real API server${typeof programs === 'string' ? ` [skipped: ${programs}]` : ''}`,
  { timeout: 180_000 },
  () => {
    let cluster: KubeCluster;
    let adit: Adit;

    beforeAll(async () => {
      if (typeof programs === 'string') return;
      buildIfMissing();
      cluster = await KubeCluster.start(programs);
      await defineKilo(cluster);
      const seen = String(Math.floor(Date.now() / 1000));
      for (const [index, name] of ['a', 'b'].entries())
        await cluster.write('POST', '/api/v1/nodes', kiloNode(name, index + 1, { 'last-seen': seen }));
      await cluster.write('POST', '/api/v1/nodes', kiloNode('late', 3, { 'last-seen': '1600000000' }));
      await cluster.write('POST', peersPath, kiloPeer('laptop', { presharedKey: keyOf('S') }));
      for (const role of [readerRole, joinerRole, viewerRole]) {
        await cluster.write('POST', '/apis/rbac.authorization.k8s.io/v1/clusterroles', role);
        await bind(role.metadata.name, role.metadata.name);
      }
      await makeReady();
    }, 180_000);

    beforeEach(() => {
      adit = new Adit();
    });

    afterAll(async () => {
      await cluster[Symbol.asyncDispose]();
    });

    /** Gives a role to the user of a name. */
    function bind(role: string, user: string): Promise<void> {
      return cluster.write('POST', '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
        metadata: { name: user },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
        subjects: [{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: user }],
      });
    }

    /** What the controller does for the ServiceCIDR that the server has made. */
    async function makeReady(): Promise<void> {
      const conditions = [
        {
          type: 'Ready',
          status: 'True',
          reason: 'Lab',
          message: '',
          lastTransitionTime: '2026-01-01T00:00:00Z',
        },
      ];
      await cluster.there(`${serviceCidrs}/kubernetes`);
      await cluster.write('PATCH', `${serviceCidrs}/kubernetes/status`, { status: { conditions } });
    }

    /** Words for a command as somebody, by a kubeconfig. */
    function as(kubeconfig: string, ...words: string[]): string[] {
      const path = join(cluster.folder, `config-${Math.random()}`);
      writeFileSync(path, kubeconfig, { mode: 0o600 });
      return ['cluster', ...words, '--kubeconfig', path];
    }

    async function inspect(
      kubeconfig: string,
    ): Promise<Record<string, unknown> & { warnings: { code: string; message: string }[] }> {
      return (await adit.json(...as(kubeconfig, 'inspect'))) as never;
    }

    it('tells an administrator of its nodes, ranges and Peers, by its own time', async () => {
      const found = await inspect(cluster.kubeconfig());
      expect(found).toMatchObject({
        network: 'kilo',
        granularity: 'full',
        serviceCidrs: [{ cidr: '10.43.0.0/16', source: 'servicecidrs', guessed: false }],
        nodes: [
          { name: 'a', ready: true },
          { name: 'b', ready: true },
          { name: 'late', ready: false },
        ],
        peers: [{ name: 'laptop' }],
      });
      expect(JSON.stringify(found)).not.toContain(keyOf('S'));
      const codes = found.warnings.map(({ code }) => code);
      expect(codes).not.toContain('clock-from-nodes');
      expect(codes).not.toContain('list-refused');
    });

    it('gives one who may read the network a profile, and says what else it does not tell', async () => {
      const reader = cluster.kubeconfig({ name: readerRole.metadata.name });
      const words = as(reader, 'profile', '--peer', 'laptop');
      const { code, stdout, stderr } = await adit.run(words);
      expect([code, stdout.match(/^# Name = .*/gm), stderr]).toEqual([
        0,
        ['# Name = laptop', '# Name = a', '# Name = b'],
        expect.not.stringContaining('taken for now'),
      ]);
      const services = as(reader, 'profile', '--peer', 'laptop', '--service-cidr', 'auto');
      expect((await adit.run(services)).stdout).toContain('10.43.0.0/16');
      const graph = as(reader, 'graph');
      expect((await adit.run(graph)).stdout).toContain('"a" -> "laptop"');
      const refused = (await inspect(reader)).warnings.filter((warning) => warning.code === 'list-refused');
      expect(refused.map(({ message }) => message.replace(/ could.*/, ''))).toEqual([
        'The configMaps',
        'The pods',
        'The ciliumNodes',
      ]);
    });

    it('says to one who may only view which role is missing, and shows what there is', async () => {
      const viewer = cluster.kubeconfig({ name: 'viewer' });
      for (const words of [['profile', '--peer', 'laptop'], ['graph']])
        expect(await adit.fault(as(viewer, ...words))).toMatchObject({
          code: 'api-forbidden',
          message: expect.stringContaining('cannot list resource "nodes"') as string,
          hint: expect.stringContaining('adit-reader') as string,
        });
      const found = await inspect(viewer);
      expect(found).toMatchObject({
        nodes: [],
        serviceCidrs: [{ source: 'kubernetes-service', guessed: true }],
      });
      expect((await adit.fault(as(cluster.kubeconfig({ name: 'nobody' }), 'inspect'))).code).toBe(
        'api-forbidden',
      );
    });

    it('lets one who joins make a Peer and take it away, and one who reads neither', async () => {
      const impersonating = (user: string): Promise<number[]> =>
        Promise.all(
          ['create', 'patch', 'delete', 'list'].map(async (verb) => {
            const resourceAttributes = { group: 'kilo.squat.ai', resource: 'peers', verb };
            const spec = { user, resourceAttributes };
            const { value } = await cluster.ask(
              'POST',
              '/apis/authorization.k8s.io/v1/subjectaccessreviews',
              { spec },
            );
            return Number((value as { status: { allowed: boolean } }).status.allowed);
          }),
        );
      expect(await impersonating(joinerRole.metadata.name)).toEqual([1, 1, 1, 1]);
      expect(await impersonating(readerRole.metadata.name)).toEqual([0, 0, 0, 1]);
    });

    it('does not know one whose certificate has expired, or is of somebody else, or is none', async () => {
      const expired = cluster.kubeconfig({ name: 'late', groups: ['system:masters'], days: null });
      expect(await adit.fault(as(expired, 'inspect'))).toMatchObject({ code: 'client-certificate-expired' });
      const token = cluster.kubeconfigFor({ token: 'made-up' });
      expect((await adit.fault(as(token, 'inspect'))).code).toBe('api-unauthorized');
      expect((await adit.fault(as(cluster.kubeconfigFor({}), 'inspect'))).code).toBe('api-forbidden');
    });

    it('is whom its certificate says, under the name that the kubeconfig has for it', async () => {
      const codeOf = async (override: Readonly<Record<string, unknown>>): Promise<string> =>
        (await adit.fault(as(cluster.kubeconfig(undefined, override), 'inspect'))).code;
      const localhost = `https://localhost:${cluster.port}`;
      expect(await codeOf({ 'tls-server-name': 'elsewhere' })).toBe('api-on-loopback');
      expect(await codeOf({ server: localhost })).toBe('api-on-loopback');
      expect(await codeOf({ 'certificate-authority-data': undefined })).toBe('api-on-loopback');
      const named = { server: localhost, 'tls-server-name': 'kubernetes' };
      expect(await inspect(cluster.kubeconfig(undefined, named))).toMatchObject({ network: 'kilo' });
      const blind = { 'certificate-authority-data': undefined, 'insecure-skip-tls-verify': true };
      expect(await inspect(cluster.kubeconfig(undefined, blind))).toMatchObject({ network: 'kilo' });
    });

    it('is asked as whoever an exec plugin’s certificate is for, or whom the kubeconfig acts as', async () => {
      const { certificate, key } = cluster.authority.sign({ name: readerRole.metadata.name });
      const apiVersion = 'client.authentication.k8s.io/v1';
      const status = { clientCertificateData: certificate, clientKeyData: key };
      const printed = JSON.stringify({ apiVersion, kind: 'ExecCredential', status });
      const exec = { apiVersion, command: '/bin/echo', args: [printed], interactiveMode: 'Never' };
      const words = as(cluster.kubeconfigFor({ exec }), 'profile', '--peer', 'laptop', '--allow-exec');
      expect((await adit.run(words)).stdout).toContain('# Name = a');
      const admin = cluster.authority.sign({ name: 'admin', groups: ['system:masters'] });
      const acting = cluster.kubeconfigFor({
        'client-certificate-data': Buffer.from(admin.certificate).toString('base64'),
        'client-key-data': Buffer.from(admin.key).toString('base64'),
        as: 'viewer',
      });
      expect((await adit.fault(as(acting, 'graph'))).message).toContain('User "viewer" cannot list');
    });

    it.each(['http', 'socks5'] as const)('is reached by a proxy that speaks %s', async (kind) => {
      await using proxy = await startProxy(kind);
      const proxied = cluster.kubeconfig(undefined, { 'proxy-url': `${kind}://127.0.0.1:${proxy.port}` });
      expect(await inspect(proxied)).toMatchObject({ network: 'kilo', nodes: [{ name: 'a' }, {}, {}] });
      expect(new Set(proxy.asked)).toEqual(new Set([`127.0.0.1:${cluster.port}`]));
    });

    it('that a proxy does not reach is told of in its words', async () => {
      await using proxy = await startProxy('http', 502);
      const override = { server: 'https://api.example:6443', 'proxy-url': `http://127.0.0.1:${proxy.port}` };
      expect(await adit.fault(as(cluster.kubeconfig(undefined, override), 'inspect'))).toMatchObject({
        code: 'api-unreachable',
        message: expect.stringContaining(`the proxy 127.0.0.1:${proxy.port} answers 502`) as string,
      });
    });

    it('says of nodes in protobuf what it says in JSON', async () => {
      await cluster.write('POST', '/api/v1/nodes', talkativeNode);
      await cluster.write('PATCH', '/api/v1/nodes/talkative/status', { status: talkativeNode.status });
      const [asProtobuf, asJson] = await Promise.all(
        [protobufType, 'application/json'].map((type) => nodesAs(type)),
      );
      const json = JSON.parse(String(asJson)) as { items: ReadNode[] };
      const binary = readProtobuf(asProtobuf ?? Buffer.alloc(0)) as { items: ReadNode[] };
      expect(binary.items.map(readParts)).toEqual(json.items.map(readParts));
      expect(binary.items.map(({ metadata }) => metadata.name)).toContain('talkative');
    });

    /** All nodes, as a server writes them in a format. */
    function nodesAs(accept: string): Promise<Buffer> {
      const { certificate: ca } = cluster.authority;
      const { certificate: cert, key } = cluster.authority.sign({ name: 'root', groups: ['system:masters'] });
      return new Promise((resolve, reject) => {
        const where = { host: '127.0.0.1', port: cluster.port, path: '/api/v1/nodes', ca, cert, key };
        get({ ...where, agent: false, headers: { accept } }, (response) => {
          void buffer(response).then(resolve, reject);
        }).on('error', reject);
      });
    }

    it('gives a list of many pages whole', async () => {
      const names = Array.from({ length: manyNodes }, (_, index) => `many-${index}`);
      for (let at = 0; at < names.length; at += 50)
        await Promise.all(
          names
            .slice(at, at + 50)
            .map((name) => cluster.write('POST', '/api/v1/nodes', { metadata: { name } })),
        );
      const { nodes } = await inspect(cluster.kubeconfig());
      expect((nodes as { name: string }[]).filter(({ name }) => name.startsWith('many-'))).toHaveLength(
        manyNodes,
      );
    });
  },
);
