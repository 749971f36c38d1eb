import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import type { ApiClient } from '../../../electron/backend/cluster/api/client.ts';
import { openApi } from '../../../electron/backend/cluster/api/open.ts';
import { readCluster } from '../../../electron/backend/cluster/api/read-cluster.ts';
import { KeyRing } from '../../../electron/backend/cluster/keys.ts';
import { OwnKeys } from '../../../electron/backend/cluster/own-keys.ts';
import { applyPeer } from '../../../electron/backend/cluster/peers/apply.ts';
import { remakePeer } from '../../../electron/backend/cluster/peers/remake.ts';
import type { LostPeer } from '../../../electron/backend/cluster/peers/remake.ts';
import type { PeerWish } from '../../../electron/backend/cluster/peers/wish.ts';
import { deletePeer } from '../../../electron/backend/cluster/peers/objects.ts';
import { clusterOf } from '../../../shared/cluster/cluster.ts';
import { joinerRole, readerRole } from '../../../shared/cluster/manifests/roles.ts';
import type { Address } from '../../../shared/network/address.ts';
import { Adit, buildIfMissing } from '../../cli/adit.ts';
import { keyOf, kiloNode, kiloPeer } from '../../unit/cluster/clusters.ts';
import { KubeCluster } from './cluster.ts';
import { defineKilo, peersPath } from './kilo.ts';
import { kubePrograms } from './programs.ts';

const programs = await kubePrograms();

/** Where objects of a kind are made. */
const paths: Readonly<Record<string, string>> = {
  Peer: peersPath,
  Service: '/api/v1/namespaces/default/services',
  EndpointSlice: '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices',
};

interface Applied {
  readonly name: string;
  readonly publicKey: string;
  readonly addresses: string[];
  readonly outcome: string;
}

interface PeerObject {
  readonly metadata: {
    readonly name: string;
    readonly uid?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly spec: Readonly<Record<string, unknown>>;
}

const anyWish: PeerWish = {
  name: null,
  usualName: 'laptop',
  addresses: [],
  pools: [],
  avoid: [],
  endpoint: null,
  keepalive: null,
};

describe.skipIf(typeof programs === 'string')(
  `Peers in a real API server${typeof programs === 'string' ? ` [skipped: ${programs}]` : ''}`,
  { timeout: 180_000 },
  () => {
    let cluster: KubeCluster;
    let adit: Adit;
    let joiner: string[];
    let reader: string[];

    beforeAll(async () => {
      if (typeof programs === 'string') return;
      buildIfMissing();
      cluster = await KubeCluster.start(programs);
      await defineKilo(cluster);
      // Long enough ahead for them to be in the mesh until the end.
      const seen = String(Math.floor(Date.now() / 1000) + 3600);
      for (const [index, name] of ['a', 'b'].entries())
        await cluster.write('POST', '/api/v1/nodes', kiloNode(name, index + 1, { 'last-seen': seen }));
      for (const role of [readerRole, joinerRole]) {
        await cluster.write('POST', '/apis/rbac.authorization.k8s.io/v1/clusterroles', role);
        await cluster.write('POST', '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
          metadata: { name: role.metadata.name },
          roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role.metadata.name },
          subjects: [{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: role.metadata.name }],
        });
      }
      joiner = kubeconfigOf(joinerRole.metadata.name);
      reader = kubeconfigOf(readerRole.metadata.name);
    }, 180_000);

    beforeEach(async () => {
      adit = new Adit();
      await cluster.write('DELETE', peersPath);
      await cluster.write('POST', peersPath, kiloPeer('first'));
    });

    afterAll(async () => {
      await cluster[Symbol.asyncDispose]();
    });

    function kubeconfigOf(user: string): string[] {
      const path = join(cluster.folder, `${user}.yaml`);
      writeFileSync(path, cluster.kubeconfig({ name: user }), { mode: 0o600 });
      return ['--kubeconfig', path];
    }

    function apply(own: Adit, ...words: string[]): Promise<Applied> {
      return own.json('cluster', 'peer', 'apply', ...words, ...joiner) as Promise<Applied>;
    }

