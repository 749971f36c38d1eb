import { describe, expect, it } from 'vitest';
import { kiloProfile, profileText } from '../../../shared/cluster/profile.ts';
import { clusterOfLists, kiloPeer, keyOf, now } from './clusters.ts';
import { toBase64 } from '../../../shared/config/keys/base64.ts';

/** Nodes in locations or alone, each with a network of its own near it. */
function manyNodes(count: number, locations: number): unknown[] {
  return Array.from({ length: count }, (_, index) => {
    const [high, low] = [index >>> 8, index & 255];
    return {
      metadata: {
        name: `node-${index}`,
        annotations: {
          'kilo.squat.ai/endpoint': `203.0.${high}.${low}:51820`,
          'kilo.squat.ai/internal-ip': `172.20.${high}.${low}/16`,
          'kilo.squat.ai/key': toBase64(
            Uint8Array.from({ length: 32 }, (__, at) => (at < 4 ? index >>> (8 * at) : 7)),
          ),
          'kilo.squat.ai/last-seen': String(now - 10),
          'kilo.squat.ai/granularity': 'location',
          'kilo.squat.ai/location': `l${index % locations}`,
          'kilo.squat.ai/allowed-location-ips': `100.${64 + high}.${low}.0/24,100.${96 + high}.${low}.1/32`,
          'kilo.squat.ai/discovered-endpoints': `{"${keyOf('L')}":{"IP":"198.51.100.1","Port":7,"Zone":""}}`,
        },
      },
      spec: { podCIDR: `10.${high}.${low}.0/24` },
    };
  });
}

/** How long the processor works on a profile, the best of five; milliseconds. */
function workOn(count: number, locations: number): number {
  const nodes = manyNodes(count, locations);
  const peers = Array.from({ length: count / 25 }, (_, index) =>
    kiloPeer(`p${index}`, { allowedIPs: [`10.250.${index}.1/32`] }),
  );
  const times = Array.from({ length: 5 }, () => {
    const before = process.cpuUsage();
    const profile = kiloProfile(clusterOfLists({ nodes, peers }), {
      peer: 'p7',
      serviceCidrs: [],
      gateway: null,
    });
    const text = profileText(profile, 'p7');
    const { user } = process.cpuUsage(before);
    expect(text.match(/^\[Peer\]$/gm)).toHaveLength(locations + peers.length - 1);
    return user / 1000;
  });
  return Math.min(...times);
}

describe('a cluster of 5,000 nodes', () => {
  it.each(['in few locations', 'each alone'])('%s takes four times as long as a fourth of it', (form) => {
    const isAlone = form === 'each alone';
    workOn(1250, 50);
    const [small, large] = [workOn(1250, isAlone ? 1250 : 50), workOn(5000, isAlone ? 5000 : 50)];
    // A loop in a loop would take sixteen times as long; nine leaves room for a busy machine.
    expect(large / small).toBeLessThan(9);
    expect(large).toBeLessThan(1000);
  });
});
