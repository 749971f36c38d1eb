import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { clusterOf } from '../../../shared/cluster/cluster.ts';
import { kiloProfile } from '../../../shared/cluster/profile.ts';
import { noReadings } from '../../../shared/cluster/readings.ts';
import { FaultError } from '../../../shared/fault.ts';
import { formatInterfaceAddress } from '../../../shared/network/prefix.ts';
import { generateMesh } from '../../cluster/generate.ts';
import { lineOf, parseAnswers } from '../../cluster/kgctl-answer.ts';
import type { KgctlAnswer } from '../../cluster/kgctl-answer.ts';

/** What kgctl itself answered; `node test/cluster/ask-kgctl.ts KGCTL` asks it again. */
const answers = parseAnswers(
  readFileSync(join(import.meta.dirname, '..', '..', 'fixtures', 'kilo', 'kgctl.txt'), 'utf8'),
);

const now = 1_800_000_000;

function answerOf(seed: number): KgctlAnswer {
  const mesh = generateMesh(seed);
  const cluster = clusterOf(
    {
      ...noReadings,
      kinds: {
        ...noReadings.kinds,
        nodes: { kind: 'read', items: mesh.nodesAt(now) },
        peers: { kind: 'read', items: mesh.peers },
      },
    },
    {
      now,
      topologyLabel: mesh.topologyLabel,
      ...(mesh.granularity === 'auto' ? {} : { granularity: mesh.granularity }),
    },
  );
  try {
    const { peers } = kiloProfile(cluster, { peer: mesh.peer, serviceCidrs: [], gateway: null });
    return peers.map((peer) => lineOf({ ...peer, allowedIps: peer.allowedIps.map(formatInterfaceAddress) }));
  } catch (error) {
    if (error instanceof FaultError && error.fault.code.startsWith('kilo-')) return 'refused';
    throw error;
  }
}

describe('the peers of a Kilo Peer', () => {
  it('are those of kgctl, in hundreds of meshes', () => {
    expect(answers.size).toBeGreaterThanOrEqual(500);
    for (const [seed, answer] of answers) expect([seed, answerOf(seed)]).toEqual([seed, answer]);
  });
});