    /** Does some work with the API, as one who has adit-joiner and nothing else. */
    async function asJoiner<T>(work: (client: ApiClient) => Promise<T>): Promise<T> {
      const [, kubeconfig = null] = joiner;
      const circumstances = {
        environment: {},
        hasPerson: false,
        patience: 1,
        allow: () => Promise.reject(new Error('no exec plugin')),
      };
      const client = await openApi({ kubeconfig, context: null }, circumstances);
      try {
        return await work(client);
      } finally {
        client.close();
      }
    }

    async function peerNamed(name: string): Promise<PeerObject> {
      const { status, value } = await cluster.ask('GET', `${peersPath}/${name}`);
      expect(status).toBe(200);
      return value as PeerObject;
    }

    async function peerNames(): Promise<string[]> {
      const { value } = await cluster.ask('GET', peersPath);
      return (value as { items: PeerObject[] }).items.map(({ metadata }) => metadata.name);
    }

    it('one who has adit-joiner and nothing else makes, changes and removes', async () => {
      const made = await apply(adit, '--name', 'laptop');
      expect(made).toMatchObject({ name: 'laptop', addresses: ['10.5.0.2/32'], outcome: 'created' });
      expect(await peerNamed('laptop')).toMatchObject({
        metadata: { labels: { 'app.kubernetes.io/managed-by': 'adit' } },
        spec: { allowedIPs: ['10.5.0.2/32'], publicKey: made.publicKey, persistentKeepalive: 25 },
      });
      expect((await peerNamed('laptop')).spec).not.toHaveProperty('endpoint');
      expect(await new KeyRing(adit.home).find(made.publicKey)).not.toBeNull();
      expect(await apply(adit, '--name', 'laptop')).toEqual({ ...made, outcome: 'unchanged' });

      const words = ['--name', 'laptop', '--endpoint', 'laptop.example.com:51820', '--keepalive', '10'];
      expect(await apply(adit, ...words)).toEqual({ ...made, outcome: 'changed' });
      const moved = await apply(
        adit,
        '--name',
        'laptop',
        '--endpoint',
        '203.0.113.7:1',
        '--address',
        '10.5.9.9',
      );
      expect(moved).toEqual({ ...made, addresses: ['10.5.9.9/32'], outcome: 'changed' });
      expect((await peerNamed('laptop')).spec).toEqual({
        allowedIPs: ['10.5.9.9/32'],
        endpoint: { dnsOrIP: { ip: '203.0.113.7' }, port: 1 },
        persistentKeepalive: 10,
        publicKey: made.publicKey,
      });

      expect(await adit.json('cluster', 'peer', 'list', ...reader)).toMatchObject({
        peers: [
          { name: 'first', addresses: ['10.5.0.1/32'], endpoint: null, isOurs: false },
          { name: 'laptop', publicKey: made.publicKey, endpoint: '203.0.113.7:1', isOurs: true },
        ],
      });
      const same = ['cluster', 'peer', 'apply', '--name', 'laptop', ...joiner, '-o', 'yaml'];
      expect(parse((await adit.run(same)).stdout)).toMatchObject({ name: 'laptop', outcome: 'unchanged' });
      expect(await adit.json('cluster', 'peer', 'remove', ...joiner)).toEqual({ name: 'laptop' });
      expect(await peerNames()).toEqual(['first']);
      expect(await new KeyRing(adit.home).find(made.publicKey)).toBeNull();
    });

    it('one that somebody has made anew under its name is not taken away in its stead', async () => {
      await apply(adit, '--name', 'laptop');
      const { uid = '' } = (await peerNamed('laptop')).metadata;
      await cluster.write('DELETE', `${peersPath}/laptop`);
      await cluster.write('POST', peersPath, kiloPeer('laptop', { allowedIPs: ['10.5.7.7/32'] }));
      await asJoiner(async (client) => {
        await expect(deletePeer(client, 'laptop', uid)).rejects.toMatchObject({
          fault: { code: 'api-refused' },
        });
      });
      expect((await peerNamed('laptop')).spec['allowedIPs']).toEqual(['10.5.7.7/32']);
    });

