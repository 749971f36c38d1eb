import { chmod, chown, cp, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCommand } from '../command.ts';
import { callerSeenBy } from '../measure.ts';
import { openFullTunnel } from '../scenarios/full-tunnel.ts';
import { describeInLab } from '../testing.ts';
import { aditProgram, AditClient } from './client.ts';

const owner = 1000;
const stranger = 1001;

/** What others than root can run: a checkout may be where only root can read. */
interface Programs {
  readonly node: string;
  readonly adit: string;
}

let folder = '';
let programs: Programs;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'adit-programs-'));
  await chmod(folder, 0o755);
  programs = { node: join(folder, 'node'), adit: join(folder, 'dist', 'bin.cjs') };
  await cp(process.execPath, programs.node);
  await cp(dirname(aditProgram), join(folder, 'dist'), { recursive: true });
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs `adit ... --json` as a user of the machine, with profiles of their own, and gives the one value it prints. */
async function as(user: number, socket: string, home: string, ...words: string[]): Promise<unknown> {
  const ids = [`--reuid=${user}`, `--regid=${user}`, '--clear-groups'];
  const argv = ['setpriv', ...ids, '--', programs.node, programs.adit, ...words, '--json'];
  const { stdout } = await runCommand(`user ${user}`, argv, {
    env: { ADIT_SOCKET: socket, ADIT_HOME: home, HOME: home },
    allowFailure: true,
    timeoutMs: 30_000,
  });
  return JSON.parse(stdout) as unknown;
}

async function homeOf(user: number): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), `adit-home-${user}-`));
  await chown(home, user, user);
  return home;
}

describeInLab('a helper for an owner who is not root', () => {
  test('serves its owner, and nobody else', async () => {
    await using stage = await openFullTunnel();
    const { client, lab, profile } = stage;
    await using adit = await AditClient.start(client, lab.folder, { owner });
    const homes = { [owner]: await homeOf(owner), [stranger]: await homeOf(stranger) };
    try {
      const socket = await stat(adit.socket);
      expect({ uid: socket.uid, mode: socket.mode & 0o777 }).toEqual({ uid: owner, mode: 0o600 });

      const conf = join(homes[owner], 'home.conf');
      await runCommand('machine', ['tee', conf], { input: profile.text });
      await chown(conf, owner, owner);
      expect(await as(owner, adit.socket, homes[owner], 'import', conf)).toMatchObject({
        files: [{ name: 'home' }],
      });
      expect(await as(owner, adit.socket, homes[owner], 'up', 'home', '--wait=10')).toMatchObject({
        tunnels: [{ state: 'connected' }],
      });
      expect(await callerSeenBy(client, 'http://198.51.100.80/')).toBe('203.0.113.10');

      for (const words of [['status'], ['down', '--all'], ['recover']]) {
        expect(await as(stranger, adit.socket, homes[stranger], ...words), words.join(' ')).toMatchObject({
          error: { code: 'helper-not-ours' },
        });
      }
      const knock = `const s = require('net').connect(${JSON.stringify(adit.socket)}); s.on('error', (e) => console.log(e.code)); s.on('connect', () => console.log('in'))`;
      const { stdout } = await runCommand(
        'stranger',
        [
          ...['setpriv', `--reuid=${stranger}`, `--regid=${stranger}`, '--clear-groups', '--'],
          ...[programs.node, '-e', knock],
        ],
        {},
      );
      expect(stdout.trim()).toBe('EACCES');

      expect(await as(owner, adit.socket, homes[owner], 'down', 'home')).toEqual({ down: ['home'] });
    } finally {
      for (const home of Object.values(homes)) await rm(home, { recursive: true, force: true });
    }
  });

  test('is not started by one who is not root', async () => {
    const home = await homeOf(stranger);
    try {
      expect(
        await as(stranger, join(home, 'helper.sock'), home, 'helper', '--socket', join(home, 'helper.sock')),
      ).toMatchObject({
        error: { code: 'helper-needs-root' },
      });
    } finally {
      await rm(home, { recursive: true, force: true });
    }
  });
});
