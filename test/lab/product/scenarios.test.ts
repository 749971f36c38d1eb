import { performance } from 'node:perf_hooks';
import { expect, test } from 'vitest';
import { answers, callerSeenBy, firstReply } from '../measure.ts';
import { PingStream } from '../ping-stream.ts';
import { openFourClouds } from '../scenarios/four-clouds.ts';
import { ELSEWHERE, HOME, openFullTunnel } from '../scenarios/full-tunnel.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { openKiloLocation } from '../scenarios/kilo-location.ts';
import { openSiteToLan } from '../scenarios/site-to-lan.ts';
import { openTwoHosts } from '../scenarios/two-hosts.ts';
import { difference, networkSnapshot } from '../snapshot.ts';
import { BUSY, describeInLab } from '../testing.ts';
import { AditClient } from './client.ts';

const web = '198.51.100.80';

/** Imports the scenario's own profile, connects it, and does something with it; the network is as before afterwards. */
async function connected(stage: Scenario, work: (adit: AditClient) => Promise<void>): Promise<void> {
  const { client, lab, profile } = stage;
  await client.settled();
  const before = await networkSnapshot(client);
  await using adit = await AditClient.start(client, lab.folder);
  await adit.import(profile.name, profile.text);
  await adit.done('up', profile.name, '--wait=10');
  await work(adit);
  await adit.done('down', profile.name);
  await client.settled();
  expect(difference(before, await networkSnapshot(client))).toEqual({ gone: [], added: [] });
  expect(client.processes('wireguard-go')).toEqual([]);
}

async function everythingIsReached({ client, reachable }: Scenario): Promise<void> {
  for (const { url, caller } of reachable) expect(await callerSeenBy(client, url), url).toBe(caller);
}

describeInLab('full-tunnel with Adit', () => {
  test('the seed’s own file carries traffic, and the web sees the relay', async () => {
    await using stage = await openFullTunnel();
    await connected(stage, async (adit) => {
      await everythingIsReached(stage);
      const status = await adit.status('home');
      expect(status).toMatchObject({
        state: 'connected',
        interface: 'home',
        engine: 'wireguard-go',
        mtu: 1420,
      });
      expect(status.peers[0]).toMatchObject({
        name: 'Home_Win10',
        endpoint: '203.0.113.10:51820',
        state: 'connected',
      });
      expect(status.peers[0]?.txBytes).toBeLessThan(100_000);
    });
  });

  for (const reversePathFilter of [0, 1, 2]) {
    test(`carries traffic with rp_filter ${reversePathFilter}`, async () => {
      await using stage = await openFullTunnel();
      const { client } = stage;
      await client.shell(
        `for i in all default eth0; do echo ${reversePathFilter} > /proc/sys/net/ipv4/conf/$i/rp_filter; done`,
      );
      await connected(stage, () => everythingIsReached(stage));
    });
  }

  const moves = {
    'another address on the same NIC': (stage) => stage.renumber({ ...HOME, address: '192.168.1.99/24' }),
    'another network on the same NIC': (stage) => stage.moveToOtherRouter('eth0'),
    'another NIC': (stage) => stage.moveToOtherRouter('eth1'),
  } satisfies Record<string, (stage: Awaited<ReturnType<typeof openFullTunnel>>) => Promise<void>>;
  for (const [what, move] of Object.entries(moves)) {
    test(`traffic is back soon after ${what}`, async () => {
      await using stage = await openFullTunnel();
      const { client } = stage;
      await using adit = await AditClient.start(client, stage.lab.folder);
      await adit.import('home', stage.profile.text);
      await adit.done('up', 'home', '--wait=10');
      await using stream = new PingStream(client, web, { intervalMs: 20 });
      await expect.poll(() => stream.replies.length, { timeout: 20_000 }).toBeGreaterThan(10);
      const moved = performance.now();
      await move(stage);
      const { backAfterMs } = await stream.outageSince(moved);
      expect(backAfterMs).toBeLessThan(BUSY * 2500);
      await everythingIsReached(stage);
    });
  }

  test('the far side reaches us again after a move, though we send nothing ourselves', async () => {
    await using stage = await openFullTunnel();
    const { client, relay } = stage;
    await using adit = await AditClient.start(client, stage.lab.folder);
    await adit.import('home', stage.profile.text);
    await adit.done('up', 'home', '--wait=10');
    await using stream = new PingStream(relay, '10.200.200.11', { intervalMs: 20 });
    await expect.poll(() => stream.replies.length, { timeout: 20_000 }).toBeGreaterThan(10);
    const moved = performance.now();
    await stage.moveToOtherRouter('eth0');
    expect((await stream.outageSince(moved)).backAfterMs).toBeLessThan(BUSY * 2500);
    expect((await client.run(['ip', 'route', 'get', '203.0.113.10', 'mark', '0x20ad'])).stdout).toContain(
      ELSEWHERE.gateway,
    );
  });

  test('traffic is back by itself soon after wireguard-go is killed', async () => {
    await using stage = await openFullTunnel();
    const { client } = stage;
    await connected(stage, async (adit) => {
      await using stream = new PingStream(client, web, { intervalMs: 20 });
      await expect.poll(() => stream.replies.length, { timeout: 20_000 }).toBeGreaterThan(10);
      const [engine] = client.processes('wireguard-go');
      if (engine === undefined) throw new Error('no wireguard-go');
      const killed = performance.now();
      process.kill(engine.pid, 'SIGKILL');
      expect((await stream.outageSince(killed)).backAfterMs).toBeLessThan(BUSY * 4000);
      await stream.stop();
      await everythingIsReached(stage);
      expect((await adit.status('home')).state).toBe('connected');
    });
  });

  test('CVE-2019-14899: a neighbour who sends to the tunnel’s address gets no answer', async () => {
    await using stage = await openFullTunnel();
    const { client, lab, profile, router } = stage;
    await using adit = await AditClient.start(client, lab.folder);
    await adit.import(profile.name, profile.text);
    await adit.done('up', profile.name, '--wait=10');
    await router.ip('route add 10.200.200.11/32 via 192.168.1.11');
    expect(await answers(router, '10.200.200.11')).toBe(false);
    // Without our rule the machine would answer, as Linux does for any address of its own.
    await client.run(['nft', 'flush', 'chain', 'inet', 'adit', 'spoofed']);
    expect(await answers(router, '10.200.200.11')).toBe(true);
  });

  test('where IPv6 is disabled, its prefixes are left out with a warning', async () => {
    await using stage = await openFullTunnel();
    const { client } = stage;
    await client.shell('echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6');
    await connected(stage, async (adit) => {
      await everythingIsReached(stage);
      expect((await adit.status('home')).warnings.map(({ code }) => code)).toEqual(['ipv6-disabled']);
    });
  });
});

