import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  exposeManifests,
  isNamespace,
  isServiceName,
  parsePorts,
} from '../../../shared/cluster/manifests/expose.ts';
import { relayPlan } from '../../../shared/cluster/manifests/relay.ts';
import type { RelayWish } from '../../../shared/cluster/manifests/relay.ts';
import { kiloProfile, profileText } from '../../../shared/cluster/profile.ts';
import { parseMeshEndpoint } from '../../../shared/cluster/values/endpoint.ts';
import { diagnose, parse } from '../../../shared/config/index.ts';
import { FaultError } from '../../../shared/fault.ts';
import { parseAddress } from '../../../shared/network/address.ts';
import type { Address } from '../../../shared/network/address.ts';
import { parseInterfaceAddress } from '../../../shared/network/prefix.ts';
import { clusterOfLists, keyOf, kiloNode, kiloPeer, now, readingsOf } from './clusters.ts';

function address(text: string): Address {
  const read = parseAddress(text);
  if (read === null) throw new Error(text);
  return read;
}

function wish(own = '10.200.200.2/24', laptop: string | null = '10.200.200.11'): RelayWish {
  const read = parseInterfaceAddress(own);
  const endpoint = parseMeshEndpoint('goblin.lqingcloud.cn:51820');
  if (read === null || endpoint === null) throw new Error(own);
  return {
    name: 'relay',
    publicKey: keyOf('R'),
    address: read,
    endpoint,
    interface: 'wg0',
    laptop: laptop === null ? null : { publicKey: keyOf('L'), address: address(laptop) },
  };
}

const nodes = [kiloNode('a', 1), kiloNode('b', 2, { 'allowed-location-ips': '172.24.135.0/24' })];
const peers = [kiloPeer('other')];
const readings = readingsOf({ nodes, peers }, { date: now });
const noServices = { serviceCidrs: [], gateway: null };

function faultOf(wanted: RelayWish): string {
  try {
    relayPlan(readings, {}, wanted, noServices);
  } catch (error) {
    if (error instanceof FaultError) return error.fault.code;
    throw error;
  }
  return 'none';
}

describe('a relay, as in the seed', () => {
  const plan = relayPlan(readings, {}, wish(), noServices);

  it('is a Peer whose network is that of the laptops behind it', () => {
    expect(plan.peer.spec).toEqual({
      allowedIPs: ['10.200.200.0/24'],
      endpoint: { dnsOrIP: { dns: 'goblin.lqingcloud.cn' }, port: 51820 },
      publicKey: keyOf('R'),
    });
  });

  it('has the sections of that Peer, and the laptop’s', () => {
    const joined = clusterOfLists({ nodes, peers: [...peers, plan.peer] });
    const profile = profileText(kiloProfile(joined, { ...noServices, peer: 'relay' }), 'relay');
    const laptop = [
      '[Peer]',
      '# Name = laptop',
      `PublicKey = ${keyOf('L')}`,
      'AllowedIPs = 10.200.200.11/32',
      '',
    ];
    expect(plan.relay).toBe([profile.slice(profile.indexOf('[Peer]')), laptop.join('\n')].join('\n'));
    const remarks = diagnose(parse(`[Interface]\n\n${plan.relay}`)).filter(
      ({ severity }) => severity !== 'info',
    );
    expect(remarks.map(({ code }) => code)).toEqual(['private-key-missing', 'address-missing']);
  });

  it('passes on what laptops send, and masquerades nothing', () => {
    expect(plan.routes).toEqual(
      [
        '10.1.0.1/32',
        '10.1.0.2/32',
        '10.4.0.1/32',
        '10.4.0.2/32',
        '10.5.0.1/32',
        '10.42.1.0/24',
        '10.42.2.0/24',
      ]
        .concat('172.24.135.0/24')
        .map((prefix) => `ip route replace ${prefix} dev wg0`),
    );
    expect(plan.steps.map(({ purpose }) => purpose)).toEqual(['ip_forward', 'FORWARD']);
  });

  it('is all that a laptop needs to know', () => {
    expect(plan.laptop.split('\n').slice(1, -1)).toEqual([
      '# Name = relay',
      `PublicKey = ${keyOf('R')}`,
      'AllowedIPs = 10.1.0.1/32, 10.1.0.2/32, 10.4.0.1/32, 10.4.0.2/32, 10.5.0.1/32, 10.42.1.0/24, 10.42.2.0/24, 10.200.200.0/24, 172.24.135.0/24',
      'Endpoint = goblin.lqingcloud.cn:51820',
      'PersistentKeepalive = 25',
    ]);
  });

  it('needs a network of its own, in which the laptop is', () => {
    expect(faultOf(wish('10.200.200.2/32', null))).toBe('peer-address-invalid');
    expect(faultOf(wish('10.200.200.2/24', '10.200.201.1'))).toBe('peer-address-invalid');
    for (const taken of ['10.42.0.1/16', '10.5.0.9/24', '10.4.0.9/16', '172.24.0.1/16'])
      expect([taken, faultOf(wish(taken, null))]).toEqual([taken, 'peer-address-taken']);
    expect(faultOf(wish('10.200.200.2/24', null))).toBe('none');
  });
});

