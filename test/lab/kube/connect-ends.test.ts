import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { kiloPeer } from '../../unit/cluster/clusters.ts';
import { Running } from '../running.ts';
import { describeInLab } from '../testing.ts';
import { inCluster, whyNot } from './kilo-stage.ts';
import type { Stage } from './kilo-stage.ts';
import { peersPath } from './kilo.ts';
import { interrupted, peersAndProfiles, startConnect } from './stage.ts';

const nothing = { peers: [], profiles: [] };

async function keysOf({ adit }: Stage): Promise<string[]> {
  return readdir(join(adit.home, 'clusters', 'keys'));
}

/** Makes the Peer, and a profile of its key without a record: what is left where an import is killed in between. */
async function halfImported({ adit, source }: Stage): Promise<void> {
  await adit.done('cluster', 'peer', 'apply', ...source, '--name', 'laptop');
  const folder = join(adit.home, 'clusters', 'keys');
  const [file = ''] = await readdir(folder);
  const key = (await readFile(join(folder, file), 'utf8')).trim();
  await adit.import('work', `[Interface]\nPrivateKey = ${key}\nAddress = 10.5.0.1/32\n`);
}

describeInLab('the end of a connect', () => {
  test.skipIf(whyNot !== '')(
    `leaves nothing that is its own, and what is another’s${whyNot}`,
    { timeout: 300_000 },
    async () => {
      await inCluster(async (stage) => {
        const { cluster, adit, source } = stage;

        // Ctrl-C before a node has answered: nobody has waited for one.
        const words = ['cluster', 'connect', ...source, '--as', 'work', '--name', 'laptop', '--rm', '--json'];
        await using early = new Running('connect', adit.argv(...words), undefined, { env: adit.environment });
        await early.line(/"domains":/, 60_000);
        expect(await interrupted(early)).toMatchObject({ signal: null });
        expect(early.lines.join('\n')).not.toContain('"handshaking"');
        expect(await peersAndProfiles(stage)).toEqual(nothing);

        // Ctrl-C while the API says nothing: nobody waits for that either.
        await using silent = createServer().listen(0, '127.0.0.1');
        await once(silent, 'listening');
        const { port } = silent.address() as AddressInfo;
        const kubeconfig = join(cluster.folder, 'silent');
        await writeFile(kubeconfig, cluster.kubeconfig(undefined, { server: `https://127.0.0.1:${port}` }));
        const asking = ['cluster', 'connect', '--kubeconfig', kubeconfig, '--as', 'work', '--json'];
        await using unheard = new Running('connect', adit.argv(...asking), undefined, {
          env: adit.environment,
        });
        const [socket] = (await once(silent, 'connection')) as [Socket];
        socket.on('error', () => undefined).resume();
        const began = performance.now();
        expect(await interrupted(unheard)).toEqual({ code: 1, signal: null });
        expect(performance.now() - began).toBeLessThan(10_000);
        expect(unheard.lines.join('\n')).toContain('"code":"interrupted"');
        expect(await peersAndProfiles(stage)).toEqual(nothing);

        // Somebody else takes the Peer away meanwhile.
        await using robbed = await startConnect(stage);
        await cluster.write('DELETE', `${peersPath}/laptop`);
        expect(await interrupted(robbed)).toEqual({ code: 0, signal: null });
        expect(await peersAndProfiles(stage)).toEqual(nothing);

        // Somebody else has its name by then.
        await using renamed = await startConnect(stage);
        await cluster.write('DELETE', `${peersPath}/laptop`);
        await cluster.write('POST', peersPath, kiloPeer('laptop', { allowedIPs: ['10.5.0.9/32'] }));
        expect(await interrupted(renamed)).toEqual({ code: 0, signal: null });
        expect((await peersAndProfiles(stage)).peers).toMatchObject([{ metadata: { name: 'laptop' } }]);
        expect(await adit.done('list')).toMatchObject({ profiles: [] });
        await cluster.write('DELETE', `${peersPath}/laptop`);

        // Another profile lives on the Peer.
        await using shared = await startConnect(stage);
        const text = await readFile(join(adit.home, 'profiles', 'work.conf'), 'utf8');
        await adit.import('second', text);
        expect(await interrupted(shared)).toEqual({ code: 0, signal: null });
        const { peers, profiles } = await peersAndProfiles(stage);
        expect(peers).toMatchObject([{ metadata: { name: 'laptop' } }]);
        expect(profiles).toMatchObject([{ name: 'second' }]);
        await adit.done('remove', 'second');
        await cluster.write('DELETE', `${peersPath}/laptop`);

        // One was killed between the profile and its record.
        await halfImported(stage);
        await using again = await startConnect(stage);
        expect(await interrupted(again)).toEqual({ code: 0, signal: null });
        expect(await peersAndProfiles(stage)).toEqual(nothing);
        expect(await keysOf(stage)).toEqual([]);
      });
    },
  );

  test.skipIf(whyNot !== '')(
    `does not touch a profile that is of no cluster${whyNot}`,
    { timeout: 300_000 },
    async () => {
      await inCluster(async ({ adit, source }) => {
        await adit.import(
          'work',
          '[Interface]\nPrivateKey = yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk=\nAddress = 10.9.9.9/32\n',
        );
        const { value } = await adit.json('cluster', 'connect', ...source, '--as', 'work', '--rm');
        expect(value).toMatchObject({
          error: {
            code: 'profile-of-no-cluster',
            hint: expect.stringContaining('a name of its own: --as NAME') as unknown,
          },
        });
        expect(await adit.done('list')).toMatchObject({ profiles: [{ name: 'work' }] });
      });
    },
  );
});
