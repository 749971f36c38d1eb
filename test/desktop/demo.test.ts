import { chmod, mkdir, mkdtemp, readdir, readlink, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { machine } from '../lab/command.ts';
import type { MachinePid } from '../lab/namespaces.ts';
import { signalProcess } from '../lab/namespaces.ts';
import { endingWithUs, Running } from '../lab/running.ts';
import { difference, networkSnapshot } from '../lab/snapshot.ts';
import { descendantsOf, Family } from '../lab/traces.ts';
import { Desktop, nobody, sandboxRefusal } from './session/desktop.ts';
import { describeOnDesktop, electron, patience } from './testing.ts';

const root = join(import.meta.dirname, '..', '..');

/** Milliseconds for the cluster to stand, the tunnel to be up and the window to open. */
const PATIENCE_MS = 40_000;

/** What Ctrl-C at a terminal sends. */
const ctrlC = '\u0003';

describeOnDesktop('the demo, started by sudo on a desktop', () => {
  /** Where it finds the programs, and puts its temporary files. */
  let folder: string;
  let temporary: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'adit-demo-test-'));
    temporary = join(folder, 'tmp');
    await chmod(folder, 0o755);
    for (const name of ['tmp', 'checkout', 'electron']) await mkdir(join(folder, name));
    await writeFile(join(folder, 'node'), '');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  /**
   * Starts it as sudo would for `nobody`. A checkout, Node and Electron may be where only root can look: here they are
   * seen where everybody can, by mounts that end with the demo.
   */
  function start(desktop: Desktop, { atTerminal }: { atTerminal: boolean }): Running {
    if (electron.kind === 'none') throw new Error(electron.reason);
    const at = (name: string): string => join(folder, name);
    const command = `exec ${at('node')} ${at('checkout/test/lab/demo.ts')}`;
    const script = [
      'set -e',
      ...[
        [root, at('checkout')],
        [electron.runtime.folder, at('electron')],
        [process.execPath, at('node')],
      ].map(([from = '', to = '']) => `mount --bind '${from}' '${to}'`),
      atTerminal ? `exec script --quiet --return --command '${command}' /dev/null` : command,
    ].join('\n');
    const argv = [...endingWithUs, 'unshare', '--mount', 'sh', '-c', script];
    return new Running('demo', argv, argv, {
      env: {
        ...desktop.environment,
        HOME: folder,
        TMPDIR: temporary,
        SUDO_UID: String(nobody.uid),
        SUDO_GID: String(nobody.gid),
        ELECTRON_OVERRIDE_DIST_PATH: at('electron'),
      },
    });
  }

  /** Waits until the demo has opened its window. @throws with what it says in place of that */
  async function windowOpens(demo: Running): Promise<void> {
    const words = (await demo.line(/^(The interface is open|\(no window)/, PATIENCE_MS)).trimEnd();
    expect(words).toBe('The interface is open in a window of nobody. To quit it is to end the demo.');
  }

  /** The Electron that runs below a process, with the user it runs as. */
  async function electronBelow(pid: MachinePid): Promise<{ pid: MachinePid; uid: number }> {
    for (const child of descendantsOf(pid)) {
      const program = await readlink(`/proc/${child}/exe`).catch(() => '');
      if (program === join(folder, 'electron', 'electron')) {
        return { pid: child, uid: (await stat(`/proc/${child}`)).uid };
      }
    }
    throw new Error('no Electron runs');
  }

  async function nothingIsLeft(desktop: Desktop, family: Family): Promise<void> {
    expect(family.survivors()).toEqual([]);
    expect(await readdir(temporary)).toEqual([]);
    expect(await desktop.shows('Adit')).toBe(false);
  }

  test('opens a window for that user, and Ctrl-C takes everything down', async (context) => {
    const refusal = await sandboxRefusal();
    if (refusal !== null) context.skip(`an ordinary user may make no namespace here: ${refusal}`);
    const before = await networkSnapshot(machine);
    await using desktop = await Desktop.open(nobody);
    await using demo = start(desktop, { atTerminal: true });
    await windowOpens(demo);
    await demo.line(/handshake \d+ s ago/, PATIENCE_MS);
    await expect.poll(() => desktop.shows('Adit'), patience).toBe(true);
    expect((await electronBelow(demo.pid ?? 0)).uid).toBe(nobody.uid);
    const family = Family.of(demo.pid ?? 0);
    const [home = ''] = (await readdir(temporary)).filter((name) => name.startsWith('adit-home-'));
    const profile = await stat(join(temporary, home, 'profiles', 'clouds.conf'));
    expect({ uid: profile.uid, mode: profile.mode & 0o777 }).toEqual({ uid: nobody.uid, mode: 0o600 });

    demo.write(ctrlC);
    expect(await demo.exited).toEqual({ code: 0, signal: null });
    expect(demo.lines.join('\n')).not.toContain('no answer from');
    await nothingIsLeft(desktop, family);
    expect(difference(before, await networkSnapshot(machine))).toEqual({ gone: [], added: [] });
  });

  test('ends when its window is quit', async (context) => {
    const refusal = await sandboxRefusal();
    if (refusal !== null) context.skip(`an ordinary user may make no namespace here: ${refusal}`);
    await using desktop = await Desktop.open(nobody);
    await using demo = start(desktop, { atTerminal: true });
    await windowOpens(demo);
    const family = Family.of(demo.pid ?? 0);
    signalProcess((await electronBelow(demo.pid ?? 0)).pid, 'SIGTERM');
    expect(await demo.exited).toEqual({ code: 0, signal: null });
    await nothingIsLeft(desktop, family);
  });

  test('without a terminal opens its window too, ends by itself, and leaves nothing behind', async (context) => {
    const refusal = await sandboxRefusal();
    if (refusal !== null) context.skip(`an ordinary user may make no namespace here: ${refusal}`);
    await using desktop = await Desktop.open(nobody);
    await using demo = start(desktop, { atTerminal: false });
    await windowOpens(demo);
    await expect.poll(() => desktop.shows('Adit'), patience).toBe(true);
    const family = Family.of(demo.pid ?? 0);
    expect(await demo.exited).toEqual({ code: 0, signal: null });
    await nothingIsLeft(desktop, family);
  });

  test('says why there is no window where that user cannot read the program, and serves a browser', async () => {
    await chmod(folder, 0o700);
    await using desktop = await Desktop.open(nobody);
    await using demo = start(desktop, { atTerminal: false });
    await demo.line(/^The interface, for one browser: http/, PATIENCE_MS);
    const family = Family.of(demo.pid ?? 0);
    expect(await demo.exited).toEqual({ code: 0, signal: null });
    expect(demo.lines).toContain(`(no window: nobody cannot read ${join(folder, 'node')})`);
    await nothingIsLeft(desktop, family);
  });
});
