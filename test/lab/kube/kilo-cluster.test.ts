import { expect, test } from 'vitest';
import { callerSeenBy } from '../measure.ts';
import { signalProcess } from '../namespaces.ts';
import { addressOf, clusterName, everything, lanName } from '../product/names.ts';
import { WEB_SERVICE } from '../scenarios/cloud.ts';
import type { CloudName } from '../scenarios/cloud.ts';
import { difference } from '../snapshot.ts';
import { describeInLab } from '../testing.ts';
import { inCluster, podsThatAnswer, soon, whyNot } from './kilo-stage.ts';
import { interrupted, peersAndProfiles, startConnect } from './stage.ts';

const nothing = { gone: [], added: [] };

const all: readonly CloudName[] = ['aws', 'azure', 'gcp', 'aliyun'];

describeInLab('a Kilo cluster with a real API server', () => {
  test.skipIf(whyNot !== '')(
    `is reached by one command, followed, and left without a trace${whyNot}`,
    { timeout: 300_000 },
    async () => {
      await inCluster(async (stage) => {
        const { scenario, cluster, agents, adit } = stage;
        const { client } = scenario;
        const before = await everything(client);
        await using connect = await startConnect(stage);
        // A node that has not let the new Peer in yet is called again after 5 s.
        await expect.poll(() => podsThatAnswer(scenario), soon).toEqual(all);
        // By the first node of all, aliyun, whose address in the mesh the web server sees.
        expect(await callerSeenBy(client, `http://${WEB_SERVICE}/`)).toBe('10.4.0.4');
        expect(await addressOf(client, clusterName.name)).toBe(clusterName.address);
        expect(await addressOf(client, lanName.name)).toBe(lanName.address);
        const first = await adit.settledStatus('work');
        expect(first.peers.map(({ name }) => name).sort()).toEqual([...all].sort());
        const handshakeOf = async (name: string): Promise<string | null> =>
          (await adit.status('work')).peers.find((peer) => peer.name === name)?.latestHandshake ?? null;
        const session = await handshakeOf('azure');

        // A change of last-seen alone changes nothing: nodes check in all the time.
        const said = connect.lines.length;
        await new Promise((resolve) => setTimeout(resolve, 3000));
        expect(connect.lines.slice(said)).toEqual([]);

        // A node that stops to check in keeps its peer, marked, and its Pods answer.
        await agents.age('gcp', 120);
        await connect.line(/"stale":\["gcp"\]/, 60_000);
        const peersNow = async () => (await adit.status('work')).peers.map(({ name }) => name ?? '').sort();
        expect(await peersNow()).toEqual(['aliyun', 'aws', 'azure', 'gcp (stale)']);
        expect(await podsThatAnswer(scenario)).toEqual(all);
        // After five minutes it goes, and a node that is new comes.
        await agents.age('gcp', 301);
        await expect.poll(peersNow, soon).toEqual(['aliyun', 'aws', 'azure']);
        expect(await podsThatAnswer(scenario)).toEqual(['aws', 'azure', 'aliyun']);
        await agents.remove('gcp');
        await agents.add('gcp');
        await expect.poll(peersNow, soon).toEqual(['aliyun', 'aws', 'azure', 'gcp']);
        await expect.poll(() => podsThatAnswer(scenario), soon).toEqual(all);

        // The gateway is moved by another command, and the sync goes on from there.
        await adit.done('cluster', 'gateway', 'work', 'azure');
        expect(await callerSeenBy(client, `http://${WEB_SERVICE}/`)).toBe('10.42.1.1');
        const way = (await adit.status('work')).peers.find(({ allowedIps }) =>
          allowedIps.includes('10.43.0.0/16'),
        );
        expect(way?.name).toBe('azure');
        expect(await handshakeOf('azure')).toBe(session);

        // The API is away, and comes back when no node could check in: the tunnel stays as it is.
        const api = cluster.processes[0];
        if (api === undefined) throw new Error('no API server');
        const peers = await peersNow();
        signalProcess(api, 'SIGSTOP');
        await new Promise((resolve) => setTimeout(resolve, 2000));
        expect(await podsThatAnswer(scenario)).toEqual(all);
        signalProcess(api, 'SIGCONT');
        for (const name of all) await agents.age(name, 90);
        await connect.line(/"stale":\["aliyun"|kilo-nodes-missing/, 60_000);
        expect((await peersNow()).map((name) => name.replace(' (stale)', ''))).toEqual(peers);
        expect(await podsThatAnswer(scenario)).toEqual(all);
        for (const name of all) await agents.age(name, 0);
        await expect.poll(peersNow, soon).toEqual(peers);

        expect(await interrupted(connect)).toEqual({ code: 0, signal: null });
        expect(await peersAndProfiles({ cluster, adit })).toEqual({ peers: [], profiles: [] });
        expect(difference(before, await everything(client))).toEqual(nothing);
      });
    },
  );

  test.skipIf(whyNot !== '')(
    `is imported, brought up, and kept in step once${whyNot}`,
    { timeout: 300_000 },
    async () => {
      await inCluster(async ({ scenario, agents, adit, source }) => {
        await adit.done('cluster', 'peer', 'apply', ...source, '--name', 'laptop');
        const imported = await adit.done(
          ...['cluster', 'import', ...source, '--as', 'work', '--peer', 'laptop'],
          ...['--service-cidr', 'auto', '--gateway', 'aws', '--names'],
        );
        expect(imported).toMatchObject({ profile: 'work', gateway: 'aws', serviceCidrs: ['10.43.0.0/16'] });
        await adit.done('up', 'work', '--wait=20');
        await expect.poll(() => podsThatAnswer(scenario), soon).toEqual(all);
        expect(await addressOf(scenario.client, clusterName.name)).toBe(clusterName.address);
        expect(await adit.done('cluster', 'sync', 'work', '--once')).toMatchObject({
          changes: [],
          stale: [],
        });
        await agents.remove('aliyun');
        expect(await adit.done('cluster', 'sync', 'work', '--once')).toMatchObject({
          changes: expect.arrayContaining([
            expect.objectContaining({ kind: 'removed', name: 'aliyun' }),
          ]) as unknown,
          applied: true,
        });
        expect(await podsThatAnswer(scenario)).toEqual(['aws', 'azure', 'gcp']);
        await adit.done('down', 'work');
      });
    },
  );
});
