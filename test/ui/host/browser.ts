import { chromium } from 'playwright-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import type { AppDouble } from './app-double.ts';
import { PageHost } from './page-host.ts';

/** The browser of this machine. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
}

/** A page on a double, and what it complained of. */
export interface OpenPage {
  readonly page: Page;
  readonly host: PageHost;
  /** Console errors and warnings, exceptions, and violations of the policy. */
  readonly complaints: string[];
  readonly close: () => Promise<void>;
}

/** How a page is opened. */
export type PageOptions = BrowserContextOptions & {
  /** What is done before the page loads. */
  readonly beforeLoad?: (page: Page) => Promise<void>;
  /** Complaints that belong to what the test does. */
  readonly expected?: RegExp;
};

/** Opens the page that was built into `folder`, in a window of its own, on a double of the app process. */
export async function openPage(
  browser: Browser,
  folder: string,
  app: AppDouble,
  options: PageOptions = {},
): Promise<OpenPage> {
  const { beforeLoad, expected, ...contextOptions } = options;
  const host = await PageHost.start(folder, app);
  const context = await browser.newContext({ viewport: { width: 1180, height: 780 }, ...contextOptions });
  const page = await context.newPage();
  const complaints: string[] = [];
  const complain = (text: string): void => {
    if (expected?.test(text) !== true) complaints.push(text);
  };
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type()))
      complain(`${message.text()} ${message.location().url}`);
  });
  page.on('pageerror', (error) => complain(String(error)));
  await page.exposeFunction('complainOfPolicy', complain);
  await page.addInitScript(() => {
    addEventListener('securitypolicyviolation', (event) => {
      const report = (window as unknown as { complainOfPolicy: (text: string) => void }).complainOfPolicy;
      report(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
    });
  });
  await beforeLoad?.(page);
  await page.goto(host.url);
  await page.getByRole('navigation', { name: 'Tunnels' }).waitFor();
  return {
    page,
    host,
    complaints,
    close: async () => {
      await context.close();
      await host.stop();
    },
  };
}
