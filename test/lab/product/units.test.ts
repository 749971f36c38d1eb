import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { helperUnit, launcherPath } from '../../../shared/contract/helper/installed.ts';
import type { TunnelStatus } from '../../../shared/tunnel/status.ts';
import type { Host } from '../host.ts';
import { callerSeenBy } from '../measure.ts';
import type { MachinePid } from '../namespaces.ts';
import { signalProcess } from '../namespaces.ts';
import { HOME, openFullTunnel } from '../scenarios/full-tunnel.ts';
import type { FullTunnel } from '../scenarios/full-tunnel.ts';
import { difference, networkSnapshot } from '../snapshot.ts';
import { Systemd, whyNoSystemd } from '../systemd.ts';
import { describeInLab } from '../testing.ts';
import { helpersOn, importAs, install, installedUnits, jsonAs, owner, runAs, socketOf } from './installed.ts';
import { Polkit, whyNoPolkit } from './polkit.ts';

const service = helperUnit(owner.uid);
const socket = service.replace(/service$/, 'socket');

const webUrl = 'http://198.51.100.80/';
const relayAddress = '203.0.113.10';
const nothing = { gone: [], added: [] };
const patience = { timeout: 20_000 };

/** Where the helper's log goes: no journal runs in a lab. */
const log = '[Service]\nStandardOutput=append:/run/helper.log\nStandardError=append:/run/helper.log\n';

/** A machine with Adit installed and booted, and a profile of the owner's; the network is as before afterwards. */
async function booted(
  work: (parts: { stage: FullTunnel; systemd: Systemd; host: Host }) => Promise<void>,
  dropIn = '',
): Promise<void> {
  await using stage = await openFullTunnel();
  const { client, profile } = stage;
  await install(client);
  await importAs(client, owner, 'home', profile.text);
  await client.settled();
  const before = await networkSnapshot(client);
  await using systemd = await Systemd.start(client, await installedUnits(client), {
    [service]: log + dropIn,
  });
  await work({ stage, systemd, host: systemd.host });
  await systemd.systemctl('stop', service, socket);
  expect(difference(before, await networkSnapshot(client))).toEqual(nothing);
  expect(client.processes('wireguard-go')).toEqual([]);
}

async function upAs(host: Host): Promise<void> {
  expect(await jsonAs(host, owner, 'up', 'home', '--wait=15')).toMatchObject({
    tunnels: [{ state: 'connected' }],
  });
}

async function statusOf(host: Host): Promise<TunnelStatus | undefined> {
  const { tunnels } = (await jsonAs(host, owner, 'status', 'home')) as { tunnels?: TunnelStatus[] };
  return tunnels?.[0];
}

function engineOn(host: Host): MachinePid | undefined {
  return host.processes('wireguard-go')[0]?.pid;
}

/** The sockets that a process has open. */
function socketsOf(pid: MachinePid): string[] {
  return readdirSync(`/proc/${pid}/fd`)
    .map((name) => readlinkSync(`/proc/${pid}/fd/${name}`))
    .filter((target) => target.startsWith('socket:'));
}

/** The socket that listens at a path of a host, as {@link socketsOf} names it. */
function listenerAt(host: Host, path: string): string | undefined {
  const rows = readFileSync(`/proc/${host.pid}/net/unix`, 'utf8').split('\n');
  const inode = rows.find((row) => row.endsWith(` ${path}`) && row.includes(' 00010000 '))?.split(/ +/)[6];
  return inode === undefined ? undefined : `socket:[${inode}]`;
}

const noSystemd = whyNoSystemd();
const noPolkit = whyNoPolkit();

