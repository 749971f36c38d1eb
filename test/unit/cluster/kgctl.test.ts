import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { clusterOf } from '../../../shared/cluster/cluster.ts';
import type { Cluster } from '../../../shared/cluster/cluster.ts';
import { dotOf } from '../../../shared/cluster/dot.ts';
import { graphOf } from '../../../shared/cluster/graph.ts';
import { kiloProfile, meshOf } from '../../../shared/cluster/profile.ts';
import { FaultError } from '../../../shared/fault.ts';
import { formatInterfaceAddress } from '../../../shared/network/prefix.ts';
import { generateMesh, withoutHeard } from '../../cluster/generate.ts';
import type { GeneratedMesh } from '../../cluster/generate.ts';
import { lineOf, parseAnswers, statementsOf } from '../../cluster/kgctl-answer.ts';
import type { KgctlAnswer } from '../../cluster/kgctl-answer.ts';
import { readingsOf } from './clusters.ts';

const fixtures = join(import.meta.dirname, '..', '..', 'fixtures', 'kilo');

/** What kgctl itself answered; `node test/cluster/ask-kgctl.ts KGCTL` asks it again. */
function answersIn(name: string): Map<number, KgctlAnswer> {
  return parseAnswers(readFileSync(join(fixtures, name), 'utf8'));
}

const now = 1_800_000_000;

function clusterOfMesh(mesh: GeneratedMesh, nodes = mesh.nodesAt(now)): Cluster {
  return clusterOf(readingsOf({ nodes, peers: mesh.peers }), {
    now,
    topologyLabel: mesh.topologyLabel,
    ...(mesh.granularity === 'auto' ? {} : { granularity: mesh.granularity }),
  });
}

/** What we say; where we refuse it is for want of what kgctl does not find either. */
function answerOf(work: () => KgctlAnswer): KgctlAnswer {
  try {
    return work();
  } catch (error) {
    if (error instanceof FaultError && error.fault.code.startsWith('kilo-')) return 'refused';
    throw error;
  }
}

function peersOf(mesh: GeneratedMesh): KgctlAnswer {
  const { peers } = kiloProfile(clusterOfMesh(mesh), { peer: mesh.peer, serviceCidrs: [], gateway: null });
  return peers.map((peer) => lineOf({ ...peer, allowedIps: peer.allowedIps.map(formatInterfaceAddress) }));
}

function drawingOf(mesh: GeneratedMesh): KgctlAnswer {
  const cluster = clusterOfMesh(mesh, withoutHeard(mesh.nodesAt(now)));
  return statementsOf(dotOf(graphOf(meshOf(cluster))));
}

describe('the peers of a Kilo Peer', () => {
  it('are those of kgctl, in a thousand meshes', () => {
    const answers = answersIn('kgctl.txt');
    expect(answers.size).toBeGreaterThanOrEqual(1000);
    for (const [seed, answer] of answers)
      expect([seed, answerOf(() => peersOf(generateMesh(seed)))]).toEqual([seed, answer]);
  });
});

describe('the drawing of a mesh', () => {
  it('says what that of kgctl says', () => {
    const drawings = answersIn('kgctl-graph.txt');
    expect(drawings.size).toBeGreaterThanOrEqual(40);
    for (const [seed, drawing] of drawings)
      expect([seed, answerOf(() => drawingOf(generateMesh(seed)))]).toEqual([seed, drawing]);
  });
});