describe('a port of a laptop under the name of a Service', () => {
  it('is a Service without a selector, and the slice that leads to the laptop', () => {
    const exposure = {
      service: 'my-app',
      namespace: null,
      port: 80,
      targetPort: 8080,
      protocol: 'TCP' as const,
    };
    const [service, slice] = exposeManifests({ ...exposure, address: address('10.5.0.7') });
    expect(service).toMatchObject({
      metadata: { name: 'my-app' },
      spec: { ports: [{ port: 80, targetPort: 8080, protocol: 'TCP' }] },
    });
    expect(JSON.stringify(service)).not.toMatch(/selector|namespace/);
    expect(slice).toMatchObject({
      metadata: { labels: { 'kubernetes.io/service-name': 'my-app' } },
      addressType: 'IPv4',
      endpoints: [{ addresses: ['10.5.0.7'] }],
      ports: [{ port: 8080, protocol: 'TCP' }],
    });
    const portName = (object: unknown): unknown => /"name":"(tcp-80)"/.exec(JSON.stringify(object))?.[1];
    // By it, the ports of both are matched.
    expect([portName(service), portName(slice)]).toEqual(['tcp-80', 'tcp-80']);
    const [, six] = exposeManifests({ ...exposure, namespace: 'dev', address: address('fd00:10:5::7') });
    expect(six).toMatchObject({ addressType: 'IPv6', metadata: { namespace: 'dev' } });
  });

  it('is written as one port, or the Service’s and the laptop’s', () => {
    expect(parsePorts('8080')).toEqual({ port: 8080, targetPort: 8080, protocol: 'TCP' });
    expect(parsePorts('80:8080')).toEqual({ port: 80, targetPort: 8080, protocol: 'TCP' });
    expect(parsePorts('53:5353/udp')).toEqual({ port: 53, targetPort: 5353, protocol: 'UDP' });
    for (const text of ['', '0', '65536', '80:', ':80', '80:0', '80/sctp', '-1', '8 0', '80:80:80', '1e3'])
      expect([text, parsePorts(text)]).toEqual([text, null]);
  });

  it('has a name that Kubernetes takes, or none', () => {
    expect(['my-app', 'a', 'a1', 'a'.repeat(63)].map(isServiceName)).toEqual([true, true, true, true]);
    const refused = ['', '1a', '-a', 'a-', 'A', 'a.b', 'a_b', 'a\n', 'a'.repeat(64), 'a: b'];
    for (const text of refused) expect([text, isServiceName(text)]).toEqual([text, false]);
    expect(['1a', 'a.b', 'dev\n'].map(isNamespace)).toEqual([true, false, false]);
    fc.assert(
      fc.property(fc.string(), (text) => {
        if (isServiceName(text) || isNamespace(text)) expect(text).toMatch(/^[a-z0-9-]{1,63}$/);
      }),
    );
  });
});
