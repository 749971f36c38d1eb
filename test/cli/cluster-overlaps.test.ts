import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Overlap } from '../../shared/cluster/overlaps/overlaps.ts';
import { keyOf } from '../unit/cluster/clusters.ts';
import { temporaryFolder } from '../unit/machine.ts';
import { Adit, buildIfMissing } from './adit.ts';

beforeAll(buildIfMissing);

function profile(address: string, pods: string): string {
  return `[Interface]
PrivateKey = ${keyOf('P')}
Address = ${address}/32

[Peer]
# Name = one
PublicKey = ${keyOf('Q')}
AllowedIPs = 10.42.0.0/24, 10.43.0.0/16

[Peer]
# Name = two
PublicKey = ${keyOf('R')}
AllowedIPs = ${pods}
`;
}

async function withProfiles(): Promise<Adit> {
  const adit = new Adit();
  const folder = temporaryFolder();
  const texts = {
    east: profile('10.5.0.1', '10.42.1.0/24'),
    west: profile('10.5.0.1', '10.42.2.0/24'),
    home: profile('10.5.0.3', '172.20.0.0/16').replace('10.42.0.0/24, 10.43.0.0/16', '10.9.0.0/16'),
  };
  for (const [name, text] of Object.entries(texts)) {
    writeFileSync(join(folder, `${name}.conf`), text);
    await adit.json('import', join(folder, `${name}.conf`));
  }
  return adit;
}

async function pairsOf(adit: Adit, ...names: string[]): Promise<readonly Overlap[]> {
  return ((await adit.json('cluster', 'overlaps', ...names)) as { pairs: readonly Overlap[] }).pairs;
}

describe('adit cluster overlaps', () => {
  it('compares all profiles, one with all, or some with each other', async () => {
    const adit = await withProfiles();
    const found = await pairsOf(adit);
    expect(found).toMatchObject([{ a: 'east', b: 'west', kind: 'equal', addresses: ['10.5.0.1'] }]);
    expect(found[0]?.ranges).toEqual(['10.42.0.0/24', '10.43.0.0/16']);
    const ofWest = await pairsOf(adit, 'west');
    expect(ofWest.map(({ a, b }) => [a, b].sort())).toEqual([['east', 'west']]);
    expect(await pairsOf(adit, 'home')).toEqual([]);
    expect(await pairsOf(adit, 'home', 'west', 'home')).toEqual([]);
    expect(await adit.fault(['cluster', 'overlaps', 'east', 'nobody'])).toMatchObject({
      code: 'profile-not-found',
    });
  });

  it('prints commands that leave a profile just what it says', async () => {
    const adit = await withProfiles();
    const [pair] = await pairsOf(adit, 'east', 'west');
    const narrowed = pair?.choices.find(({ kind, profile: of }) => kind === 'nodes' && of === 'west');
    expect(narrowed).toMatchObject({ nodes: ['two'], allowedIps: ['10.42.2.0/24'] });
    const words = narrowed?.command.split(' ') ?? [];
    expect(words.slice(0, 2)).toEqual(['adit', 'set']);
    await adit.json(...words.slice(1));
    expect(await pairsOf(adit)).toMatchObject([{ ranges: [], addresses: ['10.5.0.1'], choices: [] }]);
  });
});