    it('who has read the cluster before somebody else took the address, takes the next after all', async () => {
      await asJoiner(async (client) => {
        const before = clusterOf(await readCluster(client, { kinds: ['nodes', 'peers'], required: [] }));
        const wish: PeerWish = { ...anyWish, keepalive: 0 };
        const made = [];
        for (const { home } of [adit, new Adit(), new Adit()])
          made.push(await applyPeer(client, before, wish, new OwnKeys(home)));
        expect(made.map(({ name, addresses }) => [name, ...addresses])).toEqual([
          ['laptop', '10.5.0.2/32'],
          ['laptop-2', '10.5.0.3/32'],
          ['laptop-3', '10.5.0.4/32'],
        ]);
        expect((await peerNamed('laptop-3')).spec['allowedIPs']).toEqual(['10.5.0.4/32']);
        // Those of the first are as they were.
        expect((await peerNamed('laptop')).spec['allowedIPs']).toEqual(['10.5.0.2/32']);
      });
    });

    it('one that is gone is made again: under the name that its key has, or nobody’s', async () => {
      const made = await apply(adit, '--name', 'laptop');
      const lost: LostPeer = {
        name: 'laptop',
        publicKey: made.publicKey,
        addresses: [{ family: 4, words: [0x0a050002] }],
      };
      const again = (wish: Partial<PeerWish> = {}) =>
        asJoiner(async (client) => {
          const kinds = ['nodes', 'peers'] as const;
          const found = clusterOf(await readCluster(client, { kinds: [...kinds], required: [] }));
          return remakePeer(client, found, lost, { ...anyWish, ...wish });
        });
      const { spec } = await peerNamed('laptop');
      await cluster.write('DELETE', `${peersPath}/laptop`);
      expect(await again()).toEqual(made);
      expect((await peerNamed('laptop')).spec).toEqual(spec);

      await cluster.write('DELETE', `${peersPath}/laptop`);
      await cluster.write('POST', peersPath, kiloPeer('laptop', { allowedIPs: ['10.5.0.9/32'] }));
      expect(await again()).toBeNull();
      const renamed = { ...spec, allowedIPs: ['10.5.0.8/32'] };
      await cluster.write('POST', peersPath, kiloPeer('alice', renamed));
      expect(await again()).toMatchObject({
        name: 'alice',
        outcome: 'unchanged',
        addresses: ['10.5.0.8/32'],
      });

      for (const name of ['laptop', 'alice']) await cluster.write('DELETE', `${peersPath}/${name}`);
      await cluster.write('POST', peersPath, kiloPeer('rival', { allowedIPs: ['10.5.0.0/30'] }));
      const wanted: Address = { family: 4, words: [0x0a050001] };
      await expect(again({ addresses: [wanted] })).rejects.toMatchObject({
        fault: { code: 'peer-address-taken' },
      });
      expect(await again({ keepalive: 10 })).toEqual({ ...made, addresses: ['10.5.0.4/32'] });
      expect((await peerNamed('laptop')).spec['persistentKeepalive']).toBe(10);
    });

    it('of many who take one address at a time, each has another at the end', async () => {
      const laptops = Array.from({ length: 6 }, (_, index) => ({ own: new Adit(), name: `laptop-${index}` }));
      const made = await Promise.all(laptops.map(({ own, name }) => apply(own, '--name', name)));
      const { value } = await cluster.ask('GET', peersPath);
      const written = (value as { items: PeerObject[] }).items.map(({ spec }) => spec['allowedIPs']);
      expect(written.flat().sort()).toEqual(
        Array.from({ length: 7 }, (_, index) => `10.5.0.${index + 1}/32`),
      );
      expect(made.flatMap(({ addresses }) => addresses).sort()).toEqual(written.flat().sort().slice(1));
    });

    it('of two who ask for one address at a time, one is told, and nothing of it is left', async () => {
      const laptops = ['x', 'y'].map((name) => ({ own: new Adit(), name }));
      const outcomes = await Promise.all(
        laptops.map(({ own, name }) =>
          own.run([
            'cluster',
            'peer',
            'apply',
            '--name',
            name,
            '--address',
            '10.5.0.77',
            '--json',
            ...joiner,
          ]),
        ),
      );
      const codes = outcomes.map(({ code }) => code).sort();
      expect(codes).toEqual([0, 1]);
      const refused = outcomes.find(({ code }) => code === 1);
      expect(JSON.parse(refused?.stdout ?? '')).toMatchObject({ error: { code: 'peer-address-taken' } });
      expect(await peerNames()).toHaveLength(2);
    });

