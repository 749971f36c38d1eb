import { describe, expect, it } from 'vitest';
import { inspectionOf } from '../../../shared/cluster/inspection.ts';
import type { Inspection } from '../../../shared/cluster/inspection.ts';
import { clusterOf } from '../../../shared/cluster/cluster.ts';
import type { ClusterReadings } from '../../../shared/cluster/readings.ts';
import { readingsOf } from './clusters.ts';

const k3sWords = ['server', '--flannel-backend', 'none', '--service-cidr', '100.75.0.0/16'];
const k3s = (words: readonly string[]): unknown => ({
  metadata: { name: 'a', annotations: { 'k3s.io/node-args': JSON.stringify(words) } },
});
const range = (name: string, cidrs: readonly string[], ready = 'True'): unknown => ({
  metadata: { name },
  spec: { cidrs },
  status: { conditions: [{ type: 'Ready', status: ready }] },
});
const apiServer = {
  metadata: { name: 'kube-apiserver-a', namespace: 'kube-system', labels: { component: 'kube-apiserver' } },
  spec: {
    containers: [{ command: ['kube-apiserver', '--service-cluster-ip-range=10.77.0.0/16,fd77::/112'] }],
  },
};
const service = (namespace: string, name: string, clusterIP: string, labels = {}): unknown => ({
  metadata: { namespace, name, labels },
  spec: { clusterIP, clusterIPs: [clusterIP] },
});
const own = service('default', 'kubernetes', '10.96.0.1');
const kubeadm = { networking: { serviceSubnet: '10.88.0.0/16', dnsDomain: 'corp.local' } };

/** All six ways at once; the tests take them away one after the other. */
const lists = {
  nodes: [k3s(k3sWords)],
  pods: [apiServer],
  services: [own],
  serviceCidrs: [range('kubernetes', ['10.96.0.0/28']), range('more', ['10.99.0.0/24', 'fd99::/112'])],
};
const refusal = 'provided IP is not in the valid range. The range of valid IPs is 10.66.0.0/16';

function inspected(
  read: Parameters<typeof readingsOf>[0],
  rest: Partial<ClusterReadings> = {},
): Pick<Inspection, 'serviceCidrs' | 'dns' | 'warnings'> {
  return inspectionOf(clusterOf(readingsOf(read, rest)));
}

function found(...words: Parameters<typeof inspected>): string[] {
  return inspected(...words).serviceCidrs.map(
    ({ cidr, source, guessed }) => `${cidr} ${source}${guessed ? ' guessed' : ''}`,
  );
}