describeInLab('site-to-lan with Adit', () => {
  test('the home PC reaches the office LAN through the relay and the company server', async () => {
    await using stage = await openSiteToLan();
    await connected(stage, () => everythingIsReached(stage));
  });
});

describeInLab('two-hosts with Adit', () => {
  test('both ends reach each other, EndPoint spelled as the seed spells it', async () => {
    await using stage = await openTwoHosts();
    await connected(stage, async () => {
      await everythingIsReached(stage);
      await firstReply(stage.b, '10.0.0.1');
    });
  });
});

describeInLab('four-clouds with Adit', () => {
  test('every pod answers through its own node, Services through aws', async () => {
    await using stage = await openFourClouds();
    await connected(stage, async (adit) => {
      await everythingIsReached(stage);
      const { peers } = await adit.status('clouds');
      expect(peers.map(({ state }) => state)).toEqual(['connected', 'connected', 'connected', 'connected']);
    });
  });

  test('a node that is down loses its own pods only', async () => {
    await using stage = await openFourClouds();
    const { client } = stage;
    await stage.plugIn('gcp', false);
    await connected(stage, async () => {
      expect(await answers(client, '10.42.2.10')).toBe(false);
      expect(await answers(client, '10.42.1.10')).toBe(true);
      expect(await answers(client, '10.42.3.10')).toBe(true);
    });
  });
});

describeInLab('kilo-location with Adit', () => {
  test('every pod answers by its location’s leader, whose endpoint is in its own AllowedIPs (kilo#83)', async () => {
    await using stage = await openKiloLocation();
    await connected(stage, async (adit) => {
      await everythingIsReached(stage);
      const { peers } = await adit.status('location');
      expect(peers.map(({ endpoint }) => endpoint)).toEqual([
        '203.0.113.3:51820',
        '172.24.135.48:51820',
        '172.24.135.45:51820',
      ]);
    });
  });
});