    it('a name that is somebody else’s is left alone, and so is the Peer', async () => {
      const fault = await adit.fault(['cluster', 'peer', 'apply', '--name', 'first', ...joiner]);
      expect(fault.code).toBe('peer-name-taken');
      const words = ['cluster', 'peer', 'remove', 'first', ...joiner];
      expect(await adit.fault(words)).toMatchObject({
        code: 'peer-not-ours',
        command: 'kubectl delete peers.kilo.squat.ai first',
      });
      expect((await adit.fault(['cluster', 'peer', 'remove', ...joiner])).code).toBe('kilo-peer-not-found');
      expect((await adit.fault(['cluster', 'peer', 'remove', 'nobody', ...joiner])).code).toBe(
        'kilo-peer-not-found',
      );
      expect((await peerNamed('first')).spec['publicKey']).toBe(keyOf('Q'));
      const usual = (await apply(adit)).name;
      expect((await apply(new Adit())).name).toBe(`${usual}-2`);
      expect((await apply(adit)).outcome).toBe('unchanged');
      const renamed = new Adit();
      await apply(renamed, '--name', 'whatever');
      expect(await apply(renamed, '--keepalive', '10')).toMatchObject({
        name: 'whatever',
        outcome: 'changed',
      });
    });

    it.each(['10.5.0.1', '10.42.1.7', '10.43.0.9', '10.4.0.200', '10.1.0.1', '203.0.113.1'])(
      'the address %s is in use, and not given again',
      async (address) => {
        const words = ['cluster', 'peer', 'apply', '--name', 'laptop', '--address', address, ...joiner];
        expect((await adit.fault(words)).code).toBe('peer-address-taken');
        expect(await peerNames()).toEqual(['first']);
      },
    );

    it('one who may only read is told of the role and of the request, and keeps no key', async () => {
      const fault = await adit.fault(['cluster', 'peer', 'apply', ...reader]);
      expect(fault).toMatchObject({
        code: 'api-forbidden',
        message: expect.stringContaining('cannot create resource "peers"') as string,
        hint: expect.stringContaining('adit cluster manifest --rbac') as string,
        command: 'adit cluster request',
      });
      const { publicKey } = await apply(adit, '--name', 'laptop');
      expect((await adit.fault(['cluster', 'peer', 'remove', ...reader])).code).toBe('api-forbidden');
      expect(await new KeyRing(adit.home).find(publicKey)).not.toBeNull();
    });

    /** What is printed, as the server reads it: objects of YAML. */
    async function printed(words: readonly string[], own = adit): Promise<PeerObject[]> {
      const { code, stdout, stderr } = await own.run(['cluster', ...words]);
      expect([code, stdout], stderr).toEqual([0, expect.stringContaining('apiVersion') as string]);
      return parseAllDocuments(stdout).map((document) => document.toJS() as PeerObject);
    }

    /** What the server says to an object of a kind, without making it. */
    async function tried(object: unknown): Promise<[number, string]> {
      const { kind } = object as { kind: string };
      const path = paths[kind];
      if (path === undefined) throw new Error(kind);
      const { status, value } = await cluster.ask(
        'POST',
        `${path}?dryRun=All&fieldValidation=Strict`,
        object,
      );
      return [status, (value as { message?: string }).message ?? ''];
    }

    it('takes every object that is printed, strictly, and makes nothing of it', async () => {
      const key = keyOf('R');
      const relay = ['manifest', '--relay', '--key', key, '--address', '10.200.200.2/24', '--for', 'cluster'];
      const outputs = await Promise.all([
        printed(['request', ...reader]),
        printed(['request', '--endpoint', '[2001:db8::1]:51820', '--pool', 'fd00:10:5::/64', ...reader]),
        printed(['request', '--endpoint', 'vpn.example.com:51820', '--keepalive', '0', ...reader]),
        printed([...relay, '--endpoint', 'relay.example.com:51820', ...reader]),
        printed(['expose', '80:8080', '--as', 'my-app', '-n', 'default', '--address', '10.5.0.7']),
        printed(['expose', '53/udp', '--as', 'a'.repeat(63), '-n', 'default', '--peer', 'first', ...reader]),
      ]);
      const objects = outputs.flat();
      expect(objects).toHaveLength(8);
      for (const object of objects) expect([object, await tried(object)]).toEqual([object, [201, '']]);
      expect(await peerNames()).toEqual(['first']);
    });

