import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SecondMeshes } from '../../../electron/backend/cluster/second-meshes.ts';
import { laptopEndFor, secondMeshOf, withNodes } from '../../../shared/cluster/second-mesh/index.ts';
import { formatAddress } from '../../../shared/network/address.ts';
import { formatPrefix } from '../../../shared/network/prefix.ts';
import { temporaryFolder } from '../machine.ts';
import { clusterOfLists, keyOf, kiloNode } from './clusters.ts';

const cluster = clusterOfLists({
  nodes: [kiloNode('a', 1, {}, { podCIDRs: ['10.42.1.0/24', 'fd00:42:1::/64'] })],
});

describe('the laptop’s ends that are kept', () => {
  it('are what they were, with the addresses of nodes', async () => {
    const meshes = new SecondMeshes(temporaryFolder());
    const end = laptopEndFor(cluster, keyOf('L'), { networks: [], addresses: [] });
    const whole = withNodes(end, secondMeshOf(cluster, end).nodes);
    expect(whole.nodes.get('a')).toHaveLength(2);
    await meshes.keep('work', whole);
    expect(await meshes.find('work', null)).toEqual(whole);
    expect(await meshes.find('other', keyOf('L'))).toEqual(whole);
    expect(await meshes.find('other', null)).toBeNull();
  });

  it('are read as they were written when they were of IPv4 alone, and none where they are damaged', async () => {
    const home = temporaryFolder();
    const folder = join(home, 'clusters', 'second-meshes');
    mkdirSync(folder, { recursive: true });
    const old = { profile: 'old', publicKey: keyOf('L'), network: '10.9.9.0/24', address: '10.9.9.200' };
    const texts = [
      JSON.stringify(old),
      JSON.stringify({ ...old, profile: 'outside', address: '10.9.8.200' }),
      JSON.stringify({ ...old, profile: 'short', networks: ['10.9.9.0/24', 'x'], addresses: ['10.9.9.2'] }),
      JSON.stringify({ ...old, profile: 'list', networks: {}, addresses: 7, nodes: 'x' }),
      '{',
    ];
    for (const [index, text] of texts.entries()) writeFileSync(join(folder, `${index}.json`), text);
    const meshes = new SecondMeshes(home);
    const found = await meshes.find('old', null);
    expect(found?.networks.map(formatPrefix)).toEqual(['10.9.9.0/24']);
    expect(found?.addresses.map(formatAddress)).toEqual(['10.9.9.200']);
    for (const profile of ['outside', 'short', 'list']) expect(await meshes.find(profile, null)).toBeNull();
  });
});
