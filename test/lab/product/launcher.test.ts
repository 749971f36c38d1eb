import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { launcherPath } from '../../../shared/contract/helper/installed.ts';
import type { CommandResult } from '../command.ts';
import type { Host } from '../host.ts';
import { Lab } from '../lab.ts';
import { callerSeenBy } from '../measure.ts';
import { signalProcess } from '../namespaces.ts';
import type { MachinePid } from '../namespaces.ts';
import { openFullTunnel } from '../scenarios/full-tunnel.ts';
import { difference, networkSnapshot } from '../snapshot.ts';
import { describeInLab } from '../testing.ts';
import { helpersOn, importAs, install, jsonAs, owner, runAs, socketOf, stranger } from './installed.ts';
import type { Person } from './installed.ts';
import { Polkit, whyNoPolkit } from './polkit.ts';

const action = 'app.adit.desktop.start-helper';
const pkexec = ['/usr/bin/pkexec', '--disable-internal-agent', launcherPath];

/** A host with Adit installed, and nothing else of note. */
async function onHost(work: (host: Host) => Promise<void>): Promise<void> {
  await using lab = await Lab.open('launcher');
  const [host] = await lab.hosts('desk');
  await install(host);
  await work(host);
}

/** What a caller can put into an environment so that programs run something else: each would leave the file. */
async function poison(host: Host): Promise<{ environment: Record<string, string>; trace: string }> {
  const trace = '/run/poison/trace';
  await host.shell('mkdir -m 777 /run/poison');
  await host.write('/run/poison/module.cjs', `require('node:fs').writeFileSync('${trace}', 'module');`);
  await host.write('/run/poison/rc', `echo rc >${trace}`);
  for (const name of ['env', 'head', 'mkdir', 'printf', 'setsid', 'systemctl', 'wg', 'ip']) {
    await host.write(`/run/poison/bin/${name}`, `#!/bin/sh\necho ${name} >${trace}\n`, 0o755);
  }
  const environment = {
    BASH_ENV: '/run/poison/rc',
    ENV: '/run/poison/rc',
    'BASH_FUNC_printf%%': `() { echo function >${trace}; }`,
    IFS: '0123456789',
    LD_PRELOAD: '/run/poison/none.so',
    NODE_OPTIONS: '--require=/run/poison/module.cjs',
    ELECTRON_RUN_AS_NODE: '',
    ELECTRON_NO_ASAR: '1',
    PATH: '/run/poison/bin',
    ADIT_SOCKET: '/run/poison/socket',
  };
  return { environment, trace };
}

function environmentOf(pid: MachinePid): string[] {
  return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').filter(Boolean);
}

/** The one helper that runs on a host. */
function helperOn(host: Host): MachinePid {
  const [helper, ...others] = helpersOn(host);
  if (helper === undefined || others.length > 0) throw new Error(`${others.length + 1} helpers, or none`);
  return helper.pid;
}

/** What the app process makes of asking somebody for root: the fault, or null. Its own code, run as that person. */
async function askedByApp(host: Host, person: Person): Promise<unknown> {
  const program = `const { pkexecStart } = await import('/run/source/electron/backend/helper-client/pkexec.ts');
    console.log(JSON.stringify(await pkexecStart('${socketOf(person)}')?.() ?? null));`;
  const argv = ['/usr/lib/adit/adit-desktop', '--input-type=module', '--eval', program];
  // A desktop is started by a login, whose shell need not be one that pkexec knows.
  const { stdout } = await runAs(host, person, argv, { env: { SHELL: '/usr/bin/nonesuch' } });
  return JSON.parse(stdout) as unknown;
}

/** The launcher as root starts it, who needs no pkexec. */
function asRoot(host: Host, uid: string | null, ...words: string[]): Promise<CommandResult> {
  const variable = uid === null ? [] : [`PKEXEC_UID=${uid}`];
  return host.run(['env', ...variable, launcherPath, ...words], { allowFailure: true, timeoutMs: 30_000 });
}

