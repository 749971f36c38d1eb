import { dirname, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { expect, test } from 'vitest';
import type { Host } from '../host.ts';
import { PingStream } from '../ping-stream.ts';
import { HOME, openFullTunnel } from '../scenarios/full-tunnel.ts';
import type { FullTunnel } from '../scenarios/full-tunnel.ts';
import { BUSY, describeInLab } from '../testing.ts';
import { AditClient, aditProgram } from './client.ts';

const web = '198.51.100.80';
const resolver = join(dirname(aditProgram), 'resolver.cjs');

/** Milliseconds within which traffic has to be back once the network is; `npm run bench roam` measures. */
const limit = BUSY * 2_000;

/** Milliseconds that a cable is out. */
const out = process.env['ADIT_TEST_LONG'] === '1' ? 60_000 : 15_000;

/** A full tunnel with a ping every 20 ms through it. */
async function underway(
  work: (stage: FullTunnel, stream: PingStream, adit: AditClient) => Promise<void>,
): Promise<void> {
  await using stage = await openFullTunnel();
  const { client, lab, profile } = stage;
  await using adit = await AditClient.start(client, lab.folder);
  await adit.import('home', profile.text);
  await adit.done('up', 'home', '--wait=20');
  await using stream = new PingStream(client, web, { intervalMs: 20 });
  await expect.poll(() => stream.replies.length, { timeout: 20_000 }).toBeGreaterThan(10);
  await work(stage, stream, adit);
}

describeInLab('traffic is back soon', () => {
  // After 15 s without an answer both ends call, and when the cable is in their calls cross.
  test(`of a cable that was out for ${out / 1_000} s`, async () => {
    await underway(async (stage, stream) => {
      await stage.lab.cable(stage.client, 'eth0', 'out');
      await new Promise((resolve) => setTimeout(resolve, out));
      const back = performance.now();
      await stage.lab.cable(stage.client, 'eth0', 'in');
      expect((await stream.outageSince(back, { deadlineMs: 20_000 })).backAfterMs).toBeLessThan(limit);
    });
  });

  test('of another gateway on the same LAN', async () => {
    await underway(async (stage, stream) => {
      const moved = performance.now();
      await stage.router.ip('address add 192.168.1.2/24 dev lan');
      await stage.renumber({ ...HOME, gateway: '192.168.1.2' });
      await stage.router.ip('address del 192.168.1.1/24 dev lan', 'address replace 192.168.1.2/24 dev lan');
      expect((await stream.outageSince(moved, { deadlineMs: 20_000 })).backAfterMs).toBeLessThan(limit);
    });
  });

  test('of a network that comes back after the session has run out at the far side', async () => {
    await underway(async (stage, stream) => {
      await stage.lab.cable(stage.client, 'eth0', 'out');
      // As after three minutes: the relay knows the peer, and no session with it.
      await forgetSessions(stage.relay);
      await new Promise((resolve) => setTimeout(resolve, 3_000));
      const back = performance.now();
      await stage.lab.cable(stage.client, 'eth0', 'in');
      expect((await stream.outageSince(back, { deadlineMs: 30_000 })).backAfterMs).toBeLessThan(limit);
    });
  });

  test('of an IPv6 address that went before its route did, and left the tunnel’s own alone', async () => {
    await using stage = await openFullTunnel();
    const { client, lab, profile, relay, router } = stage;
    await router.shell('echo 1 > /proc/sys/net/ipv6/conf/all/forwarding');
    await router.ip('address add 2001:db8:1::1/64 dev lan', 'address add 2001:db8:f::20/64 dev wan');
    await relay.ip('address add 2001:db8:f::10/64 dev em1', 'address add fd77::1/64 dev wg0');
    // As on the internet: an answer to an address that nobody has would be gone.
    await relay.ip('route add 2001:db8:1::/64 via 2001:db8:f::20');
    const key = (await relay.run(['wg', 'show', 'wg0', 'peers'])).stdout.trim();
    await relay.run(['wg', 'set', 'wg0', 'peer', key, 'allowed-ips', '10.200.200.11/32,fd77::2/128']);
    await client.ip('address add 2001:db8:1::11/64 dev eth0', 'route add default via 2001:db8:1::1');
    await using adit = await AditClient.start(client, lab.folder);
    const text = profile.text
      .replace(/^Address = .*$/m, 'Address = 10.200.200.11/24, fd77::2/128')
      .replace(/^Endpoint = .*$/m, 'Endpoint = [2001:db8:f::10]:51820');
    await adit.import('home', text);
    await adit.done('up', 'home', '--wait=20');
    await using stream = new PingStream(client, web, { intervalMs: 20 });
    await expect.poll(() => stream.replies.length, { timeout: 20_000 }).toBeGreaterThan(10);
    await client.ip('address del 2001:db8:1::11/64 dev eth0');
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    const back = performance.now();
    await client.ip('address add 2001:db8:1::50/64 dev eth0', 'route replace default via 2001:db8:1::1');
    expect((await stream.outageSince(back, { deadlineMs: 20_000 })).backAfterMs).toBeLessThan(limit);
  });

  test('of waking up, when the far side has forgotten the session', async () => {
    await using stage = await openFullTunnel();
    const { client, profile, relay } = stage;
    await client.write('/etc/wireguard/home.conf', profile.text, 0o600);
    const inside = join(import.meta.dirname, '..', 'inside', 'sleeper.ts');
    const words = [inside, 'home', '/etc/wireguard/home.conf', resolver];
    await using sleeper = client.start([process.execPath, ...words]);
    await sleeper.line(/^up$/, 30_000);
    await using stream = new PingStream(client, web, { intervalMs: 20 });
    await expect.poll(() => stream.replies.length, { timeout: 20_000 }).toBeGreaterThan(10);
    await forgetSessions(relay);
    const woke = performance.now();
    sleeper.write('sleep 600\n');
    expect((await stream.outageSince(woke, { deadlineMs: 30_000 })).backAfterMs).toBeLessThan(limit);
    expect(sleeper.errorLines.filter((line) => line.includes('woke-up'))).toHaveLength(1);
    await stream.stop();
    await sleeper.stop();
  });
});

/** Makes the relay begin anew with its peers. */
async function forgetSessions(relay: Host): Promise<void> {
  await relay.run(['wg', 'setconf', 'wg0', '/etc/wireguard/wg0.conf']);
}
