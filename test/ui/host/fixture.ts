import { rm } from 'node:fs/promises';
import type { Browser, Locator, Page } from 'playwright-core';
import { expect, test as base } from 'vitest';
import type { AppDouble } from './app-double.ts';
import { buildPage } from './build-page.ts';
import { launchBrowser, openPage } from './browser.ts';
import type { OpenPage, PageOptions } from './browser.ts';

/** What every test of the page is given. */
export interface PageFixture {
  readonly browser: Browser;
  /** The folder with the page as it ships. */
  readonly pageFolder: string;
  /** Opens the page on a double. Whatever the page complains of until the test ends, fails it. */
  readonly open: (app: AppDouble, options?: PageOptions) => Promise<OpenPage>;
}

export const test = base.extend<PageFixture>({
  browser: [
    // eslint-disable-next-line no-empty-pattern -- vitest reads the names of what a fixture needs
    async ({}, use) => {
      const browser = await launchBrowser();
      await use(browser);
      await browser.close();
    },
    { scope: 'file' },
  ],
  pageFolder: [
    // eslint-disable-next-line no-empty-pattern -- as above
    async ({}, use) => {
      const folder = await buildPage();
      await use(folder);
      await rm(folder, { recursive: true });
    },
    { scope: 'file' },
  ],
  open: async ({ browser, pageFolder }, use) => {
    const opened: OpenPage[] = [];
    await use(async (app, options) => {
      const page = await openPage(browser, pageFolder, app, options);
      opened.push(page);
      return page;
    });
    for (const page of opened) await page.close();
    expect(opened.flatMap(({ complaints }) => complaints)).toEqual([]);
  },
});

/** The button of the list that opens a profile. */
export function row(page: Page, title: string): Locator {
  return page.getByRole('navigation').getByRole('button', { name: title });
}

/** The switch of a profile in the list. */
export function rowSwitch(page: Page, title: string): Locator {
  return page.getByRole('navigation').getByRole('switch', { name: `Tunnel ${title}`, exact: true });
}

/** What is said of the chosen profile as a whole. */
export function stateLine(page: Page): Locator {
  return page.locator('.tunnel-state');
}
