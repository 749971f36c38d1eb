import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { generateKeyPair } from '../../shared/config/index.ts';
import { kiloNode, kiloPeer } from '../unit/cluster/clusters.ts';
import { temporaryFolder } from '../unit/machine.ts';
import { Adit, buildIfMissing } from './adit.ts';
import type { ToldFault } from './adit.ts';

const keys = generateKeyPair();

const dns = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'kube-dns', namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } },
  spec: { clusterIP: '10.43.0.10' },
};

describe('adit cluster import, sync and gateway', () => {
  let adit: Adit;
  let file: string;
  let keyFile: string;

  beforeAll(buildIfMissing);

  beforeEach(() => {
    adit = new Adit();
    const folder = temporaryFolder();
    file = join(folder, 'cluster.json');
    keyFile = join(folder, 'key');
    writeFileSync(keyFile, keys.privateKey, { mode: 0o600 });
    write(['a', 'b', 'c']);
  });

  function write(names: readonly string[], annotations: Readonly<Record<string, unknown>> = {}): void {
    const peer = kiloPeer('laptop', { publicKey: keys.publicKey });
    const nodes = names.map((name, index) => kiloNode(name, index + 1, index === 0 ? annotations : {}));
    writeFileSync(file, JSON.stringify({ kind: 'List', items: [...nodes, peer, dns] }));
  }

  function imported(...words: string[]): Promise<unknown> {
    return adit.json('cluster', 'import', '--from', file, '--as', 'work', '--peer', 'laptop', ...words);
  }

  function text(name = 'work'): string {
    return readFileSync(join(adit.home, 'profiles', `${name}.conf`), 'utf8');
  }

  async function fault(...words: string[]): Promise<ToldFault> {
    const { code, stdout } = await adit.run([...words, '--json']);
    expect(code).toBe(1);
    return (JSON.parse(stdout) as { error: ToldFault }).error;
  }

  it('keeps a Peer with its key, and the cluster’s names', async () => {
    const words = ['--private-key', keyFile, '--service-cidr', '10.43.0.0/16', '--names'];
    expect(await imported(...words)).toMatchObject({
      profile: 'work',
      peer: 'laptop',
      publicKey: keys.publicKey,
      addresses: ['10.5.0.1/32'],
      gateway: 'a',
      dns: {
        servers: ['10.43.0.10'],
        domains: expect.arrayContaining(['cluster.local', '43.10.in-addr.arpa']) as unknown,
      },
    });
    expect(text()).toContain(`PrivateKey = ${keys.privateKey}`);
    expect(text()).toContain('DNS = 10.43.0.10');
    expect(await adit.json('check', join(adit.home, 'profiles', 'work.conf'))).toEqual(expect.anything());
  });

  it('refuses a Peer whose key is not here, or is another', async () => {
    const words = ['cluster', 'import', '--from', file, '--as', 'work', '--peer', 'laptop'];
    expect((await fault(...words)).code).toBe('cluster-key-missing');
    writeFileSync(keyFile, generateKeyPair().privateKey);
    expect((await fault(...words, '--private-key', keyFile)).message).toContain('is not that of the Peer');
    expect(await adit.json('list')).toMatchObject({ profiles: [] });
  });

  it('follows its files, and says what changed; under another name too', async () => {
    await imported('--private-key', keyFile, '--service-cidr', '10.43.0.0/16');
    await adit.json('rename', 'work', 'other');
    expect(await adit.json('cluster', 'sync', 'other', '--once')).toMatchObject({
      changes: [],
      applied: false,
    });
    write(['a', 'b']);
    expect(await adit.json('cluster', 'sync', 'other', '--once')).toMatchObject({
      profile: 'other',
      changes: [{ kind: 'removed', name: 'c' }],
      gateway: 'a',
    });
    expect(text('other')).not.toContain('10.42.3.0/24');
    expect(await adit.json('cluster', 'gateway', 'other', 'b')).toMatchObject({ gateway: 'b' });
    expect(text('other')).toMatch(/# Name = b\n[^[]*10\.43\.0\.0\/16/);
    expect((await fault('cluster', 'gateway', 'other', 'z')).code).toBe('gateway-not-found');
    expect(await adit.json('cluster', 'sync', 'other', '--once')).toMatchObject({
      changes: [],
      gateway: 'b',
    });
  });

  it('lets nobody who may annotate a node have all traffic', async () => {
    await imported('--private-key', keyFile);
    const before = text();
    write(['a', 'b', 'c'], { 'allowed-location-ips': '128.0.0.0/1' });
    const { code, message } = await fault('cluster', 'sync', 'work', '--once');
    expect([code, message]).toEqual(['cluster-range-wide', expect.stringContaining('128.0.0.0/1')]);
    expect(text()).toBe(before);
    const words = ['cluster', 'sync', 'work', '--once', '--accept', 'cluster-range-wide'];
    expect(await adit.json(...words)).toMatchObject({ changes: [{ kind: 'changed', name: 'a' }] });
  });

  it('does not remember what was piped in', async () => {
    const words = ['cluster', 'import', '--from', '/dev/stdin', '--as', 'work', '--peer', 'laptop'];
    const shell = `"$@" <${file}`;
    const before = ['sh', '-c', shell, 'sh'];
    const { code, stdout } = await adit.run([...words, '--private-key', keyFile, '-o', 'yaml'], { before });
    expect([code, stdout]).toEqual([0, expect.stringContaining('remembered: false')]);
    expect((await fault('cluster', 'sync', 'work', '--once')).code).toBe('profile-of-no-cluster');
  });

  it('does not wait for a cluster that there is none of', async () => {
    const conf = join(temporaryFolder(), 'plain.conf');
    writeFileSync(conf, `[Interface]\nPrivateKey = ${keys.privateKey}\nAddress = 10.9.9.9/32\n`);
    await adit.json('import', conf);
    expect((await fault('cluster', 'sync', 'plain')).code).toBe('profile-of-no-cluster');
  });

  it('is only for profiles that are of a cluster, and are there', async () => {
    const conf = join(temporaryFolder(), 'plain.conf');
    writeFileSync(conf, `[Interface]\nPrivateKey = ${keys.privateKey}\nAddress = 10.9.9.9/32\n`);
    await adit.json('import', conf);
    expect((await fault('cluster', 'sync', 'plain', '--once')).code).toBe('profile-of-no-cluster');
    expect((await fault('cluster', 'gateway', 'plain', 'a')).code).toBe('profile-of-no-cluster');
    expect((await fault('cluster', 'sync', 'none', '--once')).code).toBe('profile-not-found');
    await imported('--private-key', keyFile);
    expect((await fault('cluster', 'gateway', 'work', 'a')).code).toBe('gateway-without-services');
    writeFileSync(join(adit.home, 'profiles', 'work.kube'), '{');
    expect((await fault('cluster', 'sync', 'work', '--once')).code).toBe('cluster-record-unreadable');
  });
});
