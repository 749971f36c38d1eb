import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { expect, test } from 'vitest';
import type { Host } from '../host.ts';
import { newKeyPair } from '../keys.ts';
import { callerSeenBy } from '../measure.ts';
import { PingStream } from '../ping-stream.ts';
import { openFullTunnel } from '../scenarios/full-tunnel.ts';
import type { FullTunnel } from '../scenarios/full-tunnel.ts';
import { startNames } from '../services.ts';
import { difference, networkSnapshot } from '../snapshot.ts';
import { BUSY, describeInLab } from '../testing.ts';
import { AditClient } from './client.ts';

const web = '198.51.100.80';
const nameServer = '203.0.113.254';
const first = '203.0.113.10';
const second = '203.0.113.11';

interface Stage {
  readonly stage: FullTunnel;
  readonly adit: AditClient;
  readonly client: Host;
  /** What the name server says from now on, in place of what it said before. */
  readonly say: (names: Readonly<Record<string, string | readonly string[]>>) => Promise<void>;
}

/** The full tunnel to a relay by name, which a server beyond the gateway knows: it is inside the tunnel's own prefixes. */
async function opened(
  names: Readonly<Record<string, string | readonly string[]>>,
  work: (stage: Stage) => Promise<void>,
): Promise<void> {
  await using stage = await openFullTunnel();
  const { client, lab } = stage;
  const core = lab.host('core');
  await client.shell(`echo 'nameserver ${nameServer}' > /etc/resolv.conf`);
  let service = await startNames(core, names);
  await using adit = await AditClient.start(client, lab.folder);
  await adit.import('home', profileText(stage, 'relay.example'));
  await work({
    stage,
    adit,
    client,
    say: async (others) => {
      await service.stop();
      service = await startNames(core, others);
    },
  });
}

function profileText({ profile }: FullTunnel, host: string): string {
  return profile.text.replace(/^Endpoint = .*$/m, `Endpoint = ${host}:51820`);
}

/** The relay leaves its address and takes another. */
function moveRelay({ relay }: FullTunnel): Promise<unknown> {
  return relay.ip(
    `address del ${first}/24 dev em1`,
    `address add ${second}/24 dev em1`,
    'route replace default via 203.0.113.254',
  );
}