    it('does not take what is wrong with the Peer of a seed, or has a field too many', async () => {
      const flat = kiloPeer('goblin', { endpoint: { dns: 'goblin.lqingcloud.cn', port: 51820 } });
      const [status, message] = await tried({ ...(flat as object), kind: 'Peer' });
      expect([status, message]).toEqual([
        400,
        expect.stringContaining('unknown field "spec.endpoint.dns"') as string,
      ]);
    });

    it('a request is one for the administrator, and its key is held here', async () => {
      const nobody = kubeconfigOf('nobody');
      const [unread] = await printed(['request', '--name', 'asked', ...nobody]);
      expect(String(unread?.spec['allowedIPs'])).toMatch(/^10\.5\.[0-9]+\.[0-9]+\/32$/);
      const seen = (await adit.json('cluster', 'request', '--name', 'asked', ...nobody)) as {
        isAddressChecked: boolean;
      };
      expect(seen.isAddressChecked).toBe(false);

      const [read] = await printed(['request', '--name', 'asked', ...reader]);
      expect(read?.spec['allowedIPs']).toEqual(['10.5.0.2/32']);
      expect(JSON.stringify(read)).not.toContain('presharedKey');
      await cluster.write('POST', peersPath, read);
      const key = String(read?.spec['publicKey']);
      expect(await new KeyRing(adit.home).find(key)).not.toBeNull();
      expect(await adit.json('cluster', 'peer', 'list', ...reader)).toMatchObject({
        peers: [{ name: 'asked', isOurs: true }, { name: 'first' }],
      });
      // Asked again, it is the same Peer with what is to be changed.
      const [again] = await printed(['request', '--name', 'asked', '--keepalive', '10', ...reader]);
      expect(again?.spec).toEqual({ ...read?.spec, persistentKeepalive: 10 });
      const fault = await adit.fault(['cluster', 'request', '--name', 'first', ...reader]);
      expect(fault.code).toBe('peer-name-taken');
      const exposed = await printed(['expose', '80', '--as', 'my-app', ...reader]);
      expect(exposed[1]).toMatchObject({ endpoints: [{ addresses: ['10.5.0.2'] }] });
      // The answer is joined to the key; taking the Peer away leaves the key that a profile has.
      await adit.json('cluster', 'import', '--peer', 'asked', '--as', 'lab', ...reader);
      const [own] = ((await adit.json('list')) as { profiles: unknown[] }).profiles;
      expect(own).toMatchObject({ name: 'lab', publicKey: key, addresses: ['10.5.0.2/32'] });
      const removed = await adit.run(['cluster', 'peer', 'remove', 'asked', ...joiner, '-o', 'yaml']);
      expect(parse(removed.stdout)).toEqual({ name: 'asked' });
      expect(((await adit.json('list')) as { profiles: unknown[] }).profiles).toEqual([own]);
      // That address is not given to this laptop again, in whatever cluster.
      expect((await apply(adit, '--name', 'next')).addresses).toEqual(['10.5.0.3/32']);
    });

    it('a relay’s sections are those of its Peer once that is there', async () => {
      const words = [
        '--key',
        keyOf('R'),
        '--address',
        '10.200.200.2/24',
        '--endpoint',
        'relay.example.com:51820',
      ];
      const plan = (await adit.json('cluster', 'manifest', '--relay', ...words, ...reader)) as {
        peer: PeerObject;
        relay: string;
      };
      await cluster.write('POST', peersPath, plan.peer);
      const { stdout } = await adit.run(['cluster', 'profile', '--peer', 'relay', ...reader]);
      expect(stdout.slice(stdout.indexOf('[Peer]'))).toBe(plan.relay);
      expect(plan.relay).toContain('AllowedIPs = 10.42.1.0/24, 10.1.0.1/32, 10.4.0.1/32');
      // It stays free for the relay itself, and for nobody else.
      expect(await adit.json('cluster', 'manifest', '--relay', ...words, ...reader)).toEqual(plan);
      const other = ['cluster', 'manifest', '--relay', '--name', 'other', ...words, ...reader];
      expect((await adit.fault(other)).code).toBe('peer-address-taken');
    });
  },
);
