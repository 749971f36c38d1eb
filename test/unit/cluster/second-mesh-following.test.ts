import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { keepSecondMesh } from '../../../electron/backend/cluster/keep-second-mesh.ts';
import { KeptClusters, isOfMesh } from '../../../electron/backend/cluster/kept.ts';
import type { KeptMesh } from '../../../electron/backend/cluster/kept.ts';
import { keptMembers, membersIn } from '../../../electron/backend/cluster/kept-members.ts';
import { KeyRing } from '../../../electron/backend/cluster/keys.ts';
import { ClusterSync } from '../../../electron/backend/cluster/sync.ts';
import type { SyncStep } from '../../../electron/backend/cluster/sync.ts';
import type { Profile } from '../../../electron/backend/profiles/profile.ts';
import { ProfileStore } from '../../../electron/backend/profiles/store.ts';
import { clusterOf } from '../../../shared/cluster/cluster.ts';
import type { ClusterReadings } from '../../../shared/cluster/readings.ts';
import {
  joinMembers,
  laptopEndFor,
  readNodeLines,
  secondMeshOf,
  secondMeshProfile,
} from '../../../shared/cluster/second-mesh/index.ts';
import { formatMeshEndpoint } from '../../../shared/cluster/values/endpoint.ts';
import { FaultError } from '../../../shared/fault.ts';
import { formatAddress } from '../../../shared/network/address.ts';
import type { Prefix } from '../../../shared/network/prefix.ts';
import { temporaryFolder } from '../machine.ts';
import { keyOf, now, readingsOf } from './clusters.ts';

const noCidrs: ReadonlyMap<string, readonly Prefix[]> = new Map();

/** What a node is at a look. */
interface NodeFacts {
  readonly pods?: string | null;
  readonly address?: string;
  readonly ready?: boolean;
}

type Nodes = Readonly<Record<string, NodeFacts>>;

const usual: Nodes = {
  a: { pods: '10.42.1.0/24', address: '203.0.113.1' },
  b: { pods: '10.42.2.0/24', address: '203.0.113.2' },
  c: { pods: '10.42.3.0/24', address: '203.0.113.3' },
};

function readings(nodes: Nodes, serviceCidrs: readonly string[] | null = ['10.43.0.0/16']): ClusterReadings {
  return readingsOf(
    {
      nodes: Object.entries(nodes).map(([name, { pods = null, address, ready = true }]) => ({
        kind: 'Node',
        metadata: { name },
        spec: pods === null ? {} : { podCIDR: pods, podCIDRs: [pods] },
        status: {
          addresses: address === undefined ? [] : [{ type: 'ExternalIP', address }],
          conditions: [{ type: 'Ready', status: ready ? 'True' : 'Unknown' }],
        },
      })),
      ...(serviceCidrs === null
        ? {}
        : {
            serviceCidrs: serviceCidrs.map((cidr, index) => ({
              metadata: { name: `range-${index}` },
              spec: { cidrs: [cidr] },
              status: { conditions: [{ type: 'Ready', status: 'True' }] },
            })),
          }),
    },
    { date: now },
  );
}

const lines = ['a 203.0.113.1:51822', 'b 203.0.113.2:51822', 'c nat.example.com:7000']
  .map((text) => text.split(' '))
  .map(([name = '', endpoint = '']) => `adit-node ${name} ${keyOf(name)} ${endpoint}`);

