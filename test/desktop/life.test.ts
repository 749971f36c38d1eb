import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Family } from '../lab/traces.ts';
import { AditClient } from '../lab/product/client.ts';
import { openFullTunnel } from '../lab/scenarios/full-tunnel.ts';
import { stateBecomes, switchOf } from './interface.ts';
import { Desktop } from './session/desktop.ts';
import { Panel } from './session/panel.ts';
import { prepare, Program, shoot } from './session/program.ts';
import { describeOnDesktop, patience } from './testing.ts';

/** Where nobody listens, on a desktop without a helper. */
function withoutHelper({ folder }: Desktop): Record<string, string> {
  return { ADIT_HOME: join(folder, 'adit'), ADIT_SOCKET: join(folder, 'none.sock') };
}

describeOnDesktop('the program', () => {
  test('ends with its window where nothing shows a tray', async () => {
    await using desktop = await Desktop.open();
    await using program = await Program.start(desktop, { environment: withoutHelper(desktop) });
    const page = await program.page();
    await page.close();
    expect(await program.end()).toEqual({ code: 0, signal: null });
  });

  test('stays in the tray without its window, and is brought back by it and by a second start', async () => {
    await using desktop = await Desktop.open();
    await using panel = await Panel.start(desktop);
    const environment = withoutHelper(desktop);
    await using program = await Program.start(desktop, { environment });
    const first = await program.page();
    await panel.registered();

    await first.close();
    await expect.poll(() => program.windows(), patience).toBe(0);
    const back = program.electron.waitForEvent('window');
    await panel.choose('Show Adit');
    const second = await back;
    await second.getByRole('navigation', { name: 'Tunnels' }).waitFor();
    await expect.poll(() => program.windows(), patience).toBe(1);

    // By a click on the icon, too.
    await second.close();
    await expect.poll(() => program.windows(), patience).toBe(0);
    await panel.activate();
    await expect.poll(() => program.windows(), patience).toBe(1);

    // A second start shows what runs, and ends.
    const isShown = (): Promise<boolean> =>
      program.electron.evaluate(
        ({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible() === true,
      );
    await expect.poll(isShown, patience).toBe(true);
    await program.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.hide());
    await expect.poll(isShown, patience).toBe(false);
    const again = await prepare(desktop, { environment });
    const [start = '', ...words] = again.argv;
    const other = spawn(start, ['--no-sandbox', ...words], { env: again.environment, stdio: 'ignore' });
    const [code] = (await once(other, 'exit')) as [number | null];
    expect(code).toBe(0);
    await expect.poll(isShown, patience).toBe(true);
    expect(await program.windows()).toBe(1);

    await panel.choose('Quit');
    expect(await program.end()).toEqual({ code: 0, signal: null });
  });

  test('ends when it is told to by a signal', async () => {
    await using desktop = await Desktop.open();
    await using program = await Program.start(desktop, { environment: withoutHelper(desktop) });
    await program.page();
    program.kill('SIGTERM');
    expect(await program.end()).toEqual({ code: 0, signal: null });
  });

  test('leaves no process behind, though it is killed', async () => {
    await using desktop = await Desktop.open();
    await using panel = await Panel.start(desktop);
    await using program = await Program.start(desktop, { environment: withoutHelper(desktop) });
    await program.page();
    await panel.registered();
    const family = Family.of(program.pid);
    expect(family.size).toBeGreaterThan(3);
    program.kill('SIGKILL');
    await program.end();
    await expect.poll(() => family.survivors(), patience).toEqual([]);
  });

  test('survives its helper: says that it is gone, and goes on when it is back', async () => {
    await using stage = await openFullTunnel();
    const { client, lab, profile } = stage;
    await using adit = await AditClient.start(client, lab.folder, { keep: true });
    await adit.import(profile.name, profile.text);
    await using desktop = await Desktop.open();
    await using program = await Program.start(desktop, { environment: adit.environment });
    const page = await program.page();
    await switchOf(page, 'Home_Win10').click();
    await stateBecomes(page, 'Home_Win10', 'Connected');

    await adit.helper.kill('SIGKILL');
    // Beside it may stand what became of the switch that was pressed.
    const banner = page
      .getByRole('alert')
      .filter({ hasText: 'The helper is the part of Adit that runs as root' });
    await banner.waitFor();
    await shoot(page, 'helper-gone');
    await adit.restartHelper();
    await banner.waitFor({ state: 'detached' });
    await stateBecomes(page, 'Home_Win10', 'Connected');
    await switchOf(page, 'Home_Win10').click();
    await stateBecomes(page, 'Home_Win10', 'Down');
    expect(program.complaints).toEqual([]);
  });

  test('another page takes the place of one that has died', async () => {
    await using desktop = await Desktop.open();
    await using program = await Program.start(desktop, { environment: withoutHelper(desktop) });
    const page = await program.page();
    const pid = (): Promise<number | undefined> =>
      program.electron.evaluate(({ BrowserWindow }) =>
        BrowserWindow.getAllWindows()[0]?.webContents.getOSProcessId(),
      );
    const first = await pid();
    // One that dies at once would do so for ever, and is left.
    await page.waitForTimeout(3_100);
    process.kill(first ?? 0, 'SIGKILL');
    const words = (): Promise<unknown> =>
      program.electron.evaluate(({ BrowserWindow }) =>
        Promise.race([
          BrowserWindow.getAllWindows()[0]?.webContents.executeJavaScript('document.body.innerText'),
          // What is asked of a page that is just being replaced may never be answered.
          new Promise((resolve) => setTimeout(() => resolve(''), 1_000)),
        ]),
      );
    await expect.poll(pid, patience).not.toBe(first);
    await expect.poll(words, patience).toContain('Import');
  });

  test('tells of a page that dies at once, and begins another where that is asked for', async () => {
    await using desktop = await Desktop.open();
    await using program = await Program.start(desktop, { environment: withoutHelper(desktop) });
    await program.page();
    await program.electron.evaluate(({ BrowserWindow, dialog }) => {
      const told: unknown[] = [];
      Object.assign(globalThis, { told });
      dialog.showMessageBox = (...words: unknown[]) => {
        told.push(words[0]);
        return Promise.resolve({ response: 1, checkboxChecked: false });
      };
      const contents = BrowserWindow.getAllWindows()[0]?.webContents;
      // The second is the one that dies at once, whatever the age of the first.
      contents?.once('render-process-gone', () => setTimeout(() => contents.forcefullyCrashRenderer(), 300));
      contents?.forcefullyCrashRenderer();
    });
    const told = (): Promise<unknown> =>
      program.electron.evaluate(() => (globalThis as unknown as { told: unknown[] }).told);
    await expect
      .poll(told, patience)
      .toContainEqual(expect.objectContaining({ message: expect.stringContaining('ended') as string }));
    const words = (): Promise<unknown> =>
      program.electron.evaluate(({ BrowserWindow }) =>
        BrowserWindow.getAllWindows()[0]?.webContents.executeJavaScript('document.body.innerText'),
      );
    await expect.poll(words, patience).toContain('Import');
  });

  test('says what keeps it from starting, and ends with exit code 1', async () => {
    await using desktop = await Desktop.open();
    const { argv, environment } = await prepare(desktop, {
      environment: { ...withoutHelper(desktop), ADIT_HOME: '/dev/null/adit' },
    });
    const [start = '', ...words] = argv;
    const program = spawn(start, ['--no-sandbox', ...words], { env: environment });
    let said = '';
    program.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
    const [code] = (await once(program, 'close')) as [number | null];
    expect(said).toMatch(/^adit: .*(\n .*)*\(home-unusable\)$/m);
    expect(said).not.toMatch(/^\s+at /m);
    expect(code).toBe(1);
  });
});
