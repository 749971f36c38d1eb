import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { answers, callerSeenBy } from '../measure.ts';
import { signalProcess } from '../namespaces.ts';
import { BareNodes, inUrl, runScript } from '../product/bare-nodes.ts';
import type { BareNode } from '../product/bare-nodes.ts';
import { Running } from '../running.ts';
import { describeInLab } from '../testing.ts';
import { KubeCluster } from './cluster.ts';
import { kubePrograms } from './programs.ts';
import { interrupted } from './stage.ts';

const programs = await kubePrograms();
const whyNot = typeof programs === 'string' ? ` [skipped: ${programs}]` : '';

const nodesPath = '/api/v1/nodes';

/** Makes a node as a kubelet and a controller manager do. */
async function joinCluster(cluster: KubeCluster, { name, podCidrs, publicAddress }: BareNode): Promise<void> {
  await cluster.write('POST', nodesPath, {
    metadata: { name },
    spec: { podCIDR: podCidrs[0], podCIDRs: podCidrs },
  });
  await cluster.write('PATCH', `${nodesPath}/${name}/status`, {
    status: { addresses: [{ type: 'ExternalIP', address: publicAddress }] },
  });
  await say(cluster, name, 'True');
}

/** What the node controller says of a node. */
function say(cluster: KubeCluster, name: string, status: 'True' | 'Unknown'): Promise<void> {
  const at = '2026-01-01T00:00:00Z';
  const ready = {
    type: 'Ready',
    status,
    reason: 'Lab',
    message: '',
    lastHeartbeatTime: at,
    lastTransitionTime: at,
  };
  return cluster.write('PATCH', `${nodesPath}/${name}/status`, { status: { conditions: [ready] } });
}

describeInLab('a second mesh with a real API server', () => {
  test.skipIf(whyNot !== '')(
    `is made, followed, and stays as it is while the API is away${whyNot}`,
    { timeout: 300_000 },
    async () => {
      if (typeof programs === 'string') throw new Error(programs);
      await using stage = await BareNodes.open('second-mesh-api', {
        names: ['one', 'two', 'three'],
        outside: [4, 6],
        inside: [4, 6],
      });
      await using cluster = await KubeCluster.start(programs);
      const { adit, client, nodes } = stage;
      const [one, two, three] = nodes;
      if (one === undefined || two === undefined || three === undefined) throw new Error('no nodes');
      for (const node of [one, two]) await joinCluster(cluster, node);
      const path = join(cluster.folder, 'kubeconfig');
      await writeFile(path, cluster.kubeconfig(), { mode: 0o600 });
      const source = ['--kubeconfig', path];
      const scriptFor = async (node: string): Promise<string> =>
        (await adit.run('cluster', 'manifest', '--node', node, '--as', 'work', ...source)).stdout;
      const take = async (node: BareNode, ...words: string[]): Promise<unknown> => {
        const keys = join(adit.home, 'keys.txt');
        await writeFile(keys, await runScript(node.host, await scriptFor(node.name)));
        return adit.done('cluster', 'import', '--as', 'work', '--keys', keys, ...source, ...words);
      };
      await take(one);
      expect(await take(two, '--replace')).toMatchObject({ peers: [{ name: 'one' }, { name: 'two' }] });
      const answering = async (): Promise<string[]> => {
        const asked = nodes.flatMap(({ podAddresses }) => podAddresses);
        const found = await Promise.all(asked.map((address) => answers(client, address)));
        return asked.filter((_, index) => found[index] === true);
      };
      const both = [one, two].flatMap(({ podAddresses }) => podAddresses);

      // One who made it before goes on with it: there is nothing of Kilo's to be made.
      expect(await adit.fault('cluster', 'connect', ...source, '--as', 'work', '--rm')).toBe('wrong-usage');
      await using connect = new Running(
        'connect',
        adit.argv('cluster', 'connect', ...source, '--as', 'work', '--every=1', '--json'),
        undefined,
        { env: adit.environment },
      );
      await connect.line(/"state":"connected"/, 60_000);
      await expect.poll(answering, { timeout: 30_000 }).toEqual(both);

      // A node without a line is told of; its line is joined while the tunnel is up.
      await joinCluster(cluster, three);
      await connect.line(/"node-line-missing","object":"node\/three"/, 60_000);
      expect(await take(three, '--replace')).toMatchObject({ applied: true });
      await expect.poll(answering, { timeout: 30_000 }).toEqual([...both, ...three.podAddresses]);

      // Not ready is no reason to let go.
      await say(cluster, 'one', 'Unknown');
      await connect.line(/"stale":\["one"\]/, 60_000);
      expect(await callerSeenBy(client, `http://${inUrl(one.podAddresses[1] ?? '')}/`)).toBe(
        one.ownAddresses[1],
      );
      await cluster.write('DELETE', `${nodesPath}/one`);
      await connect.line(/"kind":"removed","name":"one \(stale\)"/, 60_000);
      expect(await answering()).toEqual([...two.podAddresses, ...three.podAddresses]);

      const api = cluster.processes[0];
      if (api === undefined) throw new Error('no API server');
      signalProcess(api, 'SIGSTOP');
      await new Promise((resolve) => setTimeout(resolve, 3000));
      expect(await answering()).toEqual([...two.podAddresses, ...three.podAddresses]);
      signalProcess(api, 'SIGCONT');
      await joinCluster(cluster, one);
      await connect.line(/"kind":"added","name":"one"/, 60_000);
      await expect.poll(answering, { timeout: 30_000 }).toEqual([...both, ...three.podAddresses]);

      expect(await interrupted(connect)).toEqual({ code: 0, signal: null });
      expect((await adit.status('work')).state).toBe('connected');
    },
  );
});
