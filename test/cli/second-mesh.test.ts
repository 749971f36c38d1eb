import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { keyOf } from '../unit/cluster/clusters.ts';
import { temporaryFolder } from '../unit/machine.ts';
import { Adit, buildIfMissing } from './adit.ts';

beforeAll(buildIfMissing);

const node = (name: string, podCIDR: string, address: string): unknown => ({
  kind: 'Node',
  apiVersion: 'v1',
  metadata: { name },
  spec: { podCIDR },
  status: { addresses: [{ type: 'ExternalIP', address }] },
});

const nodes = {
  kind: 'List',
  items: [node('a', '10.42.0.0/24', '203.0.113.1'), node('b', '10.42.1.0/24', '203.0.113.2')],
};
const lines = `adit-node a ${keyOf('a')} 203.0.113.1:51822\nadit-node b ${keyOf('b')} 203.0.113.2:51822\n`;

/** The words that name a file with this content. */
function fileWith(content: string | Uint8Array): string {
  const path = join(temporaryFolder(), 'file');
  writeFileSync(path, content);
  return path;
}

interface Script {
  readonly publicKey: string;
  readonly address: string;
  readonly network: string;
  readonly script: string;
}

const list = (): string[] => ['--nodes', fileWith(JSON.stringify(nodes))];