describeInLab('the launcher of an installed Adit', () => {
  test('starts the helper of the user in PKEXEC_UID, and comes back when it is ready', async () => {
    await onHost(async (host) => {
      const { code, stdout } = await asRoot(host, `${owner.uid}`);
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ ready: true, owner: owner.uid, socket: socketOf(owner) });
      const { uid, mode } = statSync(`/proc/${host.pid}/root${socketOf(owner)}`);
      expect({ uid, mode: mode & 0o777 }).toEqual({ uid: owner.uid, mode: 0o600 });
      expect(await jsonAs(host, owner, 'status')).toEqual({ tunnels: [] });
    });
  });

  test('lets nothing of its caller’s environment and limits through to the helper', async () => {
    await onHost(async (host) => {
      const { environment, trace } = await poison(host);
      const words = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
      const limited = [
        'prlimit',
        '--fsize=1000:unlimited',
        '--cpu=9:unlimited',
        '--core=unlimited',
        'env',
        ...words,
      ];
      const { code } = await host.run([...limited, `PKEXEC_UID=${owner.uid}`, launcherPath], {
        allowFailure: true,
        timeoutMs: 30_000,
      });
      expect(code).toBe(0);
      const helper = helperOn(host);
      expect(environmentOf(helper)).toEqual(['ELECTRON_RUN_AS_NODE=1']);
      const limits = readFileSync(`/proc/${helper}/limits`, 'utf8');
      expect(limits).toMatch(/^Max file size +unlimited/m);
      expect(limits).toMatch(/^Max cpu time +unlimited/m);
      expect(limits).toMatch(/^Max core file size +0 /m);
      expect((await host.run(['ls', '/run/poison'])).stdout).not.toContain(trace.split('/').at(-1));
    });
  });

  test.each([null, '', '0', '007', '-1', '1x', '1 2', '1000\n', '٣', '99999999999', '$(id)', 'root'])(
    'refuses %j for a user',
    async (uid) => {
      await onHost(async (host) => {
        const { code, stdout } = await asRoot(host, uid);
        expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
        expect(helpersOn(host)).toEqual([]);
      });
    },
  );

  test('takes no arguments', async () => {
    await onHost(async (host) => {
      for (const words of [['--keep'], ['helper'], ['--dev', '--owner', '0'], ['']]) {
        const { code, stderr } = await asRoot(host, `${owner.uid}`, ...words);
        expect({ code, stderr }).toEqual({ code: 2, stderr: 'adit: The launcher takes no arguments.\n' });
      }
      expect(helpersOn(host)).toEqual([]);
    });
  });

  test('is nothing to one who is not root, whatever PKEXEC_UID says', async () => {
    await onHost(async (host) => {
      for (const uid of ['0', `${owner.uid}`, `${stranger.uid}`]) {
        const { code } = await runAs(host, stranger, [launcherPath], { env: { PKEXEC_UID: uid } });
        expect(code).not.toBe(0);
      }
      expect(helpersOn(host)).toEqual([]);
    });
  });

  test('says what the helper says, where it does not start', async () => {
    await onHost(async (host) => {
      await host.shell('chmod o+w /usr/lib/adit/resources');
      const { code, stdout } = await asRoot(host, `${owner.uid}`);
      expect(code).toBe(1);
      expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'helper-files-untrusted' } });
    });
  });
});

