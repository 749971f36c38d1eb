import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mostPodRoutes, podRoutes } from '../../../shared/cluster/pod-routes.ts';
import { parseAddress } from '../../../shared/network/address.ts';
import type { Address } from '../../../shared/network/address.ts';
import { contains, formatPrefix } from '../../../shared/network/prefix.ts';
import type { Prefix } from '../../../shared/network/prefix.ts';
import { clusterOfLists, keyOf, warned } from './clusters.ts';

function addresses(...texts: string[]): Address[] {
  return texts.map((text) => {
    const address = parseAddress(text);
    if (address === null) throw new Error(text);
    return address;
  });
}

function routes(
  pods: Readonly<Record<string, readonly string[]>>,
  others: readonly string[] = [],
): Record<string, string[]> {
  const found = podRoutes(
    new Map(Object.entries(pods).map(([node, texts]) => [node, addresses(...texts)])),
    addresses(...others),
  );
  return Object.fromEntries([...found].map(([node, prefixes]) => [node, prefixes.map(formatPrefix)]));
}

/** Addresses 10.240.0.FROM and on. */
function block(from: number, count: number, step = 1): string[] {
  return Array.from(
    { length: count },
    (_, index) => `10.240.${(from + index * step) >>> 8}.${(from + index * step) & 255}`,
  );
}

function size({ family, length }: Prefix): number {
  return 2 ** ((family === 4 ? 32 : 128) - length);
}

describe('routes from the addresses of Pods', () => {
  it('are the addresses themselves where they are few, joined where nothing is added', () => {
    expect(routes({ a: ['10.240.0.4', '10.240.0.5', '10.240.0.9'], b: ['fd00::1'] })).toEqual({
      a: ['10.240.0.4/31', '10.240.0.9/32'],
      b: ['fd00::1/128'],
    });
  });

  it('are few for Azure’s blocks of thirty, and hold neither another node’s Pods nor a node', () => {
    const found = routes({ a: block(5, 30), b: block(36, 30), c: block(67, 30) }, [
      '10.240.0.4',
      '10.240.0.35',
      '10.240.0.66',
    ]);
    expect(found['a']).toEqual([
      '10.240.0.5/32',
      '10.240.0.6/31',
      '10.240.0.8/29',
      '10.240.0.16/28',
      '10.240.0.32/31',
      '10.240.0.34/32',
    ]);
    for (const list of Object.values(found)) expect(list.length).toBeLessThanOrEqual(mostPodRoutes);
  });

  it('join the nearest first where addresses are scattered as Amazon’s, and no further than it takes', () => {
    const found = podRoutes(new Map([['a', addresses(...block(8, 20, 4))]]), []).get('a') ?? [];
    expect(found.length).toBeLessThanOrEqual(mostPodRoutes);
    expect(found.length).toBeGreaterThan(mostPodRoutes - 3);
    // Five pairs of eight addresses, and the rest as they are.
    expect(found.reduce((sum, prefix) => sum + size(prefix), 0)).toBeLessThan(60);
  });

  it('give nobody an address that two nodes claim, or that is a node’s own', () => {
    expect(routes({ a: ['10.0.0.1', '10.0.0.2'], b: ['10.0.0.2', '10.0.0.3'] }, ['10.0.0.3'])).toEqual({
      a: ['10.0.0.1/32'],
      b: [],
    });
  });

  it('hold every Pod of their node and nobody else’s, whatever the addresses are', () => {
    const node = fc.uniqueArray(fc.nat(700), { maxLength: 60 });
    fc.assert(
      fc.property(node, node, node, fc.uniqueArray(fc.nat(700), { maxLength: 8 }), (a, b, c, own) => {
        const ofNodes = own.map((at) => block(at, 1)).flat();
        const pods = new Map(
          Object.entries({ a, b, c }).map(([name, places]) => [
            name,
            addresses(...places.flatMap((at) => block(at, 1))),
          ]),
        );
        const others = addresses(...ofNodes);
        const found = podRoutes(pods, others);
        for (const [name, list] of pods) {
          const mine = found.get(name) ?? [];
          const foreign = [
            ...[...pods].filter(([other]) => other !== name).flatMap(([, theirs]) => theirs),
            ...others,
          ];
          for (const prefix of mine)
            expect(foreign.filter((address) => contains(prefix, address))).toEqual([]);
          const isDisputed = (address: Address): boolean =>
            foreign.some(({ words }) => words[0] === address.words[0]);
          for (const address of list)
            expect(mine.filter((prefix) => contains(prefix, address))).toHaveLength(
              isDisputed(address) ? 0 : 1,
            );
        }
      }),
    );
  });

  it('of 100,000 Pods on 1,000 nodes take a few seconds', () => {
    const pods = new Map(
      Array.from({ length: 1000 }, (_, node): [string, Address[]] => [
        `n${node}`,
        Array.from({ length: 100 }, (__, index) => {
          const at = index * 1000 + ((node * 7919 + index * 104_729) % 1000);
          return { family: 4, words: [(10 * 2 ** 24 + at * 3) >>> 0] };
        }),
      ]),
    );
    const before = process.cpuUsage();
    expect(podRoutes(pods, []).size).toBe(1000);
    expect(process.cpuUsage(before).user / 1e6).toBeLessThan(5);
  });
});

