import { performance } from 'node:perf_hooks';
import { expect, test } from 'vitest';
import { PingStream } from '../ping-stream.ts';
import type { LocationNodeName } from '../scenarios/kilo-location.ts';
import { openKiloLocation } from '../scenarios/kilo-location.ts';
import { describeInLab } from '../testing.ts';
import { startLocationAgents } from './location-agents.ts';
import { onStage, podsThatAnswerOf, soon, startConnect, whyNot } from './stage.ts';

/** Milliseconds without an answer that a busy machine may cause, and no change of a tunnel does. */
const noGap = 5000;

describeInLab('an API server that is away for longer than its nodes may be', () => {
  test.skipIf(whyNot !== '')(
    `costs nothing: it hangs, refuses, fails, ends, and comes back at a time when all nodes are long unseen${whyNot}`,
    { timeout: 300_000 },
    async () => {
      await onStage(openKiloLocation, startLocationAgents, async (stage) => {
        const { scenario, cluster, agents, adit, front } = stage;
        const { client, nodes } = scenario;
        const peers = async () => (await adit.status('work')).peers.map(({ name }) => name ?? '').sort();
        const answering = () => podsThatAnswerOf(scenario, Object.values(nodes));
        await using connect = await startConnect(stage);
        const living: readonly LocationNodeName[] = ['m1', 'm2', 'm3', 'm6'];
        await expect.poll(answering, soon).toEqual(['m1', 'm2', 'm3', 'm5', 'm6']);
        const all = ['aws', 'edge', 'gcp'];
        expect(await peers()).toEqual(all);
        const keys = new Map(
          (await adit.status('work')).peers.map(({ publicKey, name }) => [publicKey, name]),
        );
        await using m1 = new PingStream(client, nodes.m1.podAddress, { intervalMs: 200 });
        await using m2 = new PingStream(client, nodes.m2.podAddress, { intervalMs: 200 });
        await using m3 = new PingStream(client, nodes.m3.podAddress, { intervalMs: 200 });
        await using m6 = new PingStream(client, nodes.m6.podAddress, { intervalMs: 200 });
        const began = performance.now();

        // It stands still, then nobody listens, then all is errors, then it has ended.
        await cluster.hang(true);
        await connect.line(/"api-timeout"/, 60_000);
        await front.be({ kind: 'refusing' });
        await connect.line(/"api-on-loopback".*ECONNREFUSED/, 60_000);
        await front.be({ kind: 'failing' });
        await connect.line(/"api-refused".*etcdserver: request timed out/, 60_000);
        agents.silence('m1', 'm2', 'm3', 'm5', 'm6');
        await cluster.endServer();
        await front.be({ kind: 'open', ahead: 0 });
        await connect.line(/"api-on-loopback".*hang up/, 60_000);
        // Meanwhile m5 dies.
        await scenario.plugIn('m5', false);
        expect(await peers()).toEqual(all);

        // It is back, and it is seven minutes later: nobody has been seen for more than five.
        await agents.setClocksAhead(420);
        await front.be({ kind: 'open', ahead: 420 });
        await cluster.startServer();
        await connect.line(/"kilo-nodes-missing"/, 60_000);
        expect(await peers()).toEqual(all);
        expect(await answering()).toEqual(living);
        for (const stream of [m1, m2, m3, m6]) expect(stream.longestGapMs(began)).toBeLessThan(noGap);

        // One after the other checks in, and nothing is lost: first one that was behind its leader, who still has its own Pods.
        await agents.age('m2', 0);
        await connect.line(/"stale":\["m1","m3","m5","m6"\]/, 60_000);
        expect(await peers()).toEqual(['aws (stale)', 'edge (stale)', 'gcp', 'gcp (stale)']);
        await expect.poll(answering, soon).toEqual(living);
        await agents.age('m1', 0);
        await connect.line(/"stale":\["m3","m5","m6"\]/, 60_000);
        expect(await peers()).toEqual(['aws (stale)', 'edge (stale)', 'gcp']);
        await expect.poll(answering, soon).toEqual(living);
        await agents.age('m3', 0);
        await agents.age('m6', 0);
        await connect.line(/"stale":\["m5"\]/, 60_000);
        expect(await peers()).toEqual(['aws', 'edge (stale)', 'gcp']);
        await expect.poll(answering, soon).toEqual(living);
        // What was never another's has not missed an answer: those who did not check in yet were left alone.
        expect(m1.longestGapMs(began)).toBeLessThan(noGap);

        // The dead has five minutes from when somebody could see that, and they are counted.
        await agents.setClocksAhead(420 + 200);
        await front.be({ kind: 'open', ahead: 420 + 200 });
        await front.listings(2);
        expect(await peers()).toEqual(['aws', 'edge (stale)', 'gcp']);
        await agents.setClocksAhead(420 + 300);
        await front.be({ kind: 'open', ahead: 420 + 300 });
        await expect.poll(peers, soon).toEqual(['aws', 'gcp']);
        expect(await answering()).toEqual(living);
        for (const { publicKey, name } of (await adit.status('work')).peers)
          expect(keys.get(publicKey)).toBe(name);
      });
    },
  );
});
