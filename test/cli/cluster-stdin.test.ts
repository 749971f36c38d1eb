import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { meshOfSize } from '../cluster/meshes.ts';
import { temporaryFolder } from '../unit/machine.ts';
import { aditProgram, buildIfMissing } from './adit.ts';

beforeAll(buildIfMissing);

const { nodes, peers } = meshOfSize({ nodes: 3, locations: [], peers: 1, now: 1_800_000_000 });

function listOf(items: readonly unknown[]): string {
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
}

/** What `adit cluster inspect --json` says with something piped in. */
function inspected(input: string, ...words: string[]): Promise<unknown> {
  const adit = spawn(process.execPath, [aditProgram, 'cluster', 'inspect', ...words, '--json'], {
    env: { ...process.env, ADIT_HOME: temporaryFolder() },
  });
  // It may end before it has read all of it.
  adit.stdin.on('error', () => undefined);
  adit.stdin.end(input);
  const parts: Buffer[] = [];
  adit.stdout.on('data', (part: Buffer) => parts.push(part));
  return new Promise((resolve) => {
    adit.on('close', () => resolve(JSON.parse(Buffer.concat(parts).toString())));
  });
}

describe('a cluster that is piped in', () => {
  it('is read like a file, alone, named twice, or beside files', async () => {
    const file = join(temporaryFolder(), 'peers.json');
    writeFileSync(file, listOf(peers));
    const whole = { network: 'kilo', nodes: [{}, {}, {}], peers: [{ name: 'peer-0' }] };
    expect(await inspected(listOf([...nodes, ...peers]), '--from', '-')).toMatchObject(whole);
    expect(await inspected(listOf([...nodes, ...peers]), '--nodes', '-', '--peers', '-')).toMatchObject(
      whole,
    );
    expect(await inspected(listOf(nodes), '--nodes', '-', '--peers', file)).toMatchObject(whole);
    expect(readFileSync(file, 'utf8')).toBe(listOf(peers));
  });

  it('is refused by name where it is nothing, or nonsense', async () => {
    expect(await inspected('', '--from', '-')).toMatchObject({
      error: { code: expect.stringMatching(/^cluster-/) as string },
    });
    expect(await inspected('{"a": [', '--nodes', '-')).toMatchObject({
      error: { code: 'cluster-file-malformed' },
    });
  });
});
