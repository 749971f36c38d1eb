import { performance } from 'node:perf_hooks';
import { expect, test } from 'vitest';
import type { Host } from '../host.ts';
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
});
