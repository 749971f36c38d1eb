import { expect, test } from 'vitest';
import { openFullTunnel } from '../scenarios/full-tunnel.ts';
import type { FullTunnel } from '../scenarios/full-tunnel.ts';
import { difference, networkSnapshot } from '../snapshot.ts';
import { describeInLab } from '../testing.ts';
import { aditProgram, AditClient } from './client.ts';

/** The helper is killed with a full tunnel and a kill switch up, and files of its record are damaged. */
async function damaged(
  files: string,
  work: (stage: FullTunnel, adit: AditClient, change: () => Promise<string[]>) => Promise<void>,
): Promise<void> {
  await using stage = await openFullTunnel();
  const { client, lab, profile } = stage;
  await client.settled();
  await using adit = await AditClient.start(client, lab.folder);
  await adit.import('home', profile.text);
  await adit.done('set', 'home', 'killSwitch=on');
  const before = await networkSnapshot(client);
  await adit.done('up', 'home', '--wait=10');
  await adit.helper.kill('SIGKILL');
  await adit.helper.exited;
  await client.shell(`for file in /run/adit/*/net-*/${files}; do printf '{"half' > $file; done`);
  await work(stage, adit, async () => {
    const { gone, added } = difference(before, await networkSnapshot(client));
    return [...gone, ...added];
  });
}

describeInLab('a damaged record', () => {
  test('of all: adit recover undoes what can be told to be ours, and puts the files aside', async () => {
    await damaged('{holdings,tunnel-*}.json', async ({ client }, adit, change) => {
      const { stdout } = await client.run([process.execPath, aditProgram, 'recover', '--json'], {
        env: { ADIT_SOCKET: adit.socket, ADIT_HOME: adit.home },
      });
      expect((JSON.parse(stdout) as { undone: string[] }).undone).toContain('kill switch');
      expect(await change()).toEqual([]);
      expect(client.processes('wireguard-go')).toEqual([]);
      const kept = await client.shell('cd /run/adit/*/net-*/ && ls *.damaged');
      expect(kept.stdout.split('\n').filter(Boolean)).toEqual([
        'holdings.json.damaged',
        'tunnel-home.json.damaged',
      ]);
    });
  });

  test('of what is held: the next helper takes the tunnel over all the same, and takes it down whole', async () => {
    await damaged('holdings.json', async ({ client }, adit, change) => {
      const engines = (): number[] => client.processes('wireguard-go').map(({ pid }) => pid);
      const before = engines();
      await adit.restartHelper();
      expect(await adit.status('home')).toMatchObject({ state: 'connected', killSwitch: 'on' });
      expect(engines()).toEqual(before);
      await adit.done('down', 'home');
      expect(await change()).toEqual([]);
    });
  });

  test('of a tunnel: the next helper starts, and undoes that tunnel', async () => {
    await damaged('tunnel-home.json', async (_, adit, change) => {
      await adit.restartHelper();
      expect(await adit.status('home')).toMatchObject({ state: 'down' });
      expect(await change()).toEqual([]);
    });
  });
});
