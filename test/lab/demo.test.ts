import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { machine } from './command.ts';
import { personBehind } from './demo/person.ts';
import { findWindow } from './demo/window.ts';
import { endingWithUs, Running } from './running.ts';
import { difference, networkSnapshot } from './snapshot.ts';
import { describeInLab } from './testing.ts';
import { Family } from './traces.ts';

const demo = join(import.meta.dirname, 'demo.ts');

/** Milliseconds for the cluster to stand and the tunnel to be up. */
const PATIENCE_MS = 40_000;

describe('the window of the demo', () => {
  const display = { DISPLAY: ':0' };

  test('opens for the one who became root, and for nobody else', () => {
    const { uid, gid } = personBehind({ SUDO_UID: '65534', SUDO_GID: '65533' }) ?? {};
    expect({ uid, gid }).toEqual({ uid: 65_534, gid: 65_533 });
    expect(personBehind({ PKEXEC_UID: '4000000001' })).toEqual({
      uid: 4_000_000_001,
      gid: 4_000_000_001,
      name: null,
      home: null,
    });
    for (const environment of [{}, { SUDO_UID: '0' }, { SUDO_UID: '' }, { SUDO_UID: 'x' }]) {
      expect(personBehind(environment)).toBeNull();
    }
  });

  test('is none where something of it is missing, and the reason is told', async () => {
    const none = async (environment: NodeJS.ProcessEnv): Promise<string> => {
      const choice = await findWindow(environment);
      return choice.kind === 'none' ? choice.reason : 'a window';
    };
    expect(await none({ SUDO_UID: '65534' })).toBe('there is no display');
    expect(await none(display)).toMatch(/^Electron does not run as root/);
    const nowhere = { ...display, SUDO_UID: '65534', ELECTRON_OVERRIDE_DIST_PATH: '/nonexistent' };
    expect(await none(nowhere)).toBe('no Electron is installed');
  });
});

describeInLab('the demo without a terminal', () => {
  /** Where it puts its temporary files. */
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'adit-demo-test-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  function start(...before: string[]): Running {
    const argv = [...endingWithUs, ...before, process.execPath, demo];
    return new Running('demo', argv, argv, { env: { TMPDIR: folder } });
  }

  test('shows that traffic flows, ends with 0, and leaves nothing behind', async () => {
    const before = await networkSnapshot(machine);
    await using program = start();
    await program.line(/^Live state/, PATIENCE_MS);
    const said = program.lines.join('\n');
    expect(said).toContain('$ npx adit import');
    expect(said).toContain('1 of 1 imported.');
    expect(program.lines.filter((line) => /^ {2}answered by http/.test(line))).toHaveLength(5);
    expect(said).toMatch(/^The interface, for one browser: http:\/\/127\.0\.0\.1:\d+\/\?token=/m);
    expect(said).toMatch(/^\(no window: there is no display\)$/m);
    const family = Family.of(program.pid ?? 0);
    expect(family.size).toBeGreaterThan(10);

    expect(await program.exited).toEqual({ code: 0, signal: null });
    const shown = program.lines.slice(program.lines.indexOf('Live state of the tunnel:'));
    expect(shown.filter((line) => /connected .*handshake \d+ s ago/.test(line))).toHaveLength(4);
    expect(program.errorLines).toEqual([]);
    expect(family.survivors()).toEqual([]);
    expect(await readdir(folder)).toEqual([]);
    expect(difference(before, await networkSnapshot(machine))).toEqual({ gone: [], added: [] });
  });

  test('takes everything down when it is interrupted, wherever it is', async () => {
    await using program = start();
    await program.line(/adit import/, PATIENCE_MS);
    const family = Family.of(program.pid ?? 0);
    expect(family.size).toBeGreaterThan(10);
    expect(family.networks).toBeGreaterThanOrEqual(10);
    await program.kill('SIGINT');
    expect(await program.exited).toEqual({ code: 0, signal: null });
    expect(family.survivors()).toEqual([]);
    expect(await readdir(folder)).toEqual([]);
  });

  test('ends with 1 and the reason where its cluster falls', async () => {
    await using program = start();
    await program.line(/adit import/, PATIENCE_MS);
    const family = Family.of(program.pid ?? 0);
    const { stdout } = await machine.run(['pgrep', '--parent', String(program.pid), '--full', 'unshare']);
    process.kill(Number(stdout), 'SIGKILL');
    expect(await program.exited).toEqual({ code: 1, signal: null });
    expect(program.lines.join('\n')).toMatch(/^(The demo failed: |No traffic flowed to: )/m);
    expect(family.survivors()).toEqual([]);
    expect(await readdir(folder)).toEqual([]);
  });

  test('says what to do where it is not root, and ends with 1', async (context) => {
    const { code } = await machine.run(['unshare', '--user', '--', 'true'], { allowFailure: true });
    if (code !== 0) context.skip('a user namespace cannot be made here');
    // To itself, a process in a user namespace that maps nobody is no root.
    await using program = start('unshare', '--user', '--');
    expect(await program.exited).toEqual({ code: 1, signal: null });
    expect(program.lines.join('\n')).toContain('sudo npm run demo');
  });
});
