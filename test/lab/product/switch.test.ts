import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { OverlapChoice } from '../../../shared/cluster/overlaps/choices.ts';
import type { Overlap } from '../../../shared/cluster/overlaps/overlaps.ts';
import { Capture } from '../capture.ts';
import { callerSeenBy } from '../measure.ts';
import { openTwinClusters } from '../scenarios/twin-clusters.ts';
import type { TwinClusters } from '../scenarios/twin-clusters.ts';
import { difference, networkSnapshot } from '../snapshot.ts';
import { describeInLab } from '../testing.ts';
import { AditClient } from './client.ts';

const nothing = { gone: [], added: [] };

/** What of the laptop's own traffic passes by its tunnels: neither ARP, nor IPv6's housekeeping, nor WireGuard's packets. */
const leaks = 'ip and not (udp and (src port 40001 or src port 40002) and dst port 51820)';

async function opened(work: (stage: TwinClusters, adit: AditClient) => Promise<void>): Promise<void> {
  await using stage = await openTwinClusters();
  await using adit = await AditClient.start(stage.client, stage.lab.folder);
  for (const { name, text } of [stage.east, stage.west]) await adit.import(name, text);
  await work(stage, adit);
}

/** The tunnels that are up. */
async function standing(adit: AditClient): Promise<string[]> {
  const { tunnels } = (await adit.done('status')) as { tunnels: { name: string; state: string }[] };
  return tunnels.filter(({ state }) => state !== 'down').map(({ name }) => name);
}

describeInLab('two clusters with equal ranges', () => {
  test('exclude each other: the second is refused by the name of the first, and --switch changes from one to the other', async () => {
    await opened(async ({ client, podUrl, callers }, adit) => {
      await client.settled();
      const before = await networkSnapshot(client);
      const { pairs } = (await adit.done('cluster', 'overlaps')) as { pairs: Overlap[] };
      expect(pairs).toMatchObject([{ a: 'east', b: 'west', kind: 'equal', addresses: [] }]);
      expect(pairs[0]?.choices.map(({ command }: OverlapChoice) => command)).toEqual([
        'adit up west --switch',
        'adit up east --switch',
      ]);

      // With nothing in its way, it is an ordinary up.
      expect(await adit.done('up', 'east', '--switch', '--wait=20')).toMatchObject({ down: [] });
      expect(await callerSeenBy(client, podUrl)).toBe(callers.east);
      const refused = await adit.json('up', 'west');
      expect(refused).toMatchObject({ code: 1, value: { error: { code: 'route-shadowed' } } });
      expect(JSON.stringify(refused.value)).toMatch(/the tunnel .{1,2}east.*--switch/);
      expect(await standing(adit)).toEqual(['east']);

      expect(await adit.done('up', 'west', '--switch', '--wait=20')).toMatchObject({
        tunnels: [{ name: 'west', warnings: [] }],
        down: ['east'],
      });
      expect([await standing(adit), await callerSeenBy(client, podUrl)]).toEqual([['west'], callers.west]);
      // A helper that starts again brings back just what was promised last.
      await adit.helper.kill('SIGKILL');
      await adit.helper.exited;
      await adit.restartHelper();
      await expect.poll(() => standing(adit), { timeout: 20_000 }).toEqual(['west']);

      await adit.done('up', 'east', '--switch', '--wait=20');
      expect([await standing(adit), await callerSeenBy(client, podUrl)]).toEqual([['east'], callers.east]);
      await adit.done('down', '--all');
      expect(difference(before, await networkSnapshot(client))).toEqual(nothing);
    });
  });

  test('the first is up again where the second cannot come up, and its kill switch lets nothing out meanwhile', async () => {
    await opened(async ({ client, podUrl, callers }, adit) => {
      await adit.done('set', 'east', 'killSwitch=on');
      await adit.done('up', 'east', '--wait=20');
      const taker = client.start([
        process.execPath,
        '-e',
        "require('node:dgram').createSocket('udp4').bind(40002, () => console.log('taken'))",
      ]);
      await taker.line(/^taken$/, 20_000);
      const talker = client.start(['ping', '-q', '-i', '0.01', '10.42.0.10']);
      await using eth0 = await Capture.start(client, 'eth0', leaks);
      expect(await adit.fault('up', 'west', '--switch')).not.toBe('route-shadowed');
      expect(adit.helper.errorLines.some((line) => / tunnel-down .*east/.test(line))).toBe(true);
      expect(await standing(adit)).toEqual(['east']);
      await expect
        .poll(() => callerSeenBy(client, podUrl).catch(() => null), { timeout: 20_000 })
        .toBe(callers.east);
      expect((await adit.status('east')).killSwitch).toBe('on');
      expect(await eth0.frames()).toEqual([]);

      // With its port free it comes up, and leaves nothing of the first one's kill switch.
      await taker.stop();
      await adit.done('up', 'west', '--switch', '--wait=20');
      expect([await standing(adit), (await adit.status('west')).killSwitch]).toEqual([['west'], 'off']);
      expect(await callerSeenBy(client, podUrl)).toBe(callers.west);
      expect(await eth0.frames()).toEqual([]);
      await adit.done('down', 'west');
      await sleep(300);
      expect((await eth0.frames()).length).toBeGreaterThan(0);
      expect(talker.running).toBe(true);
      await talker.stop();
    });
  });
});