describe('the Service CIDR', () => {
  const { nodes, pods, services } = lists;

  it('comes from the first of six ways that answers', () => {
    const rest = { kubeadm, serviceRefusal: refusal };
    expect(found(lists, rest)).toEqual([
      '10.96.0.0/28 servicecidrs',
      '10.99.0.0/24 servicecidrs',
      'fd99::/112 servicecidrs',
    ]);
    expect(found({ nodes, pods, services }, rest)).toEqual(['10.88.0.0/16 kubeadm-config']);
    expect(found({ nodes, pods, services }, { serviceRefusal: refusal })).toEqual([
      '100.75.0.0/16 node-args',
    ]);
    expect(found({ pods, services }, { serviceRefusal: refusal })).toEqual([
      '10.77.0.0/16 apiserver-args',
      'fd77::/112 apiserver-args',
    ]);
    expect(found({ services }, { serviceRefusal: refusal })).toEqual(['10.66.0.0/16 refused-service']);
    expect(found({ services })).toEqual(['10.96.0.0/12 kubernetes-service guessed']);
    expect(found({})).toEqual([]);
  });

  it('is found with one dash, and where a shell starts the API server', () => {
    for (const words of [['-service-cidr', '10.75.0.0/16'], ['-service-cidr=10.75.0.0/16']])
      expect(found({ nodes: [k3s(['server', ...words])] })).toEqual(['10.75.0.0/16 node-args']);
    const line = 'exec kube-apiserver --v=2\n  --service-cluster-ip-range=10.77.0.0/16 --profiling=false';
    const containers = [{ command: ['/bin/sh', '-c', line] }];
    expect(found({ pods: [{ ...apiServer, spec: { containers } }] })).toEqual([
      '10.77.0.0/16 apiserver-args',
    ]);
  });

  it('is no range that is not ready', () => {
    const serviceCidrs = [range('kubernetes', ['10.96.0.0/28']), range('new', ['10.99.0.0/24'], 'False')];
    expect(found({ serviceCidrs })).toEqual(['10.96.0.0/28 servicecidrs']);
  });

  it('is in both wordings of an API server that refuses a Service', () => {
    for (const words of ['range of valid IPs is 10.66.0.0/16', 'range of valid IPs is CIDR 10.66.0.0/16'])
      expect(found({}, { serviceRefusal: `The ${words}` })).toEqual(['10.66.0.0/16 refused-service']);
  });

  it('of k3s is its default where its words have none, and the Service kubernetes bears it out', () => {
    const plain = [k3s(['server', '--disable', 'traefik'])];
    expect(found({ nodes: plain })).toEqual(['10.43.0.0/16 node-args guessed']);
    expect(found({ nodes: plain, services: [service('default', 'kubernetes', '10.43.0.1')] })).toEqual([
      '10.43.0.0/16 node-args',
    ]);
    expect(found({ nodes: [k3s(['agent'])] })).toEqual([]);
    expect(found({ nodes: [k3s(['server', '--service-cidr=10.50.0.0/16,fd50::/112'])] })).toEqual([
      '10.50.0.0/16 node-args',
      'fd50::/112 node-args',
    ]);
  });

  it('of k3s is every one of its words, in whatever way they stand', () => {
    for (const words of [
      ['--service-cidr', '10.43.0.0/16', '--service-cidr', 'fd00:43::/112'],
      ['--service-cidr=10.43.0.0/16', '--service-cidr=fd00:43::/112'],
      ['--service-cidr', '10.43.0.0/16,fd00:43::/112'],
      ['--service-cidr', '10.43.0.0/16', '--debug', '--service-cidr=fd00:43::/112'],
    ])
      expect(found({ nodes: [k3s(['server', ...words])] })).toEqual([
        '10.43.0.0/16 node-args',
        'fd00:43::/112 node-args',
      ]);
  });

  it('of k3s without IPv4 is the default for that', () => {
    const nodes = [k3s(['server'])];
    expect(found({ nodes, services: [service('default', 'kubernetes', 'fd00:43::1')] })).toEqual([
      'fd00:43::/112 node-args',
    ]);
  });

  it('is guessed so that it begins before kubernetes and holds every Service', () => {
    const guessed = (first: string, ...others: string[]): string[] =>
      found({
        services: [
          service('default', 'kubernetes', first),
          ...others.map((address, index) => service('x', `s${index}`, address)),
          service('x', 'headless', 'None'),
        ],
      });
    expect(guessed('10.43.0.1', '10.43.9.9')).toEqual(['10.43.0.0/16 kubernetes-service guessed']);
    expect(guessed('10.152.183.1', '10.152.183.200')).toEqual(['10.152.183.0/24 kubernetes-service guessed']);
    expect(guessed('10.152.0.1', '10.152.77.200')).toEqual(['10.152.0.0/16 kubernetes-service guessed']);
    expect(guessed('fd00:10:96::1', 'fd00:10:96::beef')).toEqual([
      'fd00:10:96::/112 kubernetes-service guessed',
    ]);
    // It is not the first of any range that has it.
    expect(guessed('10.43.0.17')).toEqual([]);
  });

  it('is said to be a guess, or to be unknown', () => {
    const codes = (...words: Parameters<typeof inspected>): string[] =>
      inspected(...words).warnings.map(({ code }) => code);
    const node = { metadata: { name: 'a' }, spec: { podCIDR: '10.42.0.0/24' } };
    expect(codes({ nodes: [node], services })).toEqual(['service-cidr-guessed']);
    expect(codes({ nodes: [node] })).toEqual(['service-cidr-unknown']);
    expect(codes({ nodes: [node], serviceCidrs: [range('k', ['10.42.0.0/16'])] })).toEqual([
      'service-cidr-overlaps',
    ]);
  });
});

describe('the names of a cluster', () => {
  const dns = service('kube-system', 'kube-dns', '10.43.0.10', { 'k8s-app': 'kube-dns' });
  const coredns = {
    metadata: { namespace: 'kube-system', name: 'coredns' },
    data: { Corefile: '.:53 {\n  errors\n  kubernetes corp.example in-addr.arpa ip6.arpa {\n  }\n}\n' },
  };

  it('are looked up at the Service of its DNS, in the domain that is written down', () => {
    expect(inspected({ services: [dns] }).dns).toEqual({
      server: '10.43.0.10',
      domain: 'cluster.local',
      domainGuessed: true,
    });
    expect(inspected({ services: [dns], configMaps: [coredns] }).dns.domain).toBe('corp.example');
    expect(inspected({ configMaps: [coredns] }, { kubeadm }).dns).toEqual({
      server: null,
      domain: 'corp.local',
      domainGuessed: false,
    });
    const words = ['server', '--cluster-dns', '10.43.0.53', '--cluster-domain=lab.local'];
    expect(inspected({ nodes: [k3s(words)] }).dns).toEqual({
      server: '10.43.0.53',
      domain: 'lab.local',
      domainGuessed: false,
    });
  });

  it('of k3s are looked up at the tenth address of its first range where nothing else says', () => {
    const serverOf = (words: readonly string[], read: Parameters<typeof inspected>[0] = {}): unknown =>
      inspected({ nodes: [k3s(['server', ...words])], ...read }).dns.server;
    expect(serverOf([])).toBe('10.43.0.10');
    expect(serverOf(['--service-cidr', '10.50.16.0/20', '--service-cidr', 'fd00:43::/112'])).toBe(
      '10.50.16.10',
    );
    expect(serverOf(['--service-cidr=fd00:43::/112'])).toBe('fd00:43::a');
    expect(serverOf(['--service-cidr=10.43.0.0/29'])).toBeNull();
    expect(serverOf(['--cluster-dns=10.43.0.53', '--cluster-dns=fd00:43::53'])).toBe('10.43.0.53');
    const services = [service('kube-system', 'kube-dns', '10.43.0.99', { 'k8s-app': 'kube-dns' })];
    expect(serverOf([], { services })).toBe('10.43.0.99');
    expect(serverOf([], { serviceCidrs: [range('kubernetes', ['10.43.0.0/16'])] })).toBeNull();
  });
});
