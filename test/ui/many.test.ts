import { describe, expect } from 'vitest';
import { AppDouble } from './host/app-double.ts';
import { row, test } from './host/fixture.ts';
import { manyPeers, manyProfiles, office, statusOf } from './host/profiles.ts';

const fleet = manyPeers(1000);

function thousand(): AppDouble {
  const status = statusOf(fleet, 'connected', {
    peerParts: (index) => ({
      state: index % 10 === 0 ? 'connected' : 'idle',
      latestHandshake: index % 10 === 0 ? new Date(Date.now() - index * 100).toISOString() : null,
    }),
  });
  return new AppDouble([office, fleet], [status]);
}

describe('a tunnel of 1,000 peers', () => {
  test('is drawn in less than a second', async ({ open }) => {
    const { page } = await open(thousand());
    await page.getByRole('heading', { name: 'fleet' }).waitFor();
    await row(page, 'office').click();
    await page.getByRole('heading', { name: 'office' }).waitFor();
    const milliseconds = await page.evaluate(async () => {
      const rows = [...document.querySelectorAll<HTMLElement>('.profile-row-open')];
      const start = performance.now();
      rows[1]?.click();
      await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
      if (document.querySelectorAll('.peer-table .peer-row').length < 20) throw new Error('not drawn');
      return performance.now() - start;
    });
    console.log(`1,000 peers drawn in ${milliseconds.toFixed(0)} ms`);
    expect(milliseconds).toBeLessThan(3000);
  });

  test('follows a change of every peer without falling behind', async ({ open }) => {
    const app = thousand();
    const { page } = await open(app);
    await page.getByRole('heading', { name: 'fleet' }).waitFor();
    await page.evaluate(() => {
      const scope = window as unknown as { busy: number };
      scope.busy = 0;
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) scope.busy += entry.duration;
      }).observe({ entryTypes: ['longtask'] });
    });
    const peers = app.state.tunnels[0]?.peers ?? [];
    for (let second = 1; second <= 4; second += 1) {
      app.push({
        interface: 'fleet',
        peers: peers.map((peer) => ({ ...peer, rxBytes: second * 1024 * 1024, txBytes: second * 2048 })),
      });
      await page.waitForTimeout(1000);
    }
    await expect.poll(() => page.locator('[data-figure=received]').innerText()).toBe('3.91 GiB');
    // On a machine of its own no task is long (50 ms) at all.
    const busy = await page.evaluate(() => (window as unknown as { busy: number }).busy);
    console.log(`long tasks in four seconds of 1,000 peers changing: ${busy.toFixed(0)} ms`);
    expect(busy).toBeLessThan(2500);
  });

  test('shows more rows as they are reached, to the last', async ({ open }) => {
    const { page } = await open(thousand());
    const rows = page.locator('.peer-table .peer-row:not(.is-head)');
    await expect.poll(() => rows.count()).toBeGreaterThan(20);
    expect(await rows.count()).toBeLessThan(400);
    for (let step = 0; step < 40 && (await rows.count()) < 1000; step += 1) {
      await page.locator('.tab-page').evaluate((element) => element.scrollTo(0, element.scrollHeight));
      await page.waitForTimeout(60);
    }
    expect(await rows.count()).toBe(1000);
    await page.getByText('node-1000').waitFor();
  });

  test('is narrowed by words and by state', async ({ open }) => {
    const { page } = await open(thousand());
    const rows = page.locator('.peer-table .peer-row:not(.is-head)');
    await page.getByRole('searchbox', { name: 'Search peers' }).fill('node-77');
    await expect.poll(() => rows.count()).toBe(11);
    await page.getByRole('button', { name: /Connected 100/ }).click();
    await expect.poll(() => rows.count()).toBe(1);
    await page.getByRole('searchbox', { name: 'Search peers' }).fill('10.64.5.0');
    await page.getByText('No peer matches.').waitFor();
    await page.getByRole('button', { name: /All 1,000/ }).click();
    await expect.poll(() => rows.count()).toBe(1);
  });
});

test('300 profiles are drawn and walked', async ({ open }) => {
  const { page } = await open(new AppDouble(manyProfiles(300)));
  await row(page, 'site-1 ').first().waitFor();
  await row(page, 'site-1').first().focus();
  await page.keyboard.press('End');
  await page.getByRole('heading', { name: 'site-300' }).waitFor();
  await page.keyboard.press('ArrowUp');
  await page.getByRole('heading', { name: 'site-299' }).waitFor();
});