describe.skipIf(noSystemd !== null)(`systemd${noSystemd === null ? '' : ` [skipped: ${noSystemd}]`}`, () => {
  describeInLab('the shipped units, with the real systemd', () => {
    test('start the confined helper with the owner’s first command, and keep its tunnel through all that happens', async () => {
      await booted(async ({ stage, systemd, host }) => {
        expect((await systemd.systemctl('start', socket)).code).toBe(0);
        const { uid, mode } = statSync(`/proc/${host.pid}/root${socketOf(owner)}`);
        expect({ uid, mode: mode & 0o777 }).toEqual({ uid: owner.uid, mode: 0o600 });
        expect(helpersOn(host)).toEqual([]);

        await upAs(host);
        expect(await systemd.property(service, 'ActiveState')).toBe('active');
        expect(await callerSeenBy(host, webUrl)).toBe(relayAddress);

        await stage.renumber({ ...HOME, address: '192.168.1.99/24' });
        await expect.poll(() => callerSeenBy(host, webUrl).catch(String), patience).toBe(relayAddress);

        const engine = engineOn(host);
        signalProcess(engine ?? 0, 'SIGKILL');
        await expect.poll(() => engineOn(host) ?? engine, patience).not.toBe(engine);
        await expect.poll(() => callerSeenBy(host, webUrl).catch(String), patience).toBe(relayAddress);

        expect(await jsonAs(host, owner, 'down', 'home')).toEqual({ down: ['home'] });
        expect(engineOn(host)).toBeUndefined();
        await stage.renumber(HOME);
      });
    });

    test('start another helper where one was killed, which takes its engine over', async () => {
      await booted(async ({ systemd, host }) => {
        await systemd.systemctl('start', socket);
        await upAs(host);
        const [engine, helper] = [engineOn(host), helpersOn(host)[0]?.pid];
        signalProcess(helper ?? 0, 'SIGKILL');
        expect(await callerSeenBy(host, webUrl)).toBe(relayAddress);
        await expect.poll(() => helpersOn(host)[0]?.pid ?? helper, patience).not.toBe(helper);
        await expect.poll(async () => (await statusOf(host))?.state, patience).toBe('connected');
        expect(engineOn(host)).toBe(engine);
      });
    });

    test('leave the engine alone where a helper with --keep is restarted', async () => {
      const words =
        '/usr/lib/adit/adit-desktop /usr/lib/adit/resources/app.asar.unpacked/dist/bin.cjs helper';
      const keep = `ExecStart=\nExecStart=${words} --owner %i --socket /run/adit/%i/helper.sock --keep\n`;
      await booted(async ({ systemd, host }) => {
        await systemd.systemctl('start', socket);
        await upAs(host);
        const [engine, helper] = [engineOn(host), helpersOn(host)[0]?.pid];
        expect((await systemd.systemctl('restart', service)).code).toBe(0);
        expect(helpersOn(host)[0]?.pid).not.toBe(helper);
        expect(engineOn(host)).toBe(engine);
        expect((await statusOf(host))?.state).toBe('connected');
        await jsonAs(host, owner, 'down', '--all');
      }, keep);
    });

    test('keep the socket to systemd and the helper: no engine has it open', async () => {
      await booted(async ({ systemd, host }) => {
        await systemd.systemctl('start', socket);
        await upAs(host);
        const listener = listenerAt(host, socketOf(owner));
        const [helper] = helpersOn(host);
        expect(socketsOf(helper?.pid ?? 0)).toContain(listener);
        const others = host.processes().filter(({ pid }) => pid !== helper?.pid && pid !== host.pid);
        expect(others.map(({ name }) => name)).toContain('wireguard-go');
        for (const { pid, name } of others) expect(socketsOf(pid), name).not.toContain(listener);
      });
    });

    test('take the tunnels down with the service; the socket waits for the next command, or goes too', async () => {
      await booted(async ({ systemd, host }) => {
        await systemd.systemctl('start', socket);
        await upAs(host);
        expect((await systemd.systemctl('stop', service)).code).toBe(0);
        expect(engineOn(host)).toBeUndefined();
        expect(helpersOn(host)).toEqual([]);
        expect((await statusOf(host))?.state).toBe('down');
        expect(helpersOn(host)).toHaveLength(1);
        await systemd.systemctl('stop', service, socket);
        expect(await jsonAs(host, owner, 'status')).toMatchObject({ error: { code: 'helper-not-running' } });
      });
    });

    test('are what the launcher starts; it tells of a helper that could not', async () => {
      await booted(async ({ systemd, host }) => {
        const launch = async (): Promise<number | null> => {
          const argv = ['env', `PKEXEC_UID=${owner.uid}`, launcherPath];
          return (await host.run(argv, { allowFailure: true, timeoutMs: 40_000 })).code;
        };
        await host.shell('chmod o+w /usr/lib/adit/resources');
        expect(await launch()).toBe(1);
        expect(await host.read('/run/helper.log')).toContain('helper-files-untrusted');
        await host.shell('chmod o-w /usr/lib/adit/resources');
        await systemd.systemctl('reset-failed');
        expect(await launch()).toBe(0);
        expect(await systemd.property(service, 'ActiveState')).toBe('active');
        expect(helpersOn(host)).toHaveLength(1);
        // Again is harmless.
        expect(await launch()).toBe(0);
        await upAs(host);
      });
    });

    test.skipIf(noPolkit !== null)(
      `are started by pkexec for a person who is allowed to${noPolkit === null ? '' : ` [skipped: ${noPolkit}]`}`,
      async () => {
        await booted(async ({ systemd, host }) => {
          await using _polkit = await Polkit.start(host, 'app.adit.desktop.start-helper', owner);
          const argv = ['/usr/bin/pkexec', '--disable-internal-agent', launcherPath];
          expect((await runAs(host, owner, argv)).code).toBe(0);
          expect(await systemd.property(service, 'ActiveState')).toBe('active');
          await upAs(host);
          expect(await callerSeenBy(host, webUrl)).toBe(relayAddress);
        });
      },
    );
  });
});
