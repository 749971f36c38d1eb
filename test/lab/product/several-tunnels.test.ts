import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { newKeyPair } from '../keys.ts';
import { callerSeenBy } from '../measure.ts';
import { openFullTunnel } from '../scenarios/full-tunnel.ts';
import { openSiteToLan } from '../scenarios/site-to-lan.ts';
import { difference, networkSnapshot } from '../snapshot.ts';
import { describeInLab } from '../testing.ts';
import { AditClient } from './client.ts';

const nothing = { gone: [], added: [] };

describeInLab('several tunnels at once', () => {
  test('each comes and goes by itself, and takes only its own along', async () => {
    await using stage = await openSiteToLan();
    const { client, lab, profile } = stage;
    await client.settled();
    const before = await networkSnapshot(client);
    await using adit = await AditClient.start(client, lab.folder);
    await adit.import('office', profile.text);
    // With a key that the relay does not know, the second tunnel leads nowhere, which is enough here.
    const other = profile.text
      .replace(/^PrivateKey = .*$/m, `PrivateKey = ${newKeyPair().privateKey}`)
      .replace(/^Address = .*$/m, 'Address = 10.77.0.1/24')
      .replace(/^AllowedIPs = .*$/m, 'AllowedIPs = 10.77.0.0/24, 10.78.0.0/16, 172.24.0.0/16');
    await adit.import('other', other);

    await adit.done('up', 'office', '--wait=10');
    await sleep(600);
    const one = await networkSnapshot(client);
    await adit.done('up', 'other');
    for (const { url, caller } of stage.reachable) expect(await callerSeenBy(client, url), url).toBe(caller);
    const way = await client.run(['ip', 'route', 'get', '172.24.1.1']);
    expect(way.stdout).toContain('dev other');

    await adit.done('down', 'other');
    await expect
      .poll(async () => difference(one, await networkSnapshot(client)), { timeout: 20_000 })
      .toEqual(nothing);
    for (const { url, caller } of stage.reachable) expect(await callerSeenBy(client, url), url).toBe(caller);
    await adit.done('up', 'other');
    expect(await adit.done('down', '--all')).toEqual({ down: ['office', 'other'] });
    expect(difference(before, await networkSnapshot(client))).toEqual(nothing);
    expect(adit.helper.errorLines.filter((line) => / (repair-failed|internal-error) /.test(line))).toEqual(
      [],
    );
  });

  test('an uplink with a small MTU makes the tunnel smaller, and a change of it by others is put right', async () => {
    await using stage = await openFullTunnel();
    const { client, lab, profile } = stage;
    await client.ip('link set dev eth0 mtu 1400');
    await using adit = await AditClient.start(client, lab.folder);
    await adit.import('home', profile.text);
    await adit.done('up', 'home', '--wait=10');
    expect((await adit.status('home')).mtu).toBe(1320);
    const mtu = async (): Promise<string> =>
      (await client.run(['ip', '-o', 'link', 'show', 'dev', 'home'])).stdout;
    expect(await mtu()).toContain('mtu 1320 ');
    await client.ip('link set dev home mtu 1280');
    await expect.poll(mtu, { timeout: 20_000 }).toContain('mtu 1320 ');
  });
});
