import { describe, expect } from 'vitest';
import { AppDouble, faults } from './host/app-double.ts';
import { row, test } from './host/fixture.ts';
import { home, statusOf } from './host/profiles.ts';

const open = {
  code: 'uplink-open',
  message:
    'The kill switch is open to your programs until 2026-01-01T00:05:00.000Z: they may send past the tunnel.',
  hint: 'It closes by itself, and as soon as a peer answers.',
};
const withSwitch = { ...home, settings: { ...home.settings, killSwitch: 'on' } };

describe('the kill switch', () => {
  test('is off until somebody switches it on, and then asks about the local network', async ({
    open: show,
  }) => {
    const app = new AppDouble([home]);
    const { page } = await show(app);
    await row(page, '家里PC').click();
    const section = page.getByLabel('Kill switch', { exact: true }).first();
    const toggle = page.getByRole('switch', { name: 'Kill switch' });
    expect(await toggle.getAttribute('aria-checked')).toBe('false');
    expect(await page.getByRole('switch', { name: 'Allow the local network' }).count()).toBe(0);
    await toggle.click();
    await section.getByText('Not kept over a restart of the machine.').waitFor();
    await page.getByRole('switch', { name: 'Allow the local network' }).click();
    await section.getByText('stay within reach').waitFor();
    expect(app.askedOf('profile.set').map(({ settings }) => settings)).toEqual([
      { killSwitch: 'on' },
      { allowLan: 'on' },
    ]);
    // A tunnel that is down stays down.
    expect(app.askedOf('tunnel.up')).toEqual([]);
  });

  test('that is switched while the tunnel is up takes effect at once', async ({ open: show }) => {
    const app = new AppDouble([home], [statusOf(home, 'connected')]);
    const { page } = await show(app);
    await row(page, '家里PC').click();
    await page.getByRole('switch', { name: 'Kill switch' }).click();
    await expect.poll(() => app.askedOf('tunnel.up').length).toBe(1);
  });

  test('says whether it lets things pass by the tunnel or keeps all from leaving', async ({ open: show }) => {
    const app = new AppDouble([withSwitch], [statusOf(withSwitch, 'connected', { killSwitch: 'on' })]);
    const { page } = await show(app);
    await row(page, '家里PC').click();
    await page.locator('.setting-state.is-on').getByText('on', { exact: true }).waitFor();
    const head = statusOf(withSwitch, 'handshaking', { killSwitch: 'blocking' });
    app.push({ interface: head.interface, head });
    await page.locator('.setting-state.is-blocking').getByText('blocking').waitFor();
    await page.getByText('No peer answers, and the kill switch lets nothing else out.').waitFor();
  });

  test('that blocks can be opened for five minutes and closed again, and a portal that is found is named', async ({
    open: show,
  }) => {
    const status = statusOf(withSwitch, 'handshaking', { killSwitch: 'blocking' });
    const app = new AppDouble([withSwitch], [status]);
    app.answer('tunnel.unblock', ({ minutes }) => {
      app.push({ interface: status.interface, head: { ...status, warnings: minutes === 0 ? [] : [open] } });
      const portal = minutes === 0 ? null : 'http://login.example/';
      return Promise.resolve({ until: minutes === 0 ? null : '2026-01-01T00:05:00.000Z', portal });
    });
    const { page } = await show(app);
    await row(page, '家里PC').click();
    await page.getByRole('button', { name: 'Open for 5 minutes' }).click();
    await page.getByText('Sign in at http://login.example/').waitFor();
    expect(await page.getByText(/open to your programs until/).count()).toBe(1);
    await page.getByRole('button', { name: 'Close now' }).click();
    await page.getByRole('button', { name: 'Open for 5 minutes' }).waitFor();
    expect(app.askedOf('tunnel.unblock').map(({ minutes }) => minutes)).toEqual([5, 0]);
  });

  test('that cannot be opened says why', async ({ open: show }) => {
    const app = new AppDouble(
      [withSwitch],
      [statusOf(withSwitch, 'handshaking', { killSwitch: 'blocking' })],
    );
    app.refuse('tunnel.unblock', faults.noHelper);
    const { page } = await show(app);
    await row(page, '家里PC').click();
    await page.getByRole('button', { name: 'Open for 5 minutes' }).click();
    await page.getByRole('main').getByRole('alert').getByText('helper-not-running').waitFor();
  });
});
