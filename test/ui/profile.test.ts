import type { Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { AppDouble, faults } from './host/app-double.ts';
import { row, test } from './host/fixture.ts';
import { fourClouds, fourCloudsText, home, office, statusOf } from './host/profiles.ts';

const privateKey = 'wD595KeTPKBDneKWOTUjJQjxZ5RrlxsbeEsWL0gbyn8=';
const presharedKey = '5htJA/UoIulrgAn9tDdUxt1WYmOriCXIujBVVaz/uZI=';

function clouds(): AppDouble {
  const app = new AppDouble([fourClouds, home]);
  app.texts.set('four-clouds', fourCloudsText);
  app.texts.set('Home_Win10', '[Interface]\n');
  return app;
}

async function openConfiguration(page: Page): Promise<void> {
  await row(page, 'four-clouds').click();
  await page.getByRole('tab', { name: 'Configuration' }).click();
  await page.getByLabel('Configuration', { exact: true }).getByText('AllowedIPs').first().waitFor();
}

async function reveal(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Reveal keys' }).click();
  await page.getByRole('button', { name: 'Show for 30 s' }).click();
  await page.getByText(privateKey).waitFor();
}

describe('the configuration', () => {
  test('is shown with its comments and without its keys', async ({ open }) => {
    const { page } = await open(clouds());
    await openConfiguration(page);
    const text = await page.locator('.conf').innerText();
    expect(text).toContain('# Name = aws  服务网段由 AWS 节点转发');
    expect(text).toContain('PrivateKey = (hidden)');
    expect(text).toContain('PresharedKey = (hidden)');
    expect(await page.content()).not.toContain(privateKey);
  });

  test('shows keys after a second press alone, and a double click is none', async ({ open }) => {
    const app = clouds();
    const { page } = await open(app);
    await openConfiguration(page);
    await page.getByRole('button', { name: 'Reveal keys' }).dblclick();
    await page.waitForTimeout(200);
    expect(app.askedOf('profile.text').some(({ reveal: asked }) => asked)).toBe(false);
    await page.getByRole('button', { name: 'Keep hidden' }).click();
    await reveal(page);
    expect(await page.locator('.conf').innerText()).toContain(presharedKey);
    await page.getByRole('button', { name: 'Hide keys' }).click();
    await expect.poll(() => page.locator('.conf').innerText()).not.toContain(privateKey);
    expect(await page.content()).not.toContain(privateKey);
  });

  test('hides keys again by itself after 30 s', async ({ open }) => {
    const { page } = await open(clouds(), { beforeLoad: (fresh) => fresh.clock.install() });
    await openConfiguration(page);
    await reveal(page);
    await page.clock.runFor(29_000);
    expect(await page.content()).toContain(privateKey);
    expect(await page.locator('.reveal').innerText()).toMatch(/hidden again in [12] s/);
    await page.clock.runFor(1500);
    await expect.poll(() => page.content()).not.toContain(privateKey);
  });

  test('hides keys on leaving: for the other tab, another profile, another window', async ({ open }) => {
    const { page } = await open(clouds());
    await openConfiguration(page);
    await reveal(page);
    await page.getByRole('tab', { name: 'Overview' }).click();
    expect(await page.content()).not.toContain(privateKey);
    await page.getByRole('tab', { name: 'Configuration' }).click();
    await page.getByText('PrivateKey').waitFor();
    expect(await page.content()).not.toContain(privateKey);

    await reveal(page);
    await row(page, '家里PC').click();
    await row(page, 'four-clouds').click();
    await page.getByRole('tab', { name: 'Configuration' }).click();
    await page.getByText('PrivateKey').waitFor();
    expect(await page.content()).not.toContain(privateKey);

    await reveal(page);
    await page.evaluate(() => {
      Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    });
    await expect.poll(() => page.content()).not.toContain(privateKey);
  });

  test('is copied as it is shown', async ({ open }) => {
    const { page } = await open(clouds(), { permissions: ['clipboard-read', 'clipboard-write'] });
    await openConfiguration(page);
    await page.getByRole('button', { name: 'Copy' }).click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect(copied).toContain('Endpoint = aws.com:51820');
    expect(copied).not.toContain(privateKey);
  });

  test('shows the fault where it cannot be read', async ({ open }) => {
    const app = clouds();
    app.refuse('profile.text', {
      code: 'home-unusable',
      message: 'It cannot be read.',
      hint: 'Look at its mode.',
    });
    const { page } = await open(app);
    await row(page, 'four-clouds').click();
    await page.getByRole('tab', { name: 'Configuration' }).click();
    await page.getByRole('alert').getByText('home-unusable').waitFor();
  });

  test('of 200,000 lines is shown without freezing', async ({ open }) => {
    const app = clouds();
    app.texts.set('four-clouds', '# AllowedIPs\n'.repeat(200_000));
    const { page } = await open(app);
    await openConfiguration(page);
    await page.getByRole('tab', { name: 'Overview' }).click();
    await page.getByRole('table', { name: 'Peers' }).waitFor();
  });
});

describe('rename', () => {
  test('keeps the profile chosen under its new name', async ({ open }) => {
    const app = new AppDouble([fourClouds, office]);
    const { page } = await open(app);
    await row(page, 'office').click();
    await page.getByRole('button', { name: 'Rename' }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill('公司');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: '公司' }).waitFor();
    expect(app.askedOf('profile.rename')).toEqual([{ name: 'office', newName: '公司' }]);
    expect(await row(page, '公司').getAttribute('aria-current')).toBe('true');
  });

  test('shows why a name is refused, and lets it be mended', async ({ open }) => {
    const app = new AppDouble([fourClouds, office]);
    app.refuse('profile.rename', faults.exists('four-clouds'));
    const { page } = await open(app);
    await row(page, 'office').click();
    await page.getByRole('button', { name: 'Rename' }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill('four-clouds');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('alert').getByText('profile-exists').waitFor();
    expect(await page.getByRole('textbox', { name: 'Name' }).inputValue()).toBe('four-clouds');
    await page.keyboard.press('Escape');
    await page.getByRole('heading', { name: 'office' }).waitFor();
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe('Rename');
  });

  test('waits until the tunnel is down', async ({ open }) => {
    const { page } = await open(new AppDouble([home], [statusOf(home, 'connected')]));
    await page.getByRole('heading', { name: '家里PC' }).waitFor();
    expect(await page.getByRole('button', { name: 'Rename' }).isDisabled()).toBe(true);
    expect(await page.getByRole('button', { name: 'Remove' }).isDisabled()).toBe(true);
  });
});

describe('remove', () => {
  test('asks first, and no is the easier answer', async ({ open }) => {
    const app = new AppDouble([fourClouds, office]);
    const { page } = await open(app);
    await row(page, 'office').click();
    await page.getByRole('button', { name: 'Remove' }).click();
    const dialog = page.getByRole('dialog', { name: 'Remove “office”?' });
    await dialog.waitFor();
    expect(
      await dialog
        .getByRole('button', { name: 'Cancel' })
        .evaluate((button) => button === document.activeElement),
    ).toBe(true);
    await page.keyboard.press('Escape');
    await expect.poll(() => dialog.count()).toBe(0);
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe('Remove');
    expect(app.askedOf('profile.remove')).toEqual([]);

    await page.getByRole('button', { name: 'Remove' }).click();
    await dialog.getByRole('button', { name: 'Remove' }).click();
    await expect.poll(() => row(page, 'office').count()).toBe(0);
    expect(app.askedOf('profile.remove')).toEqual([{ name: 'office' }]);
    await page.getByRole('heading', { name: 'four-clouds' }).waitFor();
  });

  test('shows why it was refused', async ({ open }) => {
    const app = new AppDouble([fourClouds]);
    app.refuse('profile.remove', faults.isUp);
    const { page } = await open(app);
    await page.getByRole('button', { name: 'Remove' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Remove' }).click();
    await dialog.getByRole('alert').getByText('profile-is-up').waitFor();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await row(page, 'four-clouds').waitFor();
  });
});
