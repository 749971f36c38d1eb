import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { callerSeenBy } from '../measure.ts';
import { PingStream } from '../ping-stream.ts';
import { Running } from '../running.ts';
import { openFullTunnel } from '../scenarios/full-tunnel.ts';
import { difference, networkSnapshot } from '../snapshot.ts';
import { describeInLab } from '../testing.ts';
import { AditClient } from './client.ts';

const quiet = ['--disable-background-networking', '--disable-component-update', '--disable-sync'];

const soon = { timeout: 20_000 };

/** `adit serve`, and the address it prints. */
async function served(adit: AditClient): Promise<{ server: Running; url: string }> {
  const argv = adit.argv('serve', '--json');
  const server = new Running('adit serve', argv, argv, { env: adit.environment });
  const { url } = JSON.parse(await server.line(/"url"/)) as { url: string };
  return { server, url };
}

describeInLab('the interface in a real browser, before the real helper', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath: '/usr/bin/chromium',
      args: ['--no-sandbox', ...quiet],
      // Where no locale is set, Chromium passes over a file whose name is not ASCII, without a word.
      env: { ...process.env, LC_ALL: 'C.UTF-8' },
    });
  });
  afterAll(() => browser.close());

  /** A page that fails the test by any error in its console. */
  async function openPage(url: string): Promise<{ page: Page; complaints: string[] }> {
    const page = await (await browser.newContext()).newPage();
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(url);
    return { page, complaints };
  }

  test('imports the seed’s file, connects, shows its peer live, and takes it down', async () => {
    await using stage = await openFullTunnel();
    const { client, lab, profile } = stage;
    const before = await networkSnapshot(client);
    await using adit = await AditClient.start(client, lab.folder);
    const { server, url } = await served(adit);
    await using running = server;
    const { page, complaints } = await openPage(url);

    const file = join(lab.folder, '家里PC.conf');
    await writeFile(file, profile.text, { mode: 0o600 });
    await expect
      .poll(() => page.getByRole('button', { name: 'Import' }).first().isEnabled(), soon)
      .toBe(true);
    await page.locator('input[type=file]').first().setInputFiles(file);
    await expect.poll(() => page.locator('body').innerText(), soon).toContain('Home_Win10');
    const toggle = page.getByRole('switch').first();
    await toggle.click();
    await expect.poll(() => page.locator('main').innerText(), { timeout: 20_000 }).toContain('Connected');
    expect(await callerSeenBy(client, 'http://198.51.100.80/')).toBe('203.0.113.10');

    await using stream = new PingStream(client, '198.51.100.80', { intervalMs: 20 });
    const seen = await page.locator('main').innerText();
    await expect.poll(() => page.locator('main').innerText(), { timeout: 20_000 }).not.toBe(seen);
    await expect.poll(() => page.locator('main').innerText(), { timeout: 20_000 }).toMatch(/KiB/);
    await stream.stop();

    await toggle.click();
    await expect.poll(() => page.locator('main').innerText(), { timeout: 20_000 }).toContain('Down');
    await client.settled();
    expect(difference(before, await networkSnapshot(client))).toEqual({ gone: [], added: [] });
    expect(complaints).toEqual([]);
    expect(running.running).toBe(true);
  });

  test('its address opens once, and the page loads again by itself', async () => {
    await using stage = await openFullTunnel();
    await using adit = await AditClient.start(stage.client, stage.lab.folder);
    await adit.import('home', stage.profile.text);
    const { server, url } = await served(adit);
    await using running = server;
    const { page } = await openPage(url);
    await expect.poll(() => page.getByRole('switch').count(), { timeout: 20_000 }).toBeGreaterThan(0);
    expect(new URL(page.url()).search).toBe('');
    await page.reload();
    await expect.poll(() => page.getByRole('switch').count(), { timeout: 20_000 }).toBeGreaterThan(0);

    const { page: other } = await openPage(url);
    expect(await other.innerText('body')).toContain('good for once');
    expect(running.running).toBe(true);
  });

  test('says what is the matter while the helper is gone, and goes on when it is back', async () => {
    await using stage = await openFullTunnel();
    await using adit = await AditClient.start(stage.client, stage.lab.folder);
    await adit.import('home', stage.profile.text);
    const { server, url } = await served(adit);
    await using running = server;
    const { page } = await openPage(url);
    await expect.poll(() => page.innerText('body'), { timeout: 20_000 }).not.toContain('helper-');
    await adit.helper.kill('SIGKILL');
    await expect.poll(() => page.innerText('body'), { timeout: 20_000 }).toMatch(/helper-(lost|not-running)/);
    await adit.restartHelper();
    await expect
      .poll(() => page.innerText('body'), { timeout: 20_000 })
      .not.toMatch(/helper-(lost|not-running)/);
    expect(running.running).toBe(true);
  });
});
