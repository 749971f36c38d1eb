/**
 * Takes the README's picture: the demo's cluster, connected and carrying traffic, in the interface.
 *
 *   node test/lab/demo/screenshot.ts FILE [light|dark]
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium } from 'playwright-core';
import { PingStream } from '../ping-stream.ts';
import { AditClient } from '../product/client.ts';
import { openFourClouds } from '../scenarios/four-clouds.ts';
import { serveInterface } from './interface.ts';

/** Milliseconds of traffic before the picture: enough for a curve. */
const trafficTime = 40_000;

const [file = 'screenshot.png', colorScheme = 'light'] = process.argv.slice(2);
await using stage = await openFourClouds();
const { client, lab, profile } = stage;
await using adit = await AditClient.start(client, lab.folder);
await adit.import(profile.name, profile.text);
const opened = await serveInterface(adit);
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
try {
  const page = await browser.newPage({
    viewport: { width: 1240, height: 740 },
    deviceScaleFactor: 2,
    colorScheme: colorScheme === 'dark' ? 'dark' : 'light',
  });
  await page.goto(opened.url);
  await page.getByRole('switch').first().click();
  await using streams = new AsyncDisposableStack();
  for (const [index, address] of ['10.42.0.10', '10.42.1.10', '10.42.2.10', '10.42.3.10'].entries()) {
    streams.use(new PingStream(client, address, { intervalMs: 20 + 15 * index }));
  }
  await sleep(trafficTime);
  await page.screenshot({ path: file });
} finally {
  await browser.close();
  await opened.close();
}
