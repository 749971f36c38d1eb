import { expect, test } from 'vitest';
import { callerSeenBy } from '../lab/measure.ts';
import { PingStream } from '../lab/ping-stream.ts';
import { AditClient } from '../lab/product/client.ts';
import { openFourClouds } from '../lab/scenarios/four-clouds.ts';
import { openFullTunnel } from '../lab/scenarios/full-tunnel.ts';
import type { Scenario } from '../lab/scenarios/scenario.ts';
import { difference, networkSnapshot } from '../lab/snapshot.ts';
import { figure, importFile, stateBecomes, switchOf } from './interface.ts';
import { Desktop } from './session/desktop.ts';
import { Program, shoot } from './session/program.ts';
import { describeOnDesktop, patience } from './testing.ts';

async function everythingIsReached({ client, reachable }: Scenario): Promise<void> {
  for (const { url, caller } of reachable) expect(await callerSeenBy(client, url), url).toBe(caller);
}

describeOnDesktop('the window', () => {
  test('takes the seed’s file in, connects it, shows its traffic live, and leaves no trace', async () => {
    await using stage = await openFullTunnel();
    const { client, lab, profile } = stage;
    const before = await networkSnapshot(client);
    await using adit = await AditClient.start(client, lab.folder);
    await using desktop = await Desktop.open();
    await using program = await Program.start(desktop, { environment: adit.environment });
    const page = await program.page();
    expect(page.url()).toBe('adit://app/');
    expect(await page.title()).toBe('Adit');
    await shoot(page, 'first-start');

    await importFile(page, profile.name, profile.text);
    await stateBecomes(page, 'Home_Win10', 'Down');
    await switchOf(page, 'Home_Win10').click();
    await stateBecomes(page, 'Home_Win10', 'Connected');
    await everythingIsReached(stage);
    {
      await using stream = new PingStream(client, '198.51.100.80', { intervalMs: 20 });
      await expect.poll(() => stream.replies.length, patience).toBeGreaterThan(5);
      const received = await figure(page, 'received');
      await expect.poll(() => figure(page, 'received'), patience).not.toBe(received);
      const later = await figure(page, 'received');
      await expect.poll(() => figure(page, 'received'), patience).not.toBe(later);
      await expect.poll(() => figure(page, 'receiving'), patience).not.toBe('0 B/s');
      await shoot(page, 'full-tunnel');
    }
    expect((await adit.status('home')).state).toBe('connected');

    await switchOf(page, 'Home_Win10').click();
    await stateBecomes(page, 'Home_Win10', 'Down');
    await client.settled();
    expect(difference(before, await networkSnapshot(client))).toEqual({ gone: [], added: [] });
    expect(client.processes('wireguard-go')).toEqual([]);
    expect(program.complaints).toEqual([]);
  });

  test('shows every peer of a cluster over four clouds', async () => {
    await using stage = await openFourClouds();
    const { client, lab, profile } = stage;
    await using adit = await AditClient.start(client, lab.folder);
    await using desktop = await Desktop.open();
    await using program = await Program.start(desktop, { environment: adit.environment });
    const page = await program.page();
    await importFile(page, profile.name, profile.text);
    await switchOf(page, 'clouds').click();
    // None of its peers has anything to say until somebody wants something of it.
    await expect.poll(() => switchOf(page, 'clouds').getAttribute('aria-busy'), patience).toBe('false');
    await everythingIsReached(stage);
    await stateBecomes(page, 'clouds', 'Connected');
    const peers = page.getByRole('row').filter({ hasText: 'Connected' });
    await expect.poll(() => peers.count(), patience).toBe(4);
    await shoot(page, 'four-clouds');
    expect(program.complaints).toEqual([]);
  });
});