describe('a second mesh from the command line', () => {
  it('has one key from the first script to the profile, which never is in a script', async () => {
    const adit = new Adit();
    const first = (await adit.json(
      'cluster',
      'manifest',
      '--node',
      'a',
      '--as',
      'work',
      ...list(),
    )) as Script;
    const all = (await adit.json('cluster', 'manifest', '--every-node', '--as', 'work', ...list())) as Script;
    expect([all.publicKey, all.address]).toEqual([first.publicKey, first.address]);
    const ring = join(adit.home, 'clusters', 'keys');
    const [file = ''] = readdirSync(ring);
    const privateKey = readFileSync(join(ring, file), 'utf8').trim();
    expect(all.script).toContain(`laptop_key=${first.publicKey}`);
    expect(all.script).not.toContain(privateKey);

    const words = ['cluster', 'import', '--as', 'work', '--keys', fileWith(lines), ...list()];
    expect(await adit.json(...words, '--service-cidr', '10.43.0.0/16', '--gateway', 'b')).toMatchObject({
      profile: 'work',
      interface: 'work',
      gateway: 'b',
      addresses: [`${first.address}/32`],
      peers: [{ name: 'a' }, { name: 'b', endpoint: '203.0.113.2:51822' }],
    });
    const kept = join(adit.home, 'profiles', 'work.conf');
    expect(readFileSync(kept, 'utf8')).toContain(`PrivateKey = ${privateKey}`);
    expect(statSync(kept).mode & 0o777).toBe(0o600);
    expect(readdirSync(ring)).toEqual([]);

    // A node that came later: the same key, made anew only on request.
    const later = (await adit.json(
      'cluster',
      'manifest',
      '--node',
      'b',
      '--as',
      'work',
      ...list(),
    )) as Script;
    expect(later.publicKey).toBe(first.publicKey);
    expect((await adit.fault([...words])).code).toBe('profile-exists');
    expect(await adit.json(...words, '--replace', '--single')).toMatchObject({
      gateway: 'b',
      peers: [{ name: 'b' }],
    });
    expect(readFileSync(kept, 'utf8')).toContain(`PrivateKey = ${privateKey}`);
  });

  it('takes lines as PowerShell saves them, in UTF-16', async () => {
    const adit = new Adit();
    await adit.json('cluster', 'manifest', '--every-node', '--as', 'work', ...list());
    const saved = Buffer.from(`\u{feff}${lines.replace(/\n/g, '\r\n')}`, 'utf16le');
    const words = ['cluster', 'import', '--as', 'work', '--keys', fileWith(saved), ...list()];
    expect(await adit.json(...words)).toMatchObject({ peers: [{ name: 'a' }, { name: 'b' }] });
  });

  it('knows a profile that was renamed, and takes no other for one', async () => {
    const adit = new Adit();
    const scriptFor = async (name: string): Promise<Script> =>
      (await adit.json('cluster', 'manifest', '--every-node', '--as', name, ...list())) as Script;
    const { publicKey } = await scriptFor('work');
    await adit.json('cluster', 'import', '--as', 'work', '--keys', fileWith(lines), ...list());
    await adit.json('rename', 'work', 'job');
    expect((await scriptFor('job')).publicKey).toBe(publicKey);
    expect((await scriptFor('work')).publicKey).not.toBe(publicKey);
    await adit.json('new', 'other', '--address=10.0.0.1/24', '--listen-port=51820');
    const words = ['cluster', 'manifest', '--every-node', '--as', 'other', ...list()];
    expect((await adit.fault(words)).code).toBe('profile-exists');
  });

  it('is followed, and takes in the lines of nodes that came later', async () => {
    const adit = new Adit();
    const saved = fileWith(JSON.stringify(nodes));
    const from = ['--nodes', saved];
    const importing = ['cluster', 'import', '--as', 'work', ...from, '--keys'];
    await adit.json('cluster', 'manifest', '--every-node', '--as', 'work', ...from);
    await adit.json(
      ...importing,
      fileWith(lines),
      '--service-cidr=10.43.0.0/16',
      '--pod-cidr=b=10.42.7.0/24',
    );
    const sync = ['cluster', 'sync', 'work', '--once'];
    expect(await adit.json(...sync)).toMatchObject({ changes: [], gateway: 'a', applied: false });

    const more = [node('b', '10.42.1.0/24', '203.0.113.2'), node('c', '10.42.2.0/24', '203.0.113.3')];
    writeFileSync(saved, JSON.stringify({ kind: 'List', items: more }));
    expect(await adit.json(...sync)).toMatchObject({
      changes: [
        { name: 'b', what: ['with 10.43.0.0/16'] },
        { name: 'a', kind: 'removed' },
      ],
      gateway: 'b',
      warnings: [{ code: 'node-line-missing', object: 'node/c' }],
    });
    const { stdout } = await adit.run(sync);
    expect(stdout).toContain('adit cluster manifest --node c --as work > node.sh');

    const later = fileWith(`adit-node c ${keyOf('c')} 203.0.113.3:51822\n`);
    const joined = await adit.json(...importing, later, '--replace');
    expect(joined).toMatchObject({
      gateway: 'b',
      serviceCidrs: ['10.43.0.0/16'],
      peers: [{ name: 'b' }, { name: 'c', allowedIps: [expect.any(String), '10.42.2.0/24'] }],
    });
    expect(JSON.stringify(joined)).not.toContain('node-line-missing');
    expect(JSON.stringify(joined)).toContain('10.42.7.0/24');
    expect(await adit.json('cluster', 'gateway', 'work', 'c')).toMatchObject({ gateway: 'c' });
    expect((await adit.fault(['cluster', 'gateway', 'work', 'a'])).code).toBe('gateway-not-found');

    // The node that was away comes back with the line that was kept.
    writeFileSync(saved, JSON.stringify({ kind: 'List', items: [...nodes.items.slice(0, 1), ...more] }));
    expect(await adit.json(...sync)).toMatchObject({ changes: [{ name: 'a', kind: 'added' }], gateway: 'c' });
    expect(await adit.json(...importing, later, '--replace', '--forget=a')).toMatchObject({
      peers: [{ name: 'b' }, { name: 'c' }],
      warnings: expect.arrayContaining([
        expect.objectContaining({ code: 'node-line-missing', object: 'node/a' }),
      ]) as unknown,
    });
  });

  it('has the cluster’s names where they are wanted, of a profile that is there too', async () => {
    const adit = new Adit();
    const dns = {
      kind: 'Service',
      apiVersion: 'v1',
      metadata: { name: 'kube-dns', namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } },
      spec: { clusterIP: '10.43.0.10' },
    };
    const from = ['--from', fileWith(JSON.stringify({ ...nodes, items: [...nodes.items, dns] }))];
    const importing = ['cluster', 'import', '--as', 'work', ...from, '--keys', fileWith(lines)];
    await adit.json('cluster', 'manifest', '--every-node', '--as', 'work', ...from);
    expect((await adit.fault([...importing, '--names', '--service-cidr=10.9.0.0/16'])).code).toBe(
      'cluster-names-unreachable',
    );
    const text = (): string => readFileSync(join(adit.home, 'profiles', 'work.conf'), 'utf8');
    await adit.json(...importing, '--service-cidr=10.43.0.0/16');
    expect(text()).not.toContain('DNS');
    expect(await adit.json(...importing, '--names', '--replace')).toMatchObject({
      dns: { servers: ['10.43.0.10'], domains: expect.arrayContaining(['cluster.local']) as string[] },
    });
    expect(text()).toContain('DNS = 10.43.0.10');
    const settings = readFileSync(join(adit.home, 'profiles', 'work.json'), 'utf8');
    expect(settings).toContain('cluster.local');
    expect(await adit.json('cluster', 'sync', 'work', '--once')).toMatchObject({ changes: [] });
  });

  it('joins new lines to a profile of before it was remembered what that is made of', async () => {
    const adit = new Adit();
    const importing = ['cluster', 'import', '--as', 'work', ...list(), '--keys'];
    const [ofA = '', ofB = ''] = lines.split('\n');
    await adit.json('cluster', 'manifest', '--every-node', '--as', 'work', ...list());
    await adit.json(...importing, fileWith(ofA));
    rmSync(join(adit.home, 'profiles', 'work.kube'));
    expect((await adit.fault(['cluster', 'sync', 'work', '--once'])).code).toBe('profile-of-no-cluster');
    expect(await adit.json(...importing, fileWith(ofB), '--replace')).toMatchObject({
      peers: [{ name: 'a', publicKey: keyOf('a') }, { name: 'b' }],
    });
    expect(await adit.json('cluster', 'sync', 'work', '--once')).toMatchObject({ changes: [] });
  });

  it('cannot be followed where its cluster was piped in, and says so', async () => {
    const adit = new Adit();
    await adit.json('cluster', 'manifest', '--every-node', '--as', 'work', ...list());
    const words = ['cluster', 'import', '--as', 'work', '--keys', fileWith(lines), '--from', '-'];
    const [, saved = ''] = list();
    const { code } = await adit.run(words, { before: ['sh', '-c', 'cat "$0" | "$@"', saved] });
    expect(code).toBe(0);
    const { code: why, message } = await adit.fault(['cluster', 'sync', 'work', '--once']);
    expect([why, message]).toEqual(['profile-of-no-cluster', expect.stringContaining('piped in')]);
  });

  it('says in words what to do next, and what is missing', async () => {
    const adit = new Adit();
    const made = await adit.run(['cluster', 'manifest', '--every-node', '--as', 'my work', ...list()]);
    expect(made.stdout).toMatch(/^#!\/bin\/sh\n/);
    expect(made.stderr).toContain("adit cluster import --as 'my work' --keys keys.txt");
    const [first = ''] = lines.split('\n');
    const { stdout } = await adit.run([
      'cluster',
      'import',
      '--as',
      'my work',
      '--keys',
      fileWith(first),
      ...list(),
    ]);
    expect(stdout).toContain('"my work" is kept, with 1 node as a peer.');
    expect(stdout).toContain('There is no line of b');
  });

  it('is refused with a code where something does not fit', async () => {
    const adit = new Adit();
    const source = list();
    const manifest = ['cluster', 'manifest', ...source];
    expect((await adit.fault([...manifest, '--node', 'a'])).code).toBe('wrong-usage');
    expect((await adit.fault([...manifest, '--node', 'a', '--every-node', '--as', 'x'])).code).toBe(
      'wrong-usage',
    );
    expect((await adit.fault([...manifest, '--every-node', '--as', 'x', '--endpoint', 'h'])).code).toBe(
      'wrong-usage',
    );
    expect((await adit.fault([...manifest, '--node', 'z', '--as', 'x'])).code).toBe('node-not-found');
    expect((await adit.fault([...manifest, '--node', 'a', '--as', '../x'])).code).toBe(
      'profile-name-invalid',
    );
    const importing = ['cluster', 'import', ...source, '--keys', fileWith(lines), '--as'];
    expect((await adit.fault([...importing, 'y'])).code).toBe('second-mesh-unknown');
    expect((await adit.fault([...importing, 'y', '--peer=laptop'])).code).toBe('wrong-usage');
    const ofKilo = ['cluster', 'import', ...source, '--as=y', '--peer=laptop'];
    expect((await adit.fault([...ofKilo, '--replace'])).code).toBe('wrong-usage');
    await adit.json(...manifest, '--every-node', '--as', 'x');
    expect((await adit.fault([...importing, 'x', '--gateway', 'z'])).code).toBe('gateway-not-found');
    expect((await adit.fault([...importing, 'x', '--pod-cidr', 'z=10.1.0.0/24'])).code).toBe(
      'node-not-found',
    );
    expect((await adit.fault([...importing, 'x', '--replace', '--forget=z'])).code).toBe('node-not-found');
    expect((await adit.fault([...importing, 'x', '--service-cidr', 'auto'])).code).toBe(
      'service-cidr-unknown',
    );
    expect(
      (await adit.fault(['cluster', 'import', ...source, '--as', 'x', '--keys', fileWith('junk')])).code,
    ).toBe('node-lines-missing');
    expect(readdirSync(adit.home)).not.toContain('profiles');
  });
});
