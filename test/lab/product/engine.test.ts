import { readlinkSync } from 'node:fs';
import { copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { describe, expect, test } from 'vitest';
import type { Host } from '../host.ts';
import { callerSeenBy } from '../measure.ts';
import { PingStream } from '../ping-stream.ts';
import { whyNoLab } from '../requirements.ts';
import type { FullTunnel } from '../scenarios/full-tunnel.ts';
import { openFullTunnel } from '../scenarios/full-tunnel.ts';
import { difference, networkSnapshot } from '../snapshot.ts';
import { BUSY } from '../testing.ts';
import { AditClient } from './client.ts';
import { Installation, ownEngine, systemEngine, whyNoOwnEngine } from './installation.ts';

const web = '198.51.100.80';
const webUrl = `http://${web}/`;
const relayAddress = '203.0.113.10';
const mirrorPort = 7008;
const mirror = join(import.meta.dirname, '..', 'inside', 'mirror.ts');

/** The one engine that runs on a host. */
function engineOn(host: Host): { pid: number; program: string } {
  const [engine, ...more] = host.processes('wireguard-go');
  if (engine === undefined || more.length > 0) throw new Error(`${more.length} engines too many, or none`);
  return { pid: engine.pid, program: readlinkSync(`/proc/${engine.pid}/exe`) };
}

/** What `build/engine/go.mod` pins, as the status has it. */
async function pinnedVersion(): Promise<string> {
  const goMod = await readFile(join(import.meta.dirname, '../../../build/engine/go.mod'), 'utf8');
  const [, day = '?'] = /golang\.zx2c4\.com\/wireguard v0\.0\.0-(\d{8})\d{6}-/.exec(goMod) ?? [];
  return `0.0.${day} (Adit’s own)`;
}

/** The version that the system's engine says it is of. */
async function systemVersion(host: Host): Promise<string> {
  const { stdout } = await host.run([systemEngine, '--version']);
  return /v(\S+)/.exec(stdout)?.[1] ?? '?';
}

interface Stage {
  readonly full: FullTunnel;
  readonly adit: AditClient;
  readonly installed: Installation;
}

/** The full tunnel, up with an installation that has this engine; the network is as before afterwards. */
async function connected(engine: string | null, work: (stage: Stage) => Promise<void>): Promise<void> {
  await using installed = await Installation.copy(engine);
  await using full = await openFullTunnel();
  const { client, lab, profile } = full;
  await client.settled();
  const before = await networkSnapshot(client);
  {
    await using adit = await AditClient.start(client, lab.folder, { program: installed.program, keep: true });
    await adit.import('home', profile.text);
    await adit.done('up', 'home', '--wait=20');
    await work({ full, adit, installed });
    await adit.done('down', 'home');
  }
  await client.settled();
  expect(client.processes('wireguard-go')).toEqual([]);
  const isBack = difference(before, await networkSnapshot(client));
  // After a move it stands behind the other router: what the tunnel made is what must be gone.
  expect([...isBack.added, ...isBack.gone].filter((line) => /home|adit|8389|548208641/.test(line))).toEqual(
    [],
  );
}

function describeWithEngine(name: string, engine: string | null, body: () => void): void {
  const reason = whyNoLab() ?? (engine === ownEngine ? whyNoOwnEngine() : null);
  if (reason === null) describe(name, { timeout: 90_000 }, body);
  else describe.skip(`${name} [skipped: ${reason}]`, body);
}

for (const [whose, engine] of [
  ['Adit’s own engine', ownEngine],
  ['the system’s engine', null],
] as const) {
  describeWithEngine(whose, engine, () => {
    const version = (host: Host): Promise<string> =>
      engine === null ? systemVersion(host) : pinnedVersion();

    test('runs the tunnel, and the status says which it is', async () => {
      await connected(engine, async ({ full: { client }, adit, installed }) => {
        expect(engineOn(client).program).toBe(engine === null ? systemEngine : installed.engine);
        expect(await adit.status('home')).toMatchObject({
          engine: 'wireguard-go',
          engineVersion: await version(client),
        });
        expect(await callerSeenBy(client, webUrl)).toBe(relayAddress);
      });
    });

    test('comes back soon after it is killed, and is the same one', async () => {
      await connected(engine, async ({ full: { client }, adit }) => {
        await using stream = new PingStream(client, web, { intervalMs: 20 });
        await expect.poll(() => stream.replies.length, { timeout: 20_000 }).toBeGreaterThan(10);
        const before = engineOn(client);
        const killed = performance.now();
        process.kill(before.pid, 'SIGKILL');
        expect((await stream.outageSince(killed)).backAfterMs).toBeLessThan(BUSY * 4000);
        await stream.stop();
        const after = engineOn(client);
        expect([after.program, after.pid === before.pid]).toEqual([before.program, false]);
        expect((await adit.status('home')).engineVersion).toBe(await version(client));
      });
    });

    for (const link of ['eth0', 'eth1'] as const) {
      test(`carries traffic again soon after a move to another network on ${link}`, async () => {
        await connected(engine, async ({ full }) => {
          await using stream = new PingStream(full.client, web, { intervalMs: 20 });
          await expect.poll(() => stream.replies.length, { timeout: 20_000 }).toBeGreaterThan(10);
          const moved = performance.now();
          await full.moveToOtherRouter(link);
          expect((await stream.outageSince(moved)).backAfterMs).toBeLessThan(BUSY * 2500);
          expect(await callerSeenBy(full.client, webUrl)).toBe(relayAddress);
        });
      });
    }

    for (const reversePathFilter of [1, 2]) {
      test(`carries bulk both ways with rp_filter ${reversePathFilter}, before and after a move`, async () => {
        await connected(engine, async ({ full }) => {
          const { client } = full;
          await using server = full.web.start([process.execPath, mirror, String(mirrorPort)]);
          await server.line(/^listening$/, 20_000);
          await client.shell(
            `for i in all default eth0 eth1 home; do echo ${reversePathFilter} > /proc/sys/net/ipv4/conf/$i/rp_filter; done`,
          );
          const argv = [process.execPath, mirror, web, String(mirrorPort), '32'];
          const sendBulk = async (): Promise<string> =>
            (await client.run(argv, { timeoutMs: 30_000 })).stdout.trim();
          expect(await sendBulk()).toBe('32');
          await full.moveToOtherRouter('eth1');
          await expect
            .poll(() => callerSeenBy(client, webUrl, 1000).catch(() => null), { timeout: 20_000 })
            .toBe(relayAddress);
          expect(await sendBulk()).toBe('32');
        });
      });
    }
  });
}

describeWithEngine('a helper that finds an engine running', ownEngine, () => {
  test('tells of the one that runs after an upgrade, and of the new one when that is started', async () => {
    await connected(ownEngine, async ({ full: { client }, adit, installed }) => {
      const old = engineOn(client);
      const version = async (): Promise<string | null> => (await adit.status('home')).engineVersion;
      await adit.helper.stop();
      await installed.bring(systemEngine);
      await adit.restartHelper();
      expect(engineOn(client)).toEqual({ pid: old.pid, program: `${installed.engine} (deleted)` });
      expect(await version()).toBe(await pinnedVersion());

      process.kill(old.pid, 'SIGKILL');
      await expect.poll(version, { timeout: 20_000 }).toBe(await systemVersion(client));
      const upgraded = engineOn(client);
      expect(upgraded.program).toBe(installed.engine);
      await adit.helper.stop();
      await installed.bring(ownEngine);
      await adit.restartHelper();
      // Debian's says what it is only when it is run, and its file is no more.
      expect(await version()).toBeNull();
      expect(engineOn(client).pid).toBe(upgraded.pid);
    });
  });

  test('another user’s process of the same name, marked as ours are, is not taken for the engine, and not ended', async () => {
    await connected(ownEngine, async ({ full: { client, lab }, adit }) => {
      const impostor = join(lab.folder, 'wireguard-go');
      await copyFile('/usr/bin/sleep', impostor);
      const argv = ['setpriv', '--reuid=1000', '--regid=1000', '--clear-groups', impostor, '600'];
      await using running = client.start(argv, { env: { ADIT_INTERFACE: 'home' } });
      await expect
        .poll(() => readlinkSync(`/proc/${running.pid ?? 0}/exe`), { timeout: 20_000 })
        .toBe(impostor);
      await adit.helper.stop();
      await adit.restartHelper();
      expect((await adit.status('home')).engineVersion).toBe(await pinnedVersion());
      await adit.done('down', 'home');
      expect(running.running).toBe(true);
      await running.stop();
      await adit.done('up', 'home');
    });
  });
});
