import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, Platform } from 'electron-builder';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { packageConfiguration } from '../../build/electron-builder.ts';
import packageFacts from '../../package.json' with { type: 'json' };
import { machine } from '../lab/command.ts';
import { callerSeenBy } from '../lab/measure.ts';
import { namespaceOf, signalProcess } from '../lab/namespaces.ts';
import { systemEngine, whyNoOwnEngine } from '../lab/product/installation.ts';
import { openFullTunnel } from '../lab/scenarios/full-tunnel.ts';
import { importFile, stateBecomes, switchOf } from './interface.ts';
import { Desktop, nobody, sandboxRefusal } from './session/desktop.ts';
import { StartedEntry } from './session/login.ts';
import { Panel } from './session/panel.ts';
import { Program, shoot } from './session/program.ts';
import { describeOnDesktop, electron, patience } from './testing.ts';

const root = join(import.meta.dirname, '..', '..');

/** A photo of a QR code. */
const photo = join(root, 'test', 'fixtures', 'qr', 'photo.jpg');

describeOnDesktop('the packaged application', () => {
  let folder: string;
  let program: string;
  /** What has to be a file beside the archive. */
  let unpacked: string;

  beforeAll(async () => {
    if (electron.kind === 'none') throw new Error(electron.reason);
    folder = await mkdtemp(join(tmpdir(), 'adit-package-'));
    // A checkout may be where an ordinary user cannot look.
    await chmod(folder, 0o755);
    await build({
      projectDir: root,
      targets: Platform.LINUX.createTarget('dir'),
      publish: 'never',
      config: packageConfiguration({ output: folder, runtime: electron.runtime, fuses: false }),
    });
    program = join(folder, 'linux-unpacked', 'adit-desktop');
    unpacked = join(folder, 'linux-unpacked', 'resources', 'app.asar.unpacked', 'dist');
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** Runs the program as Node, which it can be in place of a window. */
  async function asNode(...words: string[]): Promise<string> {
    return (await machine.run([program, ...words], { env: { ELECTRON_RUN_AS_NODE: '1' } })).stdout;
  }

  test('holds dist/ byte for byte, and nothing else', async () => {
    const archive = join(folder, 'linux-unpacked', 'resources', 'app.asar');
    const inside = JSON.parse(await asNode('--eval', listing, archive)) as Record<string, string>;
    const { 'package.json': facts, ...files } = inside;
    expect(facts).toBeDefined();
    expect(files).toEqual(await digestsIn(join(root, 'dist'), 'dist'));
    expect(await readdir(join(folder, 'linux-unpacked', 'resources'))).toEqual([
      'app.asar',
      'app.asar.unpacked',
    ]);
  });

  test('has the engine beside the archive, to be run from there, with its licences', async (context) => {
    const reason = whyNoOwnEngine();
    if (reason !== null) context.skip(reason);
    const engine = join(unpacked, 'engine', 'wireguard-go');
    expect((await machine.run([engine, '--version'])).stdout).toMatch(/^wireguard-go v/);
    expect(await readFile(join(unpacked, 'engine', 'LICENSES.txt'), 'utf8')).toContain(
      'golang.zx2c4.com/wireguard v',
    );
  });

  test('is the command line too, for its own Node and for any other', async () => {
    const cli = join(unpacked, 'bin.cjs');
    expect((await asNode(cli, '--version')).trim()).toBe(packageFacts.version);
    const { stdout } = await machine.run([process.execPath, cli, '--version']);
    expect(stdout.trim()).toBe(packageFacts.version);
  });

  test('has beside the archive what its command line seldom needs, and that works there', async () => {
    const home = await mkdtemp(join(folder, 'home-'));
    const env = { ADIT_HOME: home, ELECTRON_RUN_AS_NODE: '1' };
    const adit = async (...words: string[]): Promise<string> =>
      (await machine.run([program, join(unpacked, 'bin.cjs'), ...words], { env })).stdout;
    await adit('import', photo);
    await adit('export', '--as', 'zip', '-o', join(home, 'all.zip'));
    await adit('rename', 'photo', 'other');
    await adit('import', join(home, 'all.zip'));
    await adit('export', 'photo', '--as', 'qr', '-o', join(home, 'again.png'));
    await adit('import', join(home, 'again.png'));
    expect(await adit('export', 'again')).toBe(await readFile(join(photo, '..', 'office.conf'), 'utf8'));
  });

  test('serves an ordinary user, in Chromium’s sandbox, with its own helper', async (context) => {
    const refusal = await sandboxRefusal();
    if (refusal !== null) context.skip(`an ordinary user may make no namespace here: ${refusal}`);
    await using stage = await openFullTunnel();
    const { client, lab, profile, reachable } = stage;
    const socket = join(lab.folder, 'nobody.sock');
    const words = ['helper', '--socket', socket, '--owner', String(nobody.uid), '--dev'];
    await using helper = client.start([program, join(unpacked, 'bin.cjs'), ...words], {
      env: { ELECTRON_RUN_AS_NODE: '1' },
    });
    await helper.line(/"ready"/, 15_000);

    await using desktop = await Desktop.open(nobody);
    const environment = { ADIT_HOME: join(desktop.folder, 'adit'), ADIT_SOCKET: socket };
    await using adit = await Program.start(desktop, { packaged: program, environment });
    const page = await adit.page();
    const { pagePid, ...facts } = await adit.electron.evaluate(({ app, BrowserWindow }) => ({
      uid: process.getuid?.(),
      isPackaged: app.isPackaged,
      pagePid: BrowserWindow.getAllWindows()[0]?.webContents.getOSProcessId() ?? 0,
    }));
    expect(facts).toEqual({ uid: nobody.uid, isPackaged: true });
    for (const kind of ['net', 'pid'] as const) {
      expect(namespaceOf(pagePid, kind)).toMatch(/^\w+:/);
      expect(namespaceOf(pagePid, kind)).not.toBe(namespaceOf(process.pid, kind));
    }

    await page.getByLabel('Configuration files').first().setInputFiles(photo);
    await page.getByText('1 file imported').waitFor();
    await page.getByRole('button', { name: 'Close the report' }).click();
    await importFile(page, profile.name, profile.text);
    await switchOf(page, 'Home_Win10').click();
    await stateBecomes(page, 'Home_Win10', 'Connected');
    for (const { url, caller } of reachable) expect(await callerSeenBy(client, url)).toBe(caller);
    const [engine] = client.processes('wireguard-go');
    expect(await readlink(`/proc/${engine?.pid ?? 0}/exe`)).toBe(
      whyNoOwnEngine() === null ? join(unpacked, 'engine', 'wireguard-go') : systemEngine,
    );
    await shoot(page, 'packaged');
    await switchOf(page, 'Home_Win10').click();
    await stateBecomes(page, 'Home_Win10', 'Down');
    expect(adit.complaints).toEqual([]);
  });

  test('starts at login where its tray says so: in the tray alone, or with its window where there is none', async (context) => {
    const refusal = await sandboxRefusal();
    if (refusal !== null) context.skip(`an ordinary user may make no namespace here: ${refusal}`);
    await using desktop = await Desktop.open(nobody);
    const environment = {
      ADIT_HOME: join(desktop.folder, 'adit'),
      ADIT_SOCKET: join(desktop.folder, 'none.sock'),
    };
    const entry = join(desktop.folder, 'config', 'autostart', 'adit.desktop');
    const becomes = async (isOn: boolean): Promise<void> => {
      const isChecked = async (): Promise<boolean | null> => (await panel.entry('Start at login')).isChecked;
      await expect.poll(isChecked, patience).toBe(isOn);
      expect(existsSync(entry)).toBe(isOn);
    };

    await using panel = await Panel.start(desktop);
    {
      await using adit = await Program.start(desktop, { packaged: program, environment });
      await adit.page();
      await becomes(false);
      await panel.choose('Start at login');
      await becomes(true);
      expect((await readFile(entry, 'utf8')).split('\n')).toContain(`Exec=${program} --hidden`);
      await panel.choose('Quit');
      await adit.end();
    }
    {
      await using started = await StartedEntry.start(desktop, entry, environment);
      await panel.registeredBy(started.pid);
      await becomes(true);
      expect(await desktop.shows('Adit')).toBe(false);
      // A second login of a session that was restored opens nothing either; a person's start does.
      await using again = await StartedEntry.start(desktop, entry, environment);
      await again.ended;
      expect(await desktop.shows('Adit')).toBe(false);
      await panel.choose('Show Adit');
      await expect.poll(() => desktop.shows('Adit'), patience).toBe(true);
      await panel.choose('Start at login');
      await becomes(false);
      await panel.choose('Start at login');
      await becomes(true);
      await panel.choose('Quit');
      await started.ended;
    }
    await panel[Symbol.asyncDispose]();
    await using alone = await StartedEntry.start(desktop, entry, environment);
    await expect.poll(() => desktop.shows('Adit'), patience).toBe(true);
    signalProcess(alone.pid, 'SIGTERM');
    await alone.ended;
  });
});

/** A program that prints the digest of every file in an archive of Electron's, which only an Electron can read. */
const listing = `
const { readdirSync, readFileSync, statSync } = require('node:fs');
const digests = {};
function list(folder, name) {
  for (const entry of readdirSync(folder)) {
    const path = folder + '/' + entry;
    if (statSync(path).isDirectory()) list(path, name + entry + '/');
    else digests[name + entry] = require('node:crypto').createHash('sha256').update(readFileSync(path)).digest('hex');
  }
}
list(process.argv[1], '');
console.log(JSON.stringify(digests));
`;

/** The digests of all files in a folder, by the paths they have under `name`. */
async function digestsIn(folder: string, name: string): Promise<Record<string, string>> {
  const digests: Record<string, string> = {};
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    const shown = `${name}/${entry.name}`;
    if (entry.isDirectory()) Object.assign(digests, await digestsIn(path, shown));
    else
      digests[shown] = createHash('sha256')
        .update(await readFile(path))
        .digest('hex');
  }
  return digests;
}
