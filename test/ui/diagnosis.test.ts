import type { Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { AppDouble } from './host/app-double.ts';
import { allIsWell } from './host/diagnoses.ts';
import { row, test } from './host/fixture.ts';
import { home, office, statusOf } from './host/profiles.ts';

function offices(): AppDouble {
  return new AppDouble([office, home], [statusOf(office, 'connected')]);
}

async function openDiagnosis(page: Page, title = 'office'): Promise<void> {
  await row(page, title).click();
  await page.getByRole('tab', { name: 'Diagnosis' }).click();
}

describe('a diagnosis', () => {
  test('asks for the address that was typed, and shows what to look at on which host', async ({ open }) => {
    const app = offices();
    const { page } = await open(app, { permissions: ['clipboard-read', 'clipboard-write'] });
    await openDiagnosis(page);
    await page.getByRole('textbox', { name: 'Address' }).fill('  172.24.135.45 ');
    await page.keyboard.press('Enter');
    const found = page.getByRole('alert');
    await found.getByText('relay-not-forwarding').waitFor();
    expect(app.askedOf('tunnel.diagnose')).toEqual([{ name: 'office', address: '172.24.135.45' }]);
    expect(await found.innerText()).toMatch(/Ali_Server \(10\.200\.200\.2\)/);

    const relay = found.getByRole('region', { name: 'On the relay' });
    await relay.getByRole('button', { name: /Copy/ }).first().click();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('sysctl net.ipv4.ip_forward');
    // A note is worth knowing, and is no alarm.
    expect(await page.getByRole('alert').count()).toBe(1);
    await page.getByText('keepalive-missing').waitFor();
    const probes = page.getByRole('table', { name: 'Who was asked' });
    expect(await probes.innerText()).toMatch(/to end after 1 hop\s+expired by 10\.200\.200\.2 11 ms/);
  });

  test('of no address in particular looks at the tunnel, and says where nothing is wrong', async ({
    open,
  }) => {
    const app = offices();
    app.answer('tunnel.diagnose', ({ name, address }) => Promise.resolve(allIsWell(name, address)));
    const { page } = await open(app);
    await openDiagnosis(page);
    await page.getByRole('button', { name: 'Diagnose' }).click();
    await page.getByText('Nothing was found to be wrong with it.').waitFor();
    expect(app.askedOf('tunnel.diagnose')).toEqual([{ name: 'office', address: null }]);
    expect(await page.getByRole('alert').count()).toBe(0);
  });

  test('says that it goes on, cannot be begun twice, and shows why it was refused', async ({ open }) => {
    const app = offices();
    let refuse = (): void => undefined;
    app.answer(
      'tunnel.diagnose',
      () => new Promise((_, reject) => (refuse = () => reject(new Error('gone')))),
    );
    const { page } = await open(app);
    await openDiagnosis(page);
    const button = page.getByRole('button', { name: 'Diagnose' });
    await button.click();
    await page.getByRole('status').getByText('Asking the network.').waitFor();
    expect(await button.isDisabled()).toBe(true);
    refuse();
    await page.getByRole('alert').getByText('internal-error').waitFor();
    expect(await button.isDisabled()).toBe(false);
  });

  test('of one profile is not shown for another, nor when its answer comes late', async ({ open }) => {
    const app = offices();
    const { page } = await open(app);
    await openDiagnosis(page);
    await page.getByRole('button', { name: 'Diagnose' }).click();
    await page.getByText('relay-not-forwarding').waitFor();
    await openDiagnosis(page, '家里PC');
    expect(await page.getByText('relay-not-forwarding').count()).toBe(0);

    let answer = (): void => undefined;
    app.answer('tunnel.diagnose', ({ name, address }) =>
      name === 'office'
        ? new Promise((resolve) => (answer = () => resolve(allIsWell(name, address))))
        : Promise.resolve(allIsWell(name, address)),
    );
    await openDiagnosis(page);
    await page.getByRole('button', { name: 'Diagnose' }).click();
    await page.getByText('Asking the network.').waitFor();
    await openDiagnosis(page, '家里PC');
    await page.getByRole('button', { name: 'Diagnose' }).click();
    await page.getByText('Nothing was found').waitFor();
    answer();
    await openDiagnosis(page);
    expect(await page.getByText('Nothing was found').count()).toBe(0);
  });
});