function azureNode(name: string, index: number, rest: Readonly<Record<string, unknown>> = {}): unknown {
  return {
    metadata: { name, labels: { 'kubernetes.azure.com/cluster': 'lab' } },
    spec: { providerID: `azure:///subscriptions/x/${name}` },
    status: { addresses: [{ type: 'InternalIP', address: `10.240.0.${index}` }] },
    ...rest,
  };
}

function pod(
  name: string,
  nodeName: unknown,
  ip: unknown,
  rest: Readonly<Record<string, unknown>> = {},
): unknown {
  return {
    kind: 'Pod',
    metadata: { name, namespace: 'default' },
    spec: { nodeName, ...rest },
    status: { phase: 'Running', podIPs: [{ ip }] },
  };
}

describe('a cluster whose nodes have no Pod CIDRs', () => {
  it('has routes by its Pods, but not those in a node’s own network, those that ended, or nonsense', () => {
    const pods = [
      pod('one', 'a', '10.240.0.10'),
      pod('two', 'a', '10.240.0.11'),
      pod('proxy', 'a', '10.240.0.4', { hostNetwork: true }),
      pod('odd', 7, '10.240.0.12'),
      pod('none', 'a', 'nonsense'),
      {
        kind: 'Pod',
        metadata: { name: 'old' },
        spec: { nodeName: 'a' },
        status: { phase: 'Succeeded', podIP: '10.240.0.13' },
      },
      null,
      { spec: [], status: 7 },
    ];
    const cluster = clusterOfLists({ nodes: [azureNode('a', 4), azureNode('b', 5)], pods });
    expect(cluster.nodes.map(({ podCidrs }) => podCidrs.map(formatPrefix))).toEqual([['10.240.0.10/31'], []]);
    expect(warned(cluster).filter((text) => text.startsWith('pod-cidr'))).toEqual([
      'pod-cidr-from-pods node/a',
      'pod-cidr-missing node/b',
    ]);
  });

  it('goes by what Cilium gives its nodes before what Kubernetes says', () => {
    const ciliumNodes = [
      { metadata: { name: 'a' }, spec: { ipam: { podCIDRs: ['10.0.1.0/24', 'nonsense'] } } },
      { metadata: { name: 'b' }, spec: { ipam: 7 } },
    ];
    const nodes = ['a', 'b'].map((name) => ({ metadata: { name }, spec: { podCIDR: '10.244.0.0/24' } }));
    const cluster = clusterOfLists({ nodes, ciliumNodes });
    expect(cluster.nodes.map(({ podCidrs }) => podCidrs.map(formatPrefix))).toEqual([
      ['10.0.1.0/24'],
      ['10.244.0.0/24'],
    ]);
  });
});

describe('the MTU of a cluster', () => {
  const calico = (v6: boolean): Record<string, string> => ({
    'projectcalico.org/WireguardPublicKey': keyOf('Q'),
    ...(v6 ? { 'projectcalico.org/IPv6WireguardInterfaceAddr': 'fd00::1' } : {}),
  });
  const flannel = {
    'flannel.alpha.coreos.com/backend-type': 'wireguard',
    'flannel.alpha.coreos.com/backend-data': `{"PublicKey":"${keyOf('Q')}"}`,
  };
  it.each([
    ['nothing that encrypts', {}, '', null, 1500],
    ['Calico', calico(false), '', 1440, 1500],
    ['Calico with IPv6', calico(true), '', 1420, 1500],
    ['Calico on Azure', calico(false), 'azure:///x', 1340, 1400],
    ['Calico on GCE', calico(false), 'gce://p/z/n', 1400, 1460],
    ['Calico on AWS', calico(false), 'aws:///z/i', 8941, 9001],
    ['flannel', flannel, '', 1420, 1500],
    ['flannel on GCE', flannel, 'gce://p/z/n', 1380, 1460],
    ['flannel on Azure, which believes its interface', flannel, 'azure:///x', 1420, 1400],
  ])('is guessed for %s', (_, annotations, providerID, bytes, path) => {
    const cluster = clusterOfLists({
      nodes: [{ metadata: { name: 'a', annotations }, spec: { providerID } }],
    });
    expect(cluster.mtu).toEqual({ bytes, path, guessed: true });
    expect(warned(cluster).includes('mtu-above-path cluster')).toBe(bytes === 1420 && path === 1400);
  });
});
