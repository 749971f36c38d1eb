import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { callerSeenBy } from '../lab/measure.ts';
import { AditClient } from '../lab/product/client.ts';
import { openFullTunnel } from '../lab/scenarios/full-tunnel.ts';
import { difference, networkSnapshot } from '../lab/snapshot.ts';
import { Desktop } from './session/desktop.ts';
import { Panel } from './session/panel.ts';
import { Program } from './session/program.ts';
import { describeOnDesktop, patience } from './testing.ts';

describeOnDesktop('the tray', () => {
  test('its menu switches a profile on and off for real, and says how things are', async () => {
    await using stage = await openFullTunnel();
    const { client, lab, profile, reachable } = stage;
    const before = await networkSnapshot(client);
    await using adit = await AditClient.start(client, lab.folder);
    await adit.import(profile.name, profile.text);
    await using desktop = await Desktop.open();
    await using panel = await Panel.start(desktop);
    await using program = await Program.start(desktop, { environment: adit.environment });
    await panel.registered();

    expect(await panel.entry('Home_Win10')).toMatchObject({ isChecked: false, isEnabled: true });
    expect(labelsOf(await panel.menu())).toEqual(['Home_Win10', '—', 'Show Adit', 'Quit']);
    expect(await panel.tooltip()).toBe('Adit: not connected');
    const off = await panel.icon();
    expect(off.size).toBeGreaterThanOrEqual(22);

    await panel.choose('Home_Win10');
    await expect.poll(() => panel.tooltip(), patience).toBe('Adit: Home_Win10');
    expect((await panel.entry('Home_Win10')).isChecked).toBe(true);
    const on = await panel.icon();
    expect(on.digest).not.toBe(off.digest);
    for (const { url, caller } of reachable) expect(await callerSeenBy(client, url)).toBe(caller);
    expect((await adit.status('home')).state).toBe('connected');

    await panel.choose('Home_Win10');
    // With nothing in brackets behind its name, it is down and not on its way there.
    expect(await panel.entry('Home_Win10')).toMatchObject({ isChecked: false });
    expect(await panel.tooltip()).toBe('Adit: not connected');
    expect(await panel.icon()).toEqual(off);
    await client.settled();
    expect(difference(before, await networkSnapshot(client))).toEqual({ gone: [], added: [] });
    expect(program.complaints).toEqual([]);
  });

  test('follows profiles that come and go, names them as they are, and tells of faults', async () => {
    await using stage = await openFullTunnel();
    const { client, lab, profile } = stage;
    await using adit = await AditClient.start(client, lab.folder);
    await using desktop = await Desktop.open();
    await using panel = await Panel.start(desktop);
    await using program = await Program.start(desktop, { environment: adit.environment });
    await panel.registered();
    expect(await panel.entry('No profile yet')).toMatchObject({ isEnabled: false });

    const odd = profile.text.replaceAll('Name = Home_Win10', 'Name = R&D __ 上海');
    await adit.import('home', odd.replace('PersistentKeepalive = 25', 'Endpoint = nowhere.invalid:1'));
    expect(await panel.entry('R&D __ 上海')).toMatchObject({ isChecked: false });
    await adit.import('other', odd);
    await panel.entry('R&D __ 上海 – home');
    await adit.done('remove', 'other');
    await panel.entry('R&D __ 上海');

    // What cannot come up says so in a dialog, and the check mark, which the click moved, goes back.
    await program.electron.evaluate(({ dialog }) => {
      dialog.showMessageBox = (...words: unknown[]) => {
        Object.assign(globalThis, { told: words[0] });
        return Promise.resolve({ response: 0, checkboxChecked: false });
      };
    });
    await panel.choose('R&D __ 上海');
    const told = (): Promise<unknown> =>
      program.electron.evaluate(() => (globalThis as unknown as { told?: unknown }).told);
    await expect.poll(told, patience).toMatchObject({
      message: expect.stringContaining('resolve') as string,
      detail: expect.stringMatching(/\w/) as string,
    });
    await expect.poll(() => panel.entry(/^R&D __ 上海/), patience).toMatchObject({ isChecked: false });

    // Without the helper it says why nothing can be switched.
    await adit.helper.kill('SIGKILL');
    expect(await panel.entry('The helper cannot be reached')).toMatchObject({ isEnabled: false });
    await panel.choose('R&D __ 上海');
    await expect.poll(told, patience).toMatchObject({ message: expect.stringContaining('helper') as string });
    expect(await panel.entry('R&D __ 上海')).toMatchObject({ isChecked: false });
    await adit.restartHelper();
    await expect
      .poll(async () => labelsOf(await panel.menu()), patience)
      .not.toContain('The helper cannot be reached');
    await rename(join(adit.home, 'profiles', 'home.conf'), join(adit.home, 'profiles', 'office.conf'));
    await adit.import('home', profile.text);
    await panel.entry('Home_Win10');
  });

  test('is there for a panel that comes later, and for one that is started again', async () => {
    await using desktop = await Desktop.open();
    const environment = {
      ADIT_HOME: join(desktop.folder, 'adit'),
      ADIT_SOCKET: join(desktop.folder, 'none.sock'),
    };
    await using program = await Program.start(desktop, { environment });
    await program.page();
    for (let times = 0; times < 2; times++) {
      await using panel = await Panel.start(desktop);
      await panel.registered();
      const labels = async (): Promise<string[]> => labelsOf(await panel.menu());
      await expect.poll(labels, patience).toContain('No profile yet');
      expect(await panel.tooltip()).toBe('Adit: the helper cannot be reached');
    }
    expect(program.complaints).toEqual([]);
  });
});

function labelsOf(menu: Awaited<ReturnType<Panel['menu']>>): string[] {
  return menu.map(({ isSeparator, label }) => (isSeparator ? '—' : label));
}
