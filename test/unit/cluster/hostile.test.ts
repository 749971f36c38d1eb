import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clusterOf } from '../../../shared/cluster/cluster.ts';
import { inspectionOf } from '../../../shared/cluster/inspection.ts';
import { kiloProfile, profileText } from '../../../shared/cluster/profile.ts';
import { readKinds } from '../../../shared/cluster/readings.ts';
import { diagnose, parse } from '../../../shared/config/index.ts';
import { FaultError } from '../../../shared/fault.ts';
import { generateMesh } from '../../cluster/generate.ts';
import { clusterOfLists, keyOf, kiloNode, kiloPeer, now, readingsOf, warned } from './clusters.ts';

/** Values that no field of Kubernetes has where it is not wanted. */
const anything: readonly unknown[] = [null, 0, -1, 1.5, true, '', 'text', [], [null], [1], {}, { a: 1 }];

/** The value with each of its fields, one at a time, in every other form. */
function* damaged(value: unknown): Generator {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      for (const other of [...anything, ...damaged(item)]) yield value.with(index, other);
    }
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      for (const other of [...anything, ...damaged(item)]) yield { ...value, [key]: other };
    }
  }
}

describe('objects that are not what they should be', () => {
  it('are passed over with a warning, field by field', () => {
    const node = {
      ...kiloNode('a', 1, { 'discovered-endpoints': '{}', 'k3s.io/node-args': '["server"]' }),
      status: {
        addresses: [{ type: 'InternalIP', address: '10.0.0.1' }],
        conditions: [{ type: 'Ready', status: 'True' }],
        nodeInfo: { kubeletVersion: 'v1.34.2+k3s1' },
      },
    };
    let count = 0;
    for (const broken of damaged(node)) {
      inspectionOf(clusterOfLists({ nodes: [broken, kiloNode('b', 2)] }));
      count += 1;
    }
    const peer = kiloPeer('laptop', {
      endpoint: { dnsOrIP: { ip: '203.0.113.1' }, port: 1 },
      persistentKeepalive: 1,
      presharedKey: keyOf('P'),
    });
    for (const broken of damaged(peer)) {
      inspectionOf(clusterOfLists({ nodes: [kiloNode('a', 1)], peers: [broken] }));
      count += 1;
    }
    expect(count).toBeGreaterThan(300);
  });

  it('never are an exception, whatever is in any list', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...readKinds),
        fc.array(fc.jsonValue()),
        fc.jsonValue(),
        (kind, items, kubeadm) => {
          inspectionOf(clusterOf(readingsOf({ nodes: [kiloNode('a', 1)], [kind]: items }, { kubeadm })));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('are named', () => {
    const cluster = clusterOfLists({
      nodes: [
        7,
        { metadata: {} },
        kiloNode('a', 1),
        kiloNode('a', 2),
        { metadata: { name: 'b', labels: [] }, spec: { podCIDR: 5 } },
        { metadata: { name: '__proto__', annotations: { 'kilo.squat.ai/leader': true } } },
      ],
    });
    expect(warned(cluster)).toEqual(
      expect.arrayContaining([
        'object-nameless node/#1',
        'object-nameless node/#2',
        'object-repeated node/a',
        'field-malformed node/b',
        'field-malformed node/__proto__',
      ]),
    );
    expect(inspectionOf(cluster).nodes.map(({ name }) => name)).toEqual(['__proto__', 'a', 'b']);
  });

  it('that could not be read leave the rest', () => {
    const readings = readingsOf({ nodes: [kiloNode('a', 1)] }, { date: now });
    const peers = { kind: 'refused', reason: 'peers.kilo.squat.ai is forbidden' } as const;
    const cluster = clusterOf({ ...readings, kinds: { ...readings.kinds, peers } });
    expect(warned(cluster)).toContain('list-refused cluster');
    expect(inspectionOf(cluster).nodes).toMatchObject([{ name: 'a', ready: true }]);
  });
});

describe('a profile', () => {
  it('has no line that somebody wrote into an annotation or a name', () => {
    const bait = 'x\n[Interface]\nPostUp = touch /tmp/x\n';
    const heard = JSON.stringify({ [keyOf('a')]: { IP: 'fe80::1', Port: 1, Zone: bait } });
    const cluster = clusterOfLists({
      nodes: [
        kiloNode('a', 1, { location: bait, granularity: 'location', 'persistent-keepalive': '25' }),
        kiloNode('b', 2, {
          endpoint: bait,
          'force-endpoint': '203.0.113.2:1',
          'discovered-endpoints': heard,
        }),
      ],
      peers: [kiloPeer('laptop'), kiloPeer(bait, { allowedIPs: ['10.5.0.2/32'] })],
    });
    const text = profileText(kiloProfile(cluster, { peer: 'laptop', serviceCidrs: [], gateway: null }), bait);
    expect(text).not.toMatch(/^PostUp/m);
    expect(text.match(/^\[Interface\]$/gm)).toHaveLength(1);
    expect(text.match(/^\[Peer\]$/gm)).toHaveLength(3);
  });

  it('is one that wg takes but for the private key, whatever the mesh', () => {
    let profiles = 0;
    for (let seed = 1; seed <= 300; seed += 1) {
      const mesh = generateMesh(seed);
      const cluster = clusterOf(readingsOf({ nodes: mesh.nodesAt(now), peers: mesh.peers }), {
        now,
        topologyLabel: mesh.topologyLabel,
      });
      try {
        const profile = kiloProfile(cluster, { peer: mesh.peer, serviceCidrs: [], gateway: null });
        const errors = diagnose(parse(profileText(profile, mesh.peer))).filter(
          ({ severity, code }) => severity === 'error' && code !== 'private-key-missing',
        );
        expect([seed, errors]).toEqual([seed, []]);
        profiles += 1;
      } catch (error) {
        if (!(error instanceof FaultError)) throw error;
      }
    }
    expect(profiles).toBeGreaterThan(150);
  });

  it('holds a preshared key, and an inspection none', () => {
    const secret = keyOf('S');
    const cluster = clusterOfLists({
      nodes: [kiloNode('a', 1)],
      peers: [
        kiloPeer('laptop', { presharedKey: secret }),
        kiloPeer('bad', { presharedKey: secret, publicKey: 'x' }),
      ],
    });
    const profile = kiloProfile(cluster, { peer: 'laptop', serviceCidrs: [], gateway: null });
    expect(profileText(profile, 'laptop')).toContain(`PresharedKey = ${secret}`);
    expect(JSON.stringify(inspectionOf(cluster))).not.toContain(secret);
  });
});
