import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { answers, callerSeenBy, firstReply } from '../measure.ts';
import { PingStream } from '../ping-stream.ts';
import { BUSY, describeInLab } from '../testing.ts';
import { lowerByQuick, raiseByQuick, showPeers } from '../wireguard.ts';
import { ELSEWHERE, HOME, openFullTunnel } from './full-tunnel.ts';

const WEB = '198.51.100.80';
const WEB_URL = `http://${WEB}/`;

describeInLab('full-tunnel', () => {
  test('stands: without a tunnel the web sees the router the PC is behind', async () => {
    await using stage = await openFullTunnel();
    const { client } = stage;
    expect(await callerSeenBy(client, WEB_URL)).toBe('203.0.113.20');
    expect(await answers(client, '10.200.200.2')).toBe(false);

    await using stream = new PingStream(client, WEB, { intervalMs: 20 });
    await expect.poll(() => stream.replies.length, { timeout: 20_000 }).toBeGreaterThan(5);
    const moved = performance.now();
    await stage.moveToOtherRouter();
    expect((await stream.outageSince(moved)).backAfterMs).toBeLessThan(BUSY * 1500);
    expect(await callerSeenBy(client, WEB_URL)).toBe('203.0.113.21');
    expect((await client.run(['ip', '-o', 'route', 'get', WEB])).stdout).toContain(
      `via ${ELSEWHERE.gateway} dev eth1`,
    );

    await stage.moveHome();
    expect(await callerSeenBy(client, WEB_URL)).toBe('203.0.113.20');
    await stage.moveToOtherRouter('eth0');
    expect(await callerSeenBy(client, WEB_URL)).toBe('203.0.113.21');

    await stage.moveHome();
    await stage.renumber({ ...HOME, address: '192.168.1.99/24' });
    await firstReply(client, WEB);
    expect(await callerSeenBy(client, WEB_URL)).toBe('203.0.113.20');
    expect((await client.run(['ip', '-4', '-o', 'address', 'show', 'dev', 'eth0'])).stdout).toMatch(
      /^\d+: eth0 +inet 192\.168\.1\.99\/24 /,
    );
  });

  test('carries all traffic where the client exempts the endpoint, as stock wg-quick does for 0.0.0.0/0', async () => {
    await using stage = await openFullTunnel();
    const { client, profile, relay, reachable } = stage;
    const text = profile.text.replace(/^AllowedIPs = .*$/m, 'AllowedIPs = 0.0.0.0/0');
    await raiseByQuick(client, profile.name, text);
    await firstReply(client, WEB);
    for (const { url, caller } of reachable) expect(await callerSeenBy(client, url)).toBe(caller);
    expect((await showPeers(relay, 'wg0'))[0]?.endpoint).toMatch(/^203\.0\.113\.20:/);
  });

  test("loses all with the seed's own file and stock wg-quick: the endpoint routes into its own tunnel", async () => {
    await using stage = await openFullTunnel();
    const { client, profile } = stage;
    await raiseByQuick(client, profile.name, profile.text);
    await sleep(500);
    expect(await answers(client, WEB)).toBe(false);
    const [relay] = await showPeers(client, profile.name);
    // The kernel's WireGuard sees the loop and drops the packet.
    const engine = client.processes('wireguard-go').length;
    const route = await client.run(['ip', '-o', 'route', 'get', '203.0.113.10']);
    await lowerByQuick(client, profile.name);
    expect(route.stdout).toContain(`dev ${profile.name}`);
    if (engine > 0) expect(relay?.txBytes).toBeGreaterThan(10 * 1024 * 1024);
  });
});