describeInLab('an endpoint’s name', () => {
  for (const reversePathFilter of [0, 1, 2]) {
    test(`that moves is followed out of a full tunnel, with rp_filter ${reversePathFilter}`, async () => {
      await opened({ 'relay.example': first }, async ({ stage, adit, client, say }) => {
        await client.shell(
          `for i in all default eth0; do echo ${reversePathFilter} > /proc/sys/net/ipv4/conf/$i/rp_filter; done`,
        );
        await client.settled();
        const before = await networkSnapshot(client);
        await adit.done('up', 'home', '--wait=20');
        await using stream = new PingStream(client, web, { intervalMs: 50 });
        await expect.poll(() => stream.replies.length, { timeout: 20_000 }).toBeGreaterThan(5);
        await say({ 'relay.example': second });
        const moved = performance.now();
        await moveRelay(stage);
        const { backAfterMs } = await stream.outageSince(moved, { deadlineMs: BUSY * 25_000 });
        // 15 s without an answer, up to 5 s until somebody looks, and a handshake.
        expect(backAfterMs).toBeLessThan(BUSY * 22_000);
        await stream.stop();
        expect((await adit.status('home')).peers[0]?.endpoint).toBe(`${second}:51820`);
        await adit.done('down', 'home');
        await client.settled();
        expect(difference(before, await networkSnapshot(client))).toEqual({ gone: [], added: [] });
      });
    });
  }

  test('that moves is followed where the only way out is in a table of its own', async () => {
    await opened({ 'relay.example': first }, async ({ stage, adit, client, say }) => {
      const [gateway] = /via \S+ dev \S+/.exec((await client.shell('ip route show default')).stdout) ?? [];
      await client.ip(`route add default ${gateway} table 100`, 'rule add pref 32000 lookup 100');
      await client.ip('route del default');
      await adit.done('up', 'home', '--wait=20');
      expect(await callerSeenBy(client, `http://${web}/`)).toBe(first);
      await using stream = new PingStream(client, web, { intervalMs: 50 });
      await expect.poll(() => stream.replies.length, { timeout: 20_000 }).toBeGreaterThan(5);
      await say({ 'relay.example': second });
      const moved = performance.now();
      await moveRelay(stage);
      expect((await stream.outageSince(moved, { deadlineMs: BUSY * 25_000 })).backAfterMs).toBeLessThan(
        BUSY * 22_000,
      );
      await stream.stop();
      expect((await adit.status('home')).peers[0]?.endpoint).toBe(`${second}:51820`);
    });
  });

  test('with 50 addresses is tried at one after the other, until one answers', async () => {
    const others = Array.from({ length: 49 }, (_, last) => `203.0.113.${last + 101}`);
    const addresses = [...others.slice(0, 2), first, ...others.slice(2)];
    await opened({ 'relay.example': addresses }, async ({ adit, client }) => {
      await adit.done('up', 'home', '--wait=60');
      expect((await adit.status('home')).peers[0]?.endpoint).toBe(`${first}:51820`);
      expect(await callerSeenBy(client, `http://${web}/`)).toBe(first);
    });
  });

  const failures = {
    'has no address': ['relay.example', 'the name has no address'],
    'nobody knows': ['other.example', 'no such name'],
  } as const;
  for (const [what, [name, reason]] of Object.entries(failures)) {
    test(`that ${what} is refused with that reason, and nothing is changed`, async () => {
      await opened({ 'relay.example': [] }, async ({ stage, adit, client }) => {
        const before = await networkSnapshot(client);
        await adit.import('nowhere', profileText(stage, name));
        const { value } = await adit.json('up', 'nowhere');
        expect(value).toMatchObject({ error: { code: 'endpoint-unresolved' } });
        expect(JSON.stringify(value)).toContain(`${name} (${reason})`);
        expect(difference(before, await networkSnapshot(client))).toEqual({ gone: [], added: [] });
      });
    });
  }

  test('that no server answers for is refused after some seconds', async () => {
    await opened({}, async ({ adit, client }) => {
      await client.shell("echo 'nameserver 203.0.113.77' > /etc/resolv.conf");
      const began = performance.now();
      const { value } = await adit.json('up', 'home');
      expect(JSON.stringify(value)).toContain('relay.example (no name server answers)');
      expect(performance.now() - began).toBeLessThan(BUSY * 10_000);
    });
  });

  test('that is dead holds up no other peer, is told of, and is found when it has an address', async () => {
    await opened({ 'relay.example': first }, async ({ stage, adit, client, say }) => {
      const { publicKey } = newKeyPair();
      const late = `[Peer]\nPublicKey = ${publicKey}\nAllowedIPs = 10.9.9.9/32\nEndpoint = late.example:1\n`;
      await adit.import('two', `${profileText(stage, 'relay.example')}\n${late}`);
      await adit.done('up', 'two', '--wait=20');
      expect(await callerSeenBy(client, `http://${web}/`)).toBe(first);
      const codes = async (): Promise<string[]> =>
        (await adit.status('two')).warnings.map(({ code }) => code);
      const endpoint = async (): Promise<string | null | undefined> =>
        (await adit.status('two')).peers.find((peer) => peer.publicKey === publicKey)?.endpoint;
      expect(await codes()).toContain('endpoint-unresolved');
      await say({ 'relay.example': first, 'late.example': second });
      await expect.poll(endpoint, { timeout: 30_000 }).toBe(`${second}:1`);
      expect(await codes()).not.toContain('endpoint-unresolved');
    });
  });

  test('is looked up by a child that does not outlive the helper', async () => {
    await opened({ 'relay.example': first }, async ({ adit, client }) => {
      const resolvers = (): number =>
        client.processes().filter(({ pid }) => commandLineOf(pid).includes('--max-old-space-size=64')).length;
      await adit.done('up', 'home', '--wait=20');
      expect(resolvers()).toBe(1);
      await adit.helper.kill('SIGKILL');
      await expect.poll(resolvers, { timeout: 20_000 }).toBe(0);
    });
  });
});

function commandLineOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
