import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { meshOfSize } from '../cluster/meshes.ts';
import { temporaryFolder } from '../unit/machine.ts';
import { Adit, aditProgram, buildIfMissing } from './adit.ts';

beforeAll(buildIfMissing);

/** A file with the lists of a mesh of four locations. */
function listsFile(): string {
  const { nodes, peers } = meshOfSize({
    nodes: 8,
    locations: ['a', 'b', 'c', 'd'],
    peers: 2,
    now: 1_800_000_000,
  });
  const path = join(temporaryFolder(), 'lists.json');
  writeFileSync(path, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [...nodes, ...peers] }));
  return path;
}

describe('adit cluster graph -o svg', () => {
  it('prints a picture in which a Peer is this laptop', async () => {
    const { code, stdout } = await new Adit().run([
      'cluster',
      'graph',
      ...['--from', listsFile()],
      ...['-o', 'svg', '--peer', 'peer-1'],
    ]);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" [^>]*>\n<title>Kilo’s mesh 10\.4\.0\.0\/16: 8 nodes in 4 groups, 2 Peers</,
    );
    expect(stdout).toMatch(/this laptop<\/text>\n<text [^>]*>peer-1</);
    expect(stdout.endsWith('</svg>\n')).toBe(true);
  });

  it('refuses a Peer that is not there, and one for another form', async () => {
    const adit = new Adit();
    const words = ['cluster', 'graph', '--from', listsFile()];
    expect(await adit.fault([...words, '-o', 'svg', '--peer', 'nobody'])).toMatchObject({
      code: 'kilo-peer-not-found',
    });
    expect(await adit.fault([...words, '--peer', 'peer-1'])).toMatchObject({ code: 'wrong-usage' });
  });

  it('keeps what lays it out in a file of its own, which no other command loads', () => {
    const folder = dirname(aditProgram);
    const holders = readdirSync(folder).filter(
      (name) =>
        name.endsWith('.cjs') &&
        readFileSync(join(folder, name), 'utf8').includes('disableOptimalOrderHeuristic'),
    );
    expect(holders).toHaveLength(1);
    expect(holders[0]).toMatch(/^cli-/);
  });
});
