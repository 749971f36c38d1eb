import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { App } from '../../../electron/backend/app.ts';
import { outcome } from '../../../electron/backend/helper-client/pkexec.ts';
import type { StartHelper } from '../../../electron/backend/helper-client/pkexec.ts';
import { canUsePkexec, startCommand } from '../../../electron/backend/helper-client/start-command.ts';
import type { StartFacts } from '../../../electron/backend/helper-client/start-command.ts';
import { bundleFolder, installedFiles, programFolder, programName } from '../../../build/linux/installed.ts';
import { actionPath, helperUnit, launcherPath } from '../../../shared/contract/helper/installed.ts';
import { defaultSocket } from '../../../shared/contract/helper/socket-path.ts';
import type { Fault } from '../../../shared/fault.ts';
import { describeWith, temporaryFolder } from '../machine.ts';
import { tunnelStatus } from '../tunnel/statuses.ts';
import { helperAt } from './helpers.ts';
import { homeConf } from './profiles.ts';

const installed: StartFacts = {
  user: 1000,
  socket: '/run/adit/1000/helper.sock',
  isInstalled: true,
  hasPkexec: true,
  hasSystemd: true,
};

describe('the command that starts the helper', () => {
  it('is pkexec’s where Adit is installed, else systemd’s, else the helper itself', () => {
    expect(startCommand(installed)).toBe('pkexec /usr/lib/adit/start-helper');
    expect(startCommand({ ...installed, hasPkexec: false })).toBe(
      'sudo systemctl start adit-helper@1000.service',
    );
    expect(startCommand({ ...installed, hasPkexec: false, hasSystemd: false })).toBe(
      'sudo adit helper --owner 1000 --socket /run/adit/1000/helper.sock',
    );
  });

  it('is a checkout’s where Adit is not installed', () => {
    expect(startCommand({ ...installed, isInstalled: false })).toBe(
      'sudo npx adit helper --owner 1000 --socket /run/adit/1000/helper.sock --dev',
    );
  });

  it('names a socket of one’s own, at which neither launcher nor unit listens', () => {
    const facts = { ...installed, socket: '/tmp/x.sock' };
    expect(startCommand(facts)).toBe('sudo adit helper --owner 1000 --socket /tmp/x.sock');
    expect(canUsePkexec(facts)).toBe(false);
  });

  it('asks nobody where root is asking', () => {
    const facts = { ...installed, user: 0, socket: defaultSocket(0) };
    expect(canUsePkexec(facts)).toBe(false);
    expect(startCommand(facts)).toBe('systemctl start adit-helper@0.service');
  });
});

describe('the end of pkexec', () => {
  const error = { code: 'helper-files-untrusted', message: 'm', hint: 'h' };

  it.each<[string, number | null, string, string, Partial<Fault> | null]>([
    ['a helper that is ready', 0, '{"ready":true}', '', null],
    ['a unit that was started', 0, '', '', null],
    [
      'a question that was closed',
      126,
      '',
      'x',
      { code: 'helper-start-refused', message: expect.stringContaining('closed') as string },
    ],
    [
      'a refusal',
      127,
      '',
      'Error executing command as another user: Not authorized\n\nThis incident has been reported.\n',
      { code: 'helper-start-refused', message: expect.stringContaining('policy') as string },
    ],
    [
      'a session in which nobody can be asked',
      127,
      '',
      'Error executing command as another user: No authentication agent found.\n',
      { code: 'helper-start-refused', message: expect.stringContaining('polkit agent') as string },
    ],
    ['what the helper says', 1, `${JSON.stringify({ error })}\n`, '', error as Fault],
    [
      'a helper that runs already',
      1,
      JSON.stringify({ error: { ...error, code: 'helper-already-running' } }),
      '',
      null,
    ],
    [
      'what the launcher says',
      2,
      '',
      'adit: The launcher takes no arguments.\n',
      { code: 'helper-start-failed', message: 'The helper did not start: The launcher takes no arguments.' },
    ],
    [
      'a launcher that says nothing',
      1,
      '',
      '',
      { code: 'helper-start-failed', message: 'The helper did not start: the launcher ended with 1.' },
    ],
    ['one that was killed', null, '{"error":', '', { code: 'helper-start-failed' }],
  ])('tells %s', (_what, code, stdout, stderr, expected) => {
    const told = outcome(code, stdout, stderr);
    if (expected === null) expect(told).toBeNull();
    else expect(told).toMatchObject(expected);
  });
});

