import { expect, test } from 'vitest';
import { kiloPeer } from '../../unit/cluster/clusters.ts';
import { Running } from '../running.ts';
import { describeInLab } from '../testing.ts';
import { inCluster, podsThatAnswer, soon, whyNot } from './kilo-stage.ts';
import type { Stage } from './kilo-stage.ts';
import { peersPath } from './kilo.ts';
import { interrupted } from './stage.ts';

interface PeerObject {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly allowedIPs: readonly string[]; readonly publicKey: string };
}

const all = ['aws', 'azure', 'gcp', 'aliyun'];

/** Runs `adit cluster connect` until it follows, does some work meanwhile, and ends it by Ctrl-C. */
async function connected(
  { adit, source }: Stage,
  options: readonly string[],
  work: () => Promise<void>,
): Promise<void> {
  const words = ['cluster', 'connect', ...source, '--as', 'work', '--name', 'laptop', '--every=1', '--json'];
  await using connect = new Running('connect', adit.argv(...words, ...options), undefined, {
    env: adit.environment,
  });
  await connect.line(/"changes":/, 60_000);
  await work();
  expect(await interrupted(connect)).toEqual({ code: 0, signal: null });
}

async function peersOf({ cluster }: Stage): Promise<PeerObject[]> {
  const { value } = await cluster.ask('GET', peersPath);
  return (value as { items: PeerObject[] }).items;
}

describeInLab('a Peer that somebody has taken away', () => {
  test.skipIf(whyNot !== '')(
    `is made again by connect, with its key, and somebody else’s is left alone${whyNot}`,
    { timeout: 300_000 },
    async () => {
      await inCluster(async (stage) => {
        const { scenario, cluster, adit, source } = stage;
        const answering = async (): Promise<void> => {
          await expect.poll(() => podsThatAnswer(scenario), soon).toEqual(all);
        };
        await connected(stage, [], answering);
        const [first] = await peersOf(stage);
        if (first === undefined) throw new Error('no Peer');
        expect(first.spec.allowedIPs).toEqual(['10.5.0.1/32']);
        const gone = `${peersPath}/${first.metadata.name}`;

        await cluster.write('DELETE', gone);
        await expect.poll(() => podsThatAnswer(scenario), soon).toEqual([]);
        // A sync says so, and makes none.
        expect(await adit.fault('cluster', 'sync', 'work', '--once')).toBe('kilo-peer-not-found');
        expect(await peersOf(stage)).toEqual([]);
        await connected(stage, [], answering);
        expect((await peersOf(stage)).map(({ metadata, spec }) => [metadata.name, spec])).toEqual([
          ['laptop', first.spec],
        ]);

        // Its name is somebody else's now.
        await cluster.write('DELETE', gone);
        await cluster.write('POST', peersPath, kiloPeer('laptop', { allowedIPs: ['10.5.0.9/32'] }));
        const before = await peersOf(stage);
        const words = ['cluster', 'connect', ...source, '--as', 'work', '--rm'];
        expect(await adit.fault(...words)).toBe('peer-key-changed');
        expect(await peersOf(stage)).toEqual(before);

        // Its address is.
        await cluster.write('DELETE', gone);
        await cluster.write('POST', peersPath, kiloPeer('other', { allowedIPs: ['10.5.0.1/32'] }));
        await connected(stage, ['--rm'], async () => {
          const own = (await peersOf(stage)).find(({ metadata }) => metadata.name === 'laptop');
          expect(own?.spec).toEqual({ ...first.spec, allowedIPs: ['10.5.0.2/32'] });
          expect((await adit.status('work')).addresses).toEqual(['10.5.0.2/32']);
          await answering();
        });
        expect((await peersOf(stage)).map(({ metadata }) => metadata.name)).toEqual(['other']);
        expect(await adit.done('list')).toMatchObject({ profiles: [] });
      });
    },
  );
});