const noPolkit = whyNoPolkit();
describe.skipIf(noPolkit !== null)(`pkexec${noPolkit === null ? '' : ` [skipped: ${noPolkit}]`}`, () => {
  describeInLab('with the shipped action and the real polkitd', () => {
    test('starts the helper once for a person who is allowed to, and every command works from then on', async () => {
      await using stage = await openFullTunnel();
      const { client: host, profile } = stage;
      await install(host);
      await host.settled();
      const before = await networkSnapshot(host);
      await using _polkit = await Polkit.start(host, action, owner);
      await importAs(host, owner, 'home', profile.text);
      expect(await jsonAs(host, owner, 'up', 'home')).toMatchObject({
        error: { code: 'helper-not-running' },
      });

      const { environment, trace } = await poison(host);
      const { code, stdout } = await runAs(host, owner, ['/usr/bin/env', ...words(environment), ...pkexec]);
      expect({ code, answer: JSON.parse(stdout) as unknown }).toMatchObject({
        code: 0,
        answer: { ready: true, owner: owner.uid },
      });
      const helper = helperOn(host);
      expect(environmentOf(helper)).toEqual(['ELECTRON_RUN_AS_NODE=1']);
      expect((await host.run(['ls', '/run/poison'])).stdout).not.toContain(trace.split('/').at(-1));

      for (let time = 0; time < 2; time += 1) {
        expect(await jsonAs(host, owner, 'up', 'home', '--wait=10')).toMatchObject({
          tunnels: [{ state: 'connected' }],
        });
        expect(await callerSeenBy(host, 'http://198.51.100.80/')).toBe('203.0.113.10');
        expect(await jsonAs(host, owner, 'down', 'home')).toEqual({ down: ['home'] });
      }
      expect(helperOn(host)).toBe(helper);
      expect(await jsonAs(host, stranger, 'status')).toMatchObject({ error: { code: 'helper-not-running' } });
      expect(difference(before, await networkSnapshot(host))).toEqual({ gone: [], added: [] });
    });

    test('is asked by the app process: a helper for who may, a reason for who may not', async () => {
      await onHost(async (host) => {
        const root = join(import.meta.dirname, '..', '..', '..');
        await host.shell(
          `mkdir /run/source; cp -r ${root}/electron ${root}/shared ${root}/package.json /run/source`,
        );
        await using polkit = await Polkit.start(host, action, owner);
        expect(await askedByApp(host, stranger)).toMatchObject({
          code: 'helper-start-refused',
          message: 'The helper was not allowed to start: the policy of this machine says no.',
          command: 'pkexec /usr/lib/adit/start-helper',
        });
        expect(helpersOn(host)).toEqual([]);
        expect(await askedByApp(host, owner)).toBeNull();
        const helper = helperOn(host);
        // A second that was asked for at the same moment finds the first.
        expect(await askedByApp(host, owner)).toBeNull();
        expect(helperOn(host)).toBe(helper);
        signalProcess(helper, 'SIGTERM');
        await host.shell('chmod o+w /usr/lib/adit/resources');
        await expect.poll(() => helpersOn(host), { timeout: 20_000 }).toEqual([]);
        expect(await askedByApp(host, owner)).toMatchObject({ code: 'helper-files-untrusted' });
        expect(await polkit.ended()).toEqual([]);
      });
    });

    test('refuses another person, arguments, and every other program', async () => {
      await onHost(async (host) => {
        await using polkit = await Polkit.start(host, action, owner);
        const outcome = async (...argv: string[]): Promise<number | null> =>
          (await runAs(host, owner, argv)).code;
        expect((await runAs(host, stranger, pkexec)).code).toBe(127);
        expect(await outcome(...pkexec, '--keep')).toBe(2);
        expect(await outcome('pkexec', '--disable-internal-agent', '/usr/bin/adit', '--version')).toBe(127);
        expect(await outcome('pkexec', '--disable-internal-agent', '/bin/true')).toBe(127);
        expect(helpersOn(host)).toEqual([]);
        expect(await polkit.ended()).toEqual([]);
        // The same rule lets the action itself through: it was not the rule that refused the arguments.
        expect(await outcome(...pkexec)).toBe(0);
      });
    });
  });
});

function words(environment: Readonly<Record<string, string>>): string[] {
  return Object.entries(environment).map(([name, value]) => `${name}=${value}`);
}