describe('the files that are installed', () => {
  const text = (name: string): string =>
    readFileSync(join(import.meta.dirname, '..', '..', '..', 'build', 'linux', name), 'utf8');
  const program = `${programFolder}/${programName} ${programFolder}/${bundleFolder}/bin.cjs`;

  it('name the same paths as the program', () => {
    expect(text('app.adit.desktop.policy')).toContain(`policykit.exec.path">${launcherPath}<`);
    for (const name of ['start-helper', 'adit', 'adit-helper@.service'])
      expect(text(name), name).toContain(program);
    expect(text('adit-helper@.socket')).toContain(`ListenStream=${defaultSocket(7).replace('7', '%i')}\n`);
    expect(text('adit-helper@.service')).toContain(`--socket ${defaultSocket(7).replace('7', '%i')}\n`);
    expect(installedFiles.map(({ path }) => path)).toEqual(
      expect.arrayContaining([launcherPath, actionPath]),
    );
    expect(text('start-helper')).toContain(helperUnit(7).replace('7', '$owner'));
  });

  it('let nobody in without an administrator’s password', () => {
    const answers = [...text('app.adit.desktop.policy').matchAll(/<allow_\w+>(\w+)</g)].map(
      ([, answer]) => answer,
    );
    expect(answers).toEqual(['auth_admin', 'auth_admin', 'auth_admin']);
    expect(installedFiles.filter(({ path }) => /rules\.d|sudoers|pkla/.test(path))).toEqual([]);
  });
});

/** An app that can start a helper by itself, and what it is asked; the helper comes when `start` is called. */
function appWith(start: (socket: string) => ReturnType<StartHelper>): {
  app: App;
  asked: () => number;
  socket: string;
} {
  const socket = join(temporaryFolder(), 'helper.sock');
  let asked = 0;
  const app = new App({ home: temporaryFolder(), socket }, () => {
    asked += 1;
    return start(socket);
  });
  onTestFinished(() => app.stop());
  return { app, asked: () => asked, socket };
}

const conf = { files: [{ name: 'home.conf', base64: Buffer.from(homeConf).toString('base64') }] };
const up = { name: 'home', accept: [] };
const declined: Fault = { code: 'helper-start-refused', message: 'm', hint: 'h' };

describeWith(['root'], 'an app that may start the helper', () => {
  it('does so with the first tunnel, once for all who wait, and never again while it runs', async () => {
    const { app, asked } = appWith(async (socket) => {
      await helperAt(socket, {
        up: () => Promise.resolve(tunnelStatus()),
        status: () => Promise.resolve([]),
      });
      return null;
    });
    await app.start();
    await app.answer('profile.import', conf);
    expect(asked()).toBe(0);
    const replies = await Promise.all([app.answer('tunnel.up', up), app.answer('tunnel.up', up)]);
    expect(replies.map(({ ok }) => ok)).toEqual([true, true]);
    expect((await app.answer('tunnel.up', up)).ok).toBe(true);
    expect(asked()).toBe(1);
  });

  it('says so where the person declined, and asks again only when the person tries again', async () => {
    const { app, asked } = appWith(() => Promise.resolve(declined));
    await app.start();
    await app.answer('profile.import', conf);
    expect(await app.answer('tunnel.up', up)).toEqual({ ok: false, fault: declined });
    expect(asked()).toBe(1);
    await app.answer('tunnel.down', { name: 'home' });
    await app.answer('state.read', {});
    expect(asked()).toBe(1);
    expect(await app.answer('tunnel.up', up)).toEqual({ ok: false, fault: declined });
    expect(asked()).toBe(2);
  });

  it('starts no second helper where there is one that it cannot use', async () => {
    const { app, asked, socket } = appWith(() => Promise.resolve(null));
    await helperAt(socket, {
      hello: () => Promise.resolve({ protocol: 99, version: '9', owner: 0, pid: 1 }),
    });
    await app.start();
    await app.answer('profile.import', conf);
    expect(await app.answer('tunnel.up', up)).toMatchObject({ ok: false, fault: { code: 'helper-too-new' } });
    expect(asked()).toBe(0);
  });
});
