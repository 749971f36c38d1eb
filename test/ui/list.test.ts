import { describe, expect } from 'vitest';
import { AppDouble } from './host/app-double.ts';
import { row, rowSwitch, stateLine, test } from './host/fixture.ts';
import { broken, fourClouds, home, manyProfiles, office, statusOf } from './host/profiles.ts';

describe('the list of profiles', () => {
  test('shows each by its label or name, with its state and a switch, in the order given', async ({
    open,
  }) => {
    const app = new AppDouble([broken, fourClouds, home, office], [statusOf(fourClouds, 'connected')]);
    const { page } = await open(app);
    const titles = page.locator('.profile-row-title');
    expect(await titles.allInnerTexts()).toEqual(['lab-old', 'four-clouds', '家里PC', 'office']);
    expect(await row(page, 'four-clouds').innerText()).toMatch(/Connected/);
    expect(await row(page, '家里PC').innerText()).toMatch(/Down[\s\S]*Home_Win10/);
    expect(await row(page, 'lab-old').innerText()).toMatch(/2 errors/);
    expect(await rowSwitch(page, 'four-clouds').getAttribute('aria-checked')).toBe('true');
    expect(await rowSwitch(page, '家里PC').getAttribute('aria-checked')).toBe('false');
  });

  test('opens with the tunnel that is up, and follows a choice', async ({ open }) => {
    const { page } = await open(new AppDouble([fourClouds, home, office], [statusOf(office, 'idle')]));
    await page.getByRole('heading', { name: 'office' }).waitFor();
    await row(page, '家里PC').click();
    await page.getByRole('heading', { name: '家里PC' }).waitFor();
    expect(await row(page, '家里PC').getAttribute('aria-current')).toBe('true');
  });

  test.for(['connected', 'handshaking', 'idle', 'stale', 'connecting', 'disconnecting', 'failed'] as const)(
    'names the state %s in a word, in the list and in the detail',
    async (state, { open }) => {
      const { page } = await open(new AppDouble([fourClouds], [statusOf(fourClouds, state)]));
      const word = state.slice(0, 1).toUpperCase() + state.slice(1);
      // The profiles are there before their states.
      await row(page, 'four-clouds').locator('.state-word').getByText(word, { exact: true }).waitFor();
      await stateLine(page).locator('strong').getByText(word, { exact: true }).waitFor();
    },
  );

  test('is searched by name, address and peer once it is long', async ({ open }) => {
    const { page } = await open(new AppDouble([...manyProfiles(20), home]));
    const field = page.getByRole('searchbox', { name: 'Search tunnels' });
    await field.fill('site-2');
    await expect.poll(() => page.locator('.profile-row').count()).toBe(2);
    await field.fill('goblin.lqingcloud');
    await expect.poll(() => page.locator('.profile-row-title').allInnerTexts()).toEqual(['家里PC']);
    await field.fill('nothing like it');
    await page.getByText('No tunnel matches').waitFor();
    await field.press('Escape');
    await expect.poll(() => page.locator('.profile-row').count()).toBe(21);
  });

  test('has no search while it is short', async ({ open }) => {
    const { page } = await open(new AppDouble([fourClouds, home]));
    await row(page, '家里PC').waitFor();
    expect(await page.getByRole('searchbox').count()).toBe(0);
  });

  test('invites to import while it is empty', async ({ open }) => {
    const { page } = await open(new AppDouble());
    await page.getByRole('heading', { name: 'Import your first tunnel' }).waitFor();
    const chooser = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: 'Choose files' }).click();
    expect((await chooser).isMultiple()).toBe(true);
  });

  test('shows profiles that come and go by other hands', async ({ open }) => {
    const app = new AppDouble();
    const { page } = await open(app);
    await page.getByRole('heading', { name: 'Import your first tunnel' }).waitFor();
    app.setProfiles([home]);
    await page.getByRole('heading', { name: '家里PC' }).waitFor();
    app.setProfiles([]);
    await page.getByRole('heading', { name: 'Import your first tunnel' }).waitFor();
  });

  test('shows a tunnel that no profile accounts for, so that it can be taken down', async ({ open }) => {
    const app = new AppDouble([home], [statusOf(office, 'connected')]);
    app.answer('tunnel.down', () => {
      app.push({ interface: 'office', head: null });
      return Promise.resolve(null);
    });
    const { page } = await open(app);
    expect(await row(page, 'office').innerText()).toMatch(/no profile here/);
    await rowSwitch(page, 'office').click();
    await expect.poll(() => row(page, 'office').count()).toBe(0);
    expect(app.askedOf('tunnel.down')).toEqual([{ name: 'office' }]);
  });
});

describe('the detail of a profile that is down', () => {
  test('says what a full tunnel would do', async ({ open }) => {
    const { page } = await open(new AppDouble([home]));
    const main = page.getByRole('main');
    await main.getByText('Full tunnel').waitFor();
    await main.getByText('It carries all IPv4 and IPv6 traffic.').waitFor();
    await main.getByText('goblin.lqingcloud.cn:51820').waitFor();
    await main.getByText('8000::/1').waitFor();
    await main.getByText('xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=').waitFor();
  });

  test('says what a split tunnel would do', async ({ open }) => {
    const { page } = await open(new AppDouble([fourClouds]));
    await page.getByRole('main').getByText('Split tunnel: 9 prefixes').waitFor();
    const rows = page.getByRole('table', { name: 'Peers' }).getByRole('row');
    expect(await rows.count()).toBe(5);
    expect(await rows.nth(1).innerText()).toMatch(/aws[\s\S]*aws\.com:51820[\s\S]*10\.43\.0\.0\/16/);
  });

  test('folds a long list of allowed IPs', async ({ open }) => {
    const allowedIps = Array.from({ length: 15 }, (_, index) => `10.42.${index}.0/24`);
    const peers = fourClouds.peers.map((peer, index) => (index === 0 ? { ...peer, allowedIps } : peer));
    const { page } = await open(new AppDouble([{ ...fourClouds, peers }]));
    const main = page.getByRole('main');
    await main.getByText('10.42.2.0/24').first().waitFor();
    expect(await main.getByText('10.42.14.0/24').count()).toBe(0);
    await main.getByRole('button', { name: '+12 more' }).click();
    await main.getByText('10.42.14.0/24').waitFor();
    await main.getByRole('button', { name: 'Show fewer' }).click();
    await expect.poll(() => main.getByText('10.42.14.0/24').count()).toBe(0);
  });
});