describe('a sync of a second mesh', () => {
  let home: string;
  let store: ProfileStore;
  let kept: KeptClusters;
  let cluster: ClusterReadings;

  beforeEach(async () => {
    home = temporaryFolder();
    store = new ProfileStore(home);
    kept = new KeptClusters(store);
    await keep({});
  });

  /** Makes the profile as `cluster import --keys` does. */
  async function keep(choices: Partial<KeptMesh>): Promise<void> {
    cluster = readings(usual);
    const known = clusterOf(cluster);
    const keys = new KeyRing(home);
    const laptop = laptopEndFor(known, await keys.make(), { networks: [], addresses: [] });
    const mesh = secondMeshOf(known, laptop);
    const { members } = joinMembers(known, mesh, readNodeLines(lines.join('\n'), known).lines, []);
    const serviceCidrs = known.serviceCidrs.map(({ cidr }) => cidr);
    const options = { addresses: laptop.addresses, single: false, gateway: null, podCidrs: noCidrs };
    const name = `work${choices.single === true ? '-single' : ''}`;
    await keepSecondMesh(
      { store, kept, keys },
      name,
      laptop,
      secondMeshProfile(known, members, { ...options, single: choices.single ?? false, serviceCidrs }),
      {
        source: { kind: 'files', paths: ['/nowhere'] },
        serviceCidrs: ['auto'],
        services: ['10.43.0.0/16'],
        gateway: null,
        addresses: laptop.addresses.map(formatAddress),
        single: false,
        hasCilium: false,
        podCidrs: {},
        members: keptMembers(members),
        ...choices,
      },
      null,
      false,
      { store, socket: '/nowhere', accept: [], subtract: false },
    );
  }

  const path = (): string => join(home, 'profiles', 'work.conf');

  function step(gateway?: string, profile = 'work'): Promise<SyncStep> {
    const read = () => Promise.resolve(cluster);
    const hands = { store, kept, socket: '/nowhere', read, accept: [], subtract: false };
    return new ClusterSync(profile, hands).step(gateway);
  }

  async function codeOf(work: Promise<unknown>): Promise<string> {
    const error = await work.then(
      () => null,
      (reason: unknown) => reason,
    );
    if (error instanceof FaultError) return error.fault.code;
    throw new Error(`no fault: ${String(error)}`);
  }

  /** What each peer of the profile carries without its own address, and where it is dialled. */
  async function peers(profile = 'work'): Promise<Record<string, string>> {
    const { peers: all } = (await store.find(profile)).summary();
    return Object.fromEntries(
      all.map(({ name, allowedIps, endpoint }) => [
        name ?? '',
        `${allowedIps.filter((text) => !text.endsWith('/32')).join(' ')} at ${endpoint}`,
      ]),
    );
  }

  it('has nothing to do while the cluster is what it was', async () => {
    const before = readFileSync(path(), 'utf8');
    expect(await step()).toEqual({
      differences: [],
      stale: [],
      gateway: 'a',
      isApplied: false,
      warnings: [],
    });
    expect(readFileSync(path(), 'utf8')).toBe(before);
  });

  it('takes the peer of a node that is gone, moves the gateway, and gives both back', async () => {
    const before = await peers();
    const { a: gone, ...others } = usual;
    cluster = readings(others);
    expect(await step()).toMatchObject({ gateway: 'b', differences: [{ name: 'b' }, { kind: 'removed' }] });
    expect(await peers()).toEqual({
      b: '10.42.2.0/24 10.43.0.0/16 at 203.0.113.2:51822',
      c: '10.42.3.0/24 at nat.example.com:7000',
    });
    cluster = readings({ ...others, a: gone ?? {} });
    // The gateway stays where it is: nobody has chosen the one that came back.
    expect(await step()).toMatchObject({ gateway: 'b', differences: [{ name: 'a', kind: 'added' }] });
    expect(Object.keys(await peers())).toEqual(Object.keys(before));
  });

  it('goes back to the gateway that was chosen when that comes back', async () => {
    await step('c');
    const { c: gone, ...others } = usual;
    cluster = readings(others);
    expect(await step()).toMatchObject({ gateway: 'a' });
    cluster = readings({ ...others, c: gone ?? {} });
    expect(await step()).toMatchObject({ gateway: 'c' });
  });

  it('follows Pod CIDRs, Services, and addresses that are the cluster’s', async () => {
    cluster = readings(
      {
        a: { pods: '10.42.9.0/24', address: '203.0.113.9' },
        b: { pods: '10.42.2.0/24', address: '192.168.1.2' },
        c: { pods: '10.42.3.0/24', address: '203.0.113.33' },
      },
      ['10.43.0.0/16', '10.77.0.0/16'],
    );
    const { differences } = await step();
    expect(differences.map(({ name }) => name)).toEqual(['a']);
    expect(await peers()).toEqual({
      a: '10.42.9.0/24 10.43.0.0/16 10.77.0.0/16 at 203.0.113.9:51822',
      // No public address gives way to one that only its own network reaches.
      b: '10.42.2.0/24 at 203.0.113.2:51822',
      // What somebody has told the script stays.
      c: '10.42.3.0/24 at nat.example.com:7000',
    });
  });

  it('takes a line that it had already for nothing new', async () => {
    cluster = readings({ ...usual, a: { ...usual['a'], address: '203.0.113.9' } });
    await step();
    const record = await kept.get('work');
    if (!isOfMesh(record)) throw new Error('no mesh');
    const known = clusterOf(cluster);
    const mesh = secondMeshOf(known, laptopEndFor(known, keyOf('L'), { networks: [], addresses: [] }));
    const join = (text: string): unknown[] => {
      const { lines: taken } = readNodeLines(text, known);
      const { members } = joinMembers(known, mesh, taken, membersIn(record));
      return members.filter(({ name }) => name === 'a').map(({ endpoint }) => formatMeshEndpoint(endpoint));
    };
    expect(join(lines.join('\n'))).toEqual(['203.0.113.9:51822']);
    expect(join(`adit-node a ${keyOf('a')} 198.51.100.1:51822`)).toEqual(['198.51.100.1:51822']);
  });

  it('keeps Pods, addresses and Services that one look does not tell of', async () => {
    const before = await peers();
    cluster = readings({ a: {}, b: {}, c: {} }, null);
    expect(await step()).toMatchObject({ differences: [] });
    expect(await peers()).toEqual(before);
  });

  it('marks a node that is not ready, and leaves it its peer and the Services', async () => {
    cluster = readings({ ...usual, a: { ...usual['a'], ready: false } });
    expect(await step()).toMatchObject({ gateway: 'a', stale: [{ name: 'a', stays: 'always' }] });
    expect(await peers()).toHaveProperty('a (stale)', '10.42.1.0/24 10.43.0.0/16 at 203.0.113.1:51822');
  });

  it('tells of a node without a line, and how to make its script', async () => {
    cluster = readings({ ...usual, d: { pods: '10.42.4.0/24', address: '203.0.113.4' } });
    const { warnings, differences } = await step();
    expect(differences).toEqual([]);
    expect(warnings.map(({ code, object }) => [code, object])).toEqual([['node-line-missing', 'node/d']]);
    expect(warnings[0]?.hint).toContain('adit cluster manifest --node d --as work > node.sh');
  });

  it('leaves all as it is where none of its nodes is there, or the cluster has a range too wide', async () => {
    const before = readFileSync(path(), 'utf8');
    cluster = readings({ other: { pods: '10.42.1.0/24' } });
    expect(await codeOf(step())).toBe('node-lines-missing');
    cluster = readings({ ...usual, a: { ...usual['a'], pods: '0.0.0.0/1' } });
    expect(await codeOf(step())).toBe('cluster-range-wide');
    expect(readFileSync(path(), 'utf8')).toBe(before);
  });

  it('leaves all as it is where what was remembered is damaged', async () => {
    const record = join(home, 'profiles', 'work.kube');
    const [written, before] = [readFileSync(record, 'utf8'), await peers()];
    const { addresses } = (await store.find('work')).summary();
    for (const part of [
      'adit-node b',
      '"203.0.113.2:51822"',
      '"10.42.1.0/24"',
      addresses[0]?.split('/')[0] ?? '',
    ]) {
      expect(written).toContain(part);
      writeFileSync(record, written.replace(part, part.startsWith('"') ? '"?"' : '?'));
      expect(await codeOf(step())).toBe('cluster-record-unreadable');
      expect(await peers()).toEqual(before);
    }
  });

  it('moves the gateway on request, and only to a node that has a line and is there', async () => {
    expect(await step('b')).toMatchObject({ gateway: 'b' });
    expect(await codeOf(step('d'))).toBe('gateway-not-found');
    expect(await step()).toMatchObject({ gateway: 'b' });
  });

  it('has all Pods of the cluster on one node where that is wanted, those of nodes without a line too', async () => {
    await keep({ single: true });
    cluster = readings({ ...usual, d: { pods: '10.42.4.0/24' } });
    await step('b', 'work-single');
    expect(await peers('work-single')).toEqual({
      b: '10.42.1.0/24 10.42.2.0/23 10.42.4.0/24 10.43.0.0/16 at 203.0.113.2:51822',
    });
  });

  it('says that it cannot look again at what was piped in', async () => {
    const record = await kept.get('work');
    if (!isOfMesh(record)) throw new Error('no mesh');
    await kept.keep('work', { ...record, source: null });
    expect(await codeOf(step())).toBe('profile-of-no-cluster');
  });

  it('loses no line that is taken in while it writes', async () => {
    class BusyStore extends ProfileStore {
      override async replace(...words: Parameters<ProfileStore['replace']>): Promise<Profile> {
        const record = await kept.get('work');
        if (!isOfMesh(record)) throw new Error('no mesh');
        const line = `adit-node d ${keyOf('d')} 203.0.113.4:51822`;
        const member = {
          line,
          endpoint: '203.0.113.4:51822',
          addresses: ['10.200.200.5'],
          isFollowed: false,
          podCidrs: [],
        };
        await kept.keep('work', { ...record, members: [...record.members, member] });
        return super.replace(...words);
      }
    }
    cluster = readings({ ...usual, a: { pods: '10.42.9.0/24' }, d: { pods: '10.42.4.0/24' } });
    const read = () => Promise.resolve(cluster);
    const busy = new BusyStore(home);
    const hands = { store: busy, kept, socket: '/nowhere', read, accept: [], subtract: false };
    await new ClusterSync('work', hands).step('b');
    expect(await step()).toMatchObject({ gateway: 'b', differences: [{ name: 'd', kind: 'added' }] });
  });

  it('keeps what the person wrote', async () => {
    writeFileSync(
      path(),
      `${readFileSync(path(), 'utf8').replace('[Interface]', '[Interface]\nMTU = 1300')}\n[Peer]\nPublicKey = ${keyOf('M')}\nAllowedIPs = 172.20.0.0/16\n`,
    );
    cluster = readings({ b: usual['b'] ?? {} });
    await step();
    const text = readFileSync(path(), 'utf8');
    expect(text).toContain('MTU = 1300');
    expect(text).toContain('AllowedIPs = 172.20.0.0/16');
  });
});
