import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { TunnelStatus } from '../../../shared/tunnel/status.ts';
import { kiloNode, kiloPeer } from '../../unit/cluster/clusters.ts';
import { newKeyPair } from '../keys.ts';
import { httpGet } from '../measure.ts';
import { openFourClouds } from '../scenarios/four-clouds.ts';
import type { FourClouds } from '../scenarios/four-clouds.ts';
import { difference, networkSnapshot } from '../snapshot.ts';
import { describeInLab } from '../testing.ts';
import { AditClient } from './client.ts';

const nothing = { gone: [], added: [] };

/** Milliseconds. */
const limit = { timeout: 120_000 };

async function inClouds(work: (adit: AditClient, scenario: FourClouds) => Promise<void>): Promise<void> {
  await using scenario = await openFourClouds();
  await scenario.client.settled();
  await using adit = await AditClient.start(scenario.client, scenario.lab.folder);
  await adit.import('clouds', scenario.profile.text);
  await work(adit, scenario);
}

/** Gives the profile that is up another text, and brings it up so. */
async function change(adit: AditClient, text: string): Promise<void> {
  await writeFile(join(adit.home, 'profiles', 'clouds.conf'), text);
  await adit.done('up', 'clouds');
}

/** The sections of a text, `[Interface]` first. */
function sections(text: string): string[] {
  return text.split(/^(?=\[)/m);
}

function handshakes({ peers }: TunnelStatus): Record<string, string | null> {
  return Object.fromEntries(peers.map(({ publicKey, latestHandshake }) => [publicKey, latestHandshake]));
}

/** Whether every pod of some clouds answers, in the order of the clouds. */
async function podsAnswer({ clouds, client }: FourClouds): Promise<boolean[]> {
  return Promise.all(
    clouds.map(({ podAddress }) =>
      httpGet(client, `http://${podAddress}/`).then(
        () => true,
        () => false,
      ),
    ),
  );
}

describeInLab('a tunnel that is up, and gets other peers', () => {
  test('keeps the sessions of those that stay; who goes is gone, who comes answers', limit, async () => {
    await inClouds(async (adit, scenario) => {
      const before = await networkSnapshot(scenario.client);
      const { text } = scenario.profile;
      await adit.done('up', 'clouds', '--wait=20');
      expect(await podsAnswer(scenario)).toEqual([true, true, true, true]);
      const first = await adit.settledStatus('clouds');
      const engine = scenario.client.processes('wireguard-go').map(({ pid }) => pid);

      const [head = '', aws = '', aliyun = '', gcp = '', azure = ''] = sections(text);
      await change(adit, [head, aws, aliyun, gcp].join(''));
      const without = await adit.status('clouds');
      expect(without.peers).toHaveLength(3);
      expect(without).toMatchObject({ since: first.since, listenPort: first.listenPort });
      const gone = first.peers[3]?.publicKey ?? '';
      const staying = Object.fromEntries(Object.entries(handshakes(first)).filter(([key]) => key !== gone));
      expect(handshakes(without)).toEqual(staying);
      expect(await podsAnswer(scenario)).toEqual([true, false, true, true]);

      await change(adit, text);
      expect(await podsAnswer(scenario)).toEqual([true, true, true, true]);
      const again = await adit.status('clouds');
      expect(handshakes(again)).toMatchObject(staying);

      // The Services move to another peer in one step, and back; nobody has two.
      const moved = [head, aws.replace(', 10.43.0.0/16', ''), `${gcp.trimEnd()}\n`, aliyun, azure];
      await change(
        adit,
        moved.join('\n').replace(/(AllowedIPs = [^\n]*)(\nEndpoint = gcp)/, '$1, 10.43.0.0/16$2'),
      );
      const ways = (await adit.status('clouds')).peers.filter(({ allowedIps }) =>
        allowedIps.includes('10.43.0.0/16'),
      );
      expect(ways.map(({ endpoint }) => endpoint)).toEqual([
        expect.stringContaining(scenario.clouds.find(({ name }) => name === 'gcp')?.publicAddress ?? ''),
      ]);
      expect(scenario.client.processes('wireguard-go').map(({ pid }) => pid)).toEqual(engine);
      await adit.done('down', 'clouds');
      expect(difference(before, await networkSnapshot(scenario.client))).toEqual(nothing);
    });
  });

  test(
    'of a cluster keeps what was decided since for the next "up", whatever the cluster changes',
    limit,
    async () => {
      await inClouds(async (adit, scenario) => {
        const file = join(adit.home, 'nodes.json');
        const keys = newKeyPair();
        const peer = kiloPeer('laptop', { publicKey: keys.publicKey, allowedIPs: ['10.5.0.7/32'] });
        const write = (nodes: readonly unknown[]): Promise<void> =>
          writeFile(file, JSON.stringify({ kind: 'List', apiVersion: 'v1', items: [...nodes, peer] }));
        const [a, b] = ['a', 'b'].map((name, index) => kiloNode(name, index + 1));
        await write([a]);
        const key = join(adit.home, 'laptop.key');
        await writeFile(key, keys.privateKey);
        await adit.done(
          'cluster',
          'import',
          '--from',
          file,
          '--peer',
          'laptop',
          '--as',
          'work',
          '--private-key',
          key,
        );
        await adit.done('up', 'work');
        const first = await adit.status('work');
        await adit.done('set', 'work', 'mtu=1300', 'killSwitch=on', 'exclude=10.42.1.128/25');
        const before = await networkSnapshot(scenario.client);

        await write([a, b]);
        expect(await adit.done('cluster', 'sync', 'work', '--once')).toMatchObject({ applied: true });
        const followed = await adit.status('work');
        expect(followed.peers.map(({ name }) => name)).toEqual(['a', 'b']);
        const { since, mtu, killSwitch } = first;
        expect(followed).toMatchObject({ since, mtu, killSwitch });
        expect(difference(before, await networkSnapshot(scenario.client)).gone).toEqual([]);

        await adit.done('up', 'work');
        expect(await adit.status('work')).toMatchObject({ mtu: 1300, peers: { length: 2 } });

        // One that is down stays down.
        await adit.done('down', 'work');
        await write([a]);
        expect(await adit.done('cluster', 'sync', 'work', '--once')).toMatchObject({ applied: false });
        expect(await adit.status('work')).toMatchObject({ state: 'down' });
      });
    },
  );

  test('goes by what was decided when it came up', limit, async () => {
    await inClouds(async (adit, scenario) => {
      const [head = '', ...peers] = sections(scenario.profile.text);
      const lan = `[Peer]\nPublicKey = ${newKeyPair().publicKey}\nAllowedIPs = 192.168.1.0/24\n`;
      await writeFile(join(adit.home, 'profiles', 'clouds.conf'), [head, ...peers, lan].join('\n'));
      const code = await adit.fault('up', 'clouds');
      await adit.done('up', 'clouds', '--subtract', '--wait=20');
      const { since } = await adit.status('clouds');
      await change(adit, [head, ...peers.slice(1), lan].join('\n'));
      expect(await adit.status('clouds')).toMatchObject({ since, peers: { length: peers.length } });
      const route = await scenario.client.run(['ip', 'route', 'get', '192.168.1.1']);
      expect(route.stdout).toContain('dev eth0');
      await adit.done('down', 'clouds');
      // The next time it is asked anew.
      expect(await adit.fault('up', 'clouds')).toBe(code);
    });
  });

  test('has what it had before where the change is refused', limit, async () => {
    await inClouds(async (adit, scenario) => {
      await adit.done('up', 'clouds', '--wait=20');
      const standing = await networkSnapshot(scenario.client);
      const first = await adit.status('clouds');
      const lan = `\n[Peer]\nPublicKey = ${newKeyPair().publicKey}\nAllowedIPs = 192.168.1.0/24\n`;
      await writeFile(join(adit.home, 'profiles', 'clouds.conf'), scenario.profile.text + lan);
      expect(await adit.fault('up', 'clouds')).toMatch(/lan|gateway|route|network/);
      const { peers } = await adit.status('clouds');
      expect(peers.map(({ publicKey }) => publicKey)).toEqual(first.peers.map(({ publicKey }) => publicKey));
      expect(difference(standing, await networkSnapshot(scenario.client))).toEqual(nothing);
    });
  });
});
