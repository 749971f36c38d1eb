/**
 * Draws the PNGs of `assets/` from the SVGs there, in Debian's Chromium. Run it again after changing one; both are kept.
 *
 *   node build/icons.ts
 */
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import type { Page } from 'playwright-core';

const assets = join(import.meta.dirname, '..', 'assets');

/** Sizes of the application's icon in pixels, named as packages want them. */
const appSizes = [16, 24, 32, 48, 64, 128, 256, 512];

/** Pixels of a tray icon on a screen of ordinary density, and the densities it is drawn for. */
const traySize = 22;
const trayScales = [1, 2, 3];

const trayIcons = ['tray-off', 'tray-waiting', 'tray-on'];

await mkdir(join(assets, 'icons'), { recursive: true });
await mkdir(join(assets, 'tray'), { recursive: true });
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
try {
  const page = await browser.newPage();
  for (const size of appSizes) await draw(page, 'icon', size, join('icons', `${size}x${size}.png`));
  for (const name of trayIcons) {
    for (const scale of trayScales) {
      const suffix = scale === 1 ? '' : `@${scale}x`;
      await draw(page, name, traySize * scale, join('tray', `${name}${suffix}.png`));
    }
  }
} finally {
  await browser.close();
}

/** Draws `name`.svg on nothing, as a square of `size` pixels. */
async function draw(page: Page, name: string, size: number, path: string): Promise<void> {
  const svg = await readFile(join(assets, `${name}.svg`));
  await page.setViewportSize({ width: size, height: size });
  await page.setContent(
    `<body style="margin:0"><img style="display:block" width="${size}" height="${size}"
      src="data:image/svg+xml;base64,${svg.toString('base64')}">`,
  );
  await page.screenshot({ path: join(assets, path), omitBackground: true });
}
