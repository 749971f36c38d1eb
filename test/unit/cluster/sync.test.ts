import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { importKiloPeer } from '../../../electron/backend/cluster/import.ts';
import { KeptClusters } from '../../../electron/backend/cluster/kept.ts';
import { KeyRing } from '../../../electron/backend/cluster/keys.ts';
import { ClusterSync } from '../../../electron/backend/cluster/sync.ts';
import type { SyncHands } from '../../../electron/backend/cluster/sync.ts';
import { ProfileStore } from '../../../electron/backend/profiles/store.ts';
import { chosenServiceCidrs } from '../../../shared/cluster/chosen-service-cidrs.ts';
import { clusterOf } from '../../../shared/cluster/cluster.ts';
import type { ClusterReadings, KindReading } from '../../../shared/cluster/readings.ts';
import { generateKeyPair } from '../../../shared/config/index.ts';
import { FaultError } from '../../../shared/fault.ts';
import type { Fault } from '../../../shared/fault.ts';
import { temporaryFolder } from '../machine.ts';
import { kiloNode, kiloPeer, now, readingsOf } from './clusters.ts';

const keys = generateKeyPair();

const serviceCidr = (name: string, cidr: string): unknown => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'ServiceCIDR',
  metadata: { name },
  spec: { cidrs: [cidr] },
  status: { conditions: [{ type: 'Ready', status: 'True' }] },
});

const kubernetes = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'kubernetes', namespace: 'default' },
  spec: { clusterIP: '10.43.0.1' },
};

function readings(peer: Readonly<Record<string, unknown>> = {}): ClusterReadings {
  return readingsOf(
    {
      nodes: ['a', 'b'].map((name, index) => kiloNode(name, index + 1)),
      peers: [kiloPeer('laptop', { publicKey: keys.publicKey, ...peer })],
      services: [kubernetes],
      serviceCidrs: [serviceCidr('kubernetes', '10.43.0.0/16'), serviceCidr('more', '10.77.0.0/16')],
    },
    { date: now },
  );
}

function withRefused(found: ClusterReadings): ClusterReadings {
  const serviceCidrs: KindReading = { kind: 'refused', reason: 'you may not' };
  return { ...found, kinds: { ...found.kinds, serviceCidrs } };
}

function withoutPeers(found: ClusterReadings): ClusterReadings {
  return { ...found, kinds: { ...found.kinds, peers: { kind: 'read', items: [] } } };
}

describe('a sync', () => {
  let home: string;
  let store: ProfileStore;
  let kept: KeptClusters;

  beforeEach(async () => {
    home = temporaryFolder();
    store = new ProfileStore(home);
    kept = new KeptClusters(store);
    const cluster = clusterOf(readings());
    await importKiloPeer(
      { store, kept, keys: new KeyRing(home) },
      'work',
      cluster,
      { peer: 'laptop', serviceCidrs: chosenServiceCidrs(['auto'], cluster), gateway: null },
      null,
      {
        source: { kind: 'files', paths: ['/nowhere'] },
        serviceCidrs: ['auto'],
        gateway: null,
        granularity: null,
        topologyLabel: null,
      },
      keys.privateKey,
      [],
    );
  });

  const path = (name: string): string => join(home, 'profiles', name);
  const text = (): string => readFileSync(path('work.conf'), 'utf8');

  function syncOf(read: SyncHands['read']): ClusterSync {
    return new ClusterSync('work', { store, kept, socket: '/nowhere', read, accept: [], subtract: false });
  }

  async function codeOf(work: Promise<unknown>): Promise<string> {
    return (await faultIn(work)).code;
  }

  async function faultIn(work: Promise<unknown>): Promise<Fault> {
    const fault = await work.then(
      () => null,
      (error: unknown) => error,
    );
    if (!(fault instanceof FaultError)) throw new Error(`no fault: ${String(fault)}`);
    return fault.fault;
  }

  it('brings nothing back that is removed while it reads', async () => {
    const sync = syncOf(async () => {
      await store.remove(await store.find('work'));
      return readings();
    });
    expect(await codeOf(sync.step())).toBe('profile-not-found');
    expect(readdirSync(join(home, 'profiles'))).toEqual([]);
  });

  it('keeps what is changed while it reads', async () => {
    const sync = syncOf(async () => {
      writeFileSync(path('work.conf'), text().replace('[Interface]', '[Interface]\nMTU = 1300'));
      await kept.keep('work', { ...(await kept.get('work')), gateway: 'b' });
      return readings();
    });
    expect(await sync.step()).toMatchObject({ gateway: 'b' });
    expect(text()).toContain('MTU = 1300');
    expect((await kept.get('work')).gateway).toBe('b');
  });

  it('leaves Services as they were where their list is refused, and only guessed at', async () => {
    expect(text()).toContain('10.77.0.0/16');
    const sync = syncOf(() => Promise.resolve(withRefused(readings())));
    expect(await sync.step()).toMatchObject({ differences: [] });
    expect(text()).toContain('10.77.0.0/16');
  });

  it('asks for what tells of Services once in a while only', async () => {
    const asked: boolean[] = [];
    const sync = syncOf((_, { kinds }) => {
      const withServices = kinds.includes('services');
      asked.push(withServices);
      const found = readings();
      const serviceCidrs: KindReading = { kind: 'unasked' };
      const services: KindReading = { kind: 'unasked' };
      return Promise.resolve(
        withServices ? found : { ...found, kinds: { ...found.kinds, serviceCidrs, services } },
      );
    });
    for (let step = 0; step < 3; step++) expect(await sync.step()).toMatchObject({ differences: [] });
    expect(asked).toEqual([true, false, false]);
  });

  it('says that the Peer has another key, and takes over another address', async () => {
    const other = syncOf(() => Promise.resolve(readings({ publicKey: generateKeyPair().publicKey })));
    expect(await codeOf(other.step())).toBe('peer-key-changed');
    const moved = syncOf(() => Promise.resolve(readings({ allowedIPs: ['10.5.0.9/32'] })));
    expect((await moved.step()).differences).toEqual([
      {
        kind: 'changed',
        name: 'work',
        publicKey: keys.publicKey,
        what: ['address 10.5.0.1/32 -> 10.5.0.9/32'],
      },
    ]);
    expect(text()).toContain('Address = 10.5.0.9/32');
  });

  it('says how a Peer that is gone is made again', async () => {
    const gone = syncOf(() => Promise.resolve(withoutPeers(readings())));
    expect(await faultIn(gone.step())).toMatchObject({
      code: 'kilo-peer-not-found',
      message: expect.stringContaining('"laptop" any more') as string,
      hint: expect.stringContaining('save them again') as string,
    });
    const before = text();
    const known = await kept.get('work');
    const source = { kind: 'api' as const, kubeconfig: ['/a b'], isNamed: true, context: "it's" };
    await kept.keep('work', { ...known, source });
    expect((await faultIn(gone.step())).command).toBe(
      "adit cluster connect --kubeconfig '/a b' --context 'it'\\''s' --as work",
    );
    expect(text()).toBe(before);
  });
});
