import type { Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { AppDouble, faults } from './host/app-double.ts';
import { row, rowSwitch, stateLine, test } from './host/fixture.ts';
import { lowContrast } from './host/contrast.ts';
import {
  broken,
  fourClouds,
  fourCloudsText,
  home,
  manyPeers,
  office,
  statusOf,
  unruly,
} from './host/profiles.ts';

function everything(): AppDouble {
  const app = new AppDouble(
    [fourClouds, home, broken, office, unruly],
    [
      statusOf(fourClouds, 'connected', {
        warnings: [{ code: 'ipv6-disabled', message: 'IPv6 is disabled.', hint: 'Enable it.' }],
        peerParts: (index) => ({
          state: (['connected', 'handshaking', 'idle', 'stale'] as const)[index] ?? 'idle',
        }),
      }),
    ],
  );
  app.texts.set('four-clouds', fourCloudsText);
  app.setHelper({ kind: 'unavailable', fault: faults.noHelper });
  app.refuse('tunnel.up', { ...faults.isUp, command: 'adit down four-clouds' });
  return app;
}

/** Goes through the screens, and stops at each. */
async function tour(page: Page, look: (screen: string) => Promise<void>, isNarrow = false): Promise<void> {
  const choose = async (title: string): Promise<void> => {
    if (isNarrow && (await page.getByRole('button', { name: 'All tunnels' }).isVisible())) {
      await page.getByRole('button', { name: 'All tunnels' }).click();
    }
    await row(page, title).click();
  };
  await row(page, 'four-clouds').waitFor();
  await look('list');
  await choose('four-clouds');
  await look('connected');
  await page.getByRole('tab', { name: 'Configuration' }).click();
  await page.locator('.conf').waitFor();
  await look('configuration');
  await page.getByRole('button', { name: 'Reveal keys' }).click();
  await look('question');
  await page.getByRole('tab', { name: 'Diagnosis' }).click();
  await page.getByRole('button', { name: 'Diagnose' }).click();
  await page.getByRole('table', { name: 'Who was asked' }).waitFor();
  await look('diagnosis');
  await choose('office');
  await page.getByRole('main').getByRole('switch', { name: 'Tunnel office' }).click();
  await page.getByRole('main').getByRole('alert').waitFor();
  await look('fault');
  await page.getByRole('button', { name: 'Rename' }).click();
  await look('rename');
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'Remove' }).click();
  await look('remove');
  await page.keyboard.press('Escape');
  await choose('上海');
  await look('unruly');
  await page
    .locator('input[type=file]')
    .first()
    .setInputFiles(
      ['new.conf', 'notes.txt'].map((name) => ({ name, mimeType: '', buffer: Buffer.from('x') })),
    );
  await page.getByText('1 imported, 1 refused').waitFor();
  await look('report');
}

describe.for(['light', 'dark'] as const)('in a %s scheme', (colorScheme) => {
  test('every text stands out from its ground (WCAG AA)', async ({ open }) => {
    const { page } = await open(everything(), { colorScheme, reducedMotion: 'reduce' });
    const found: string[] = [];
    await tour(page, async (screen) => {
      found.push(...(await lowContrast(page)).map((text) => `${screen}: ${text}`));
    });
    expect(found).toEqual([]);
  });

  test('the ground is what the scheme says', async ({ open }) => {
    const { page } = await open(new AppDouble([home]), { colorScheme });
    const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const [red = 0] = (/\d+/.exec(ground) ?? []).map(Number);
    expect(red > 128).toBe(colorScheme === 'light');
  });
});

describe.for([380, 600, 820, 1600])('at %i px', (width) => {
  test('nothing is wider than the window, on any screen', async ({ open }) => {
    const { page } = await open(everything(), { viewport: { width, height: 760 } });
    const found: string[] = [];
    await tour(
      page,
      async (screen) => {
        const wide = await page.evaluate(() => {
          const scrollers = [
            document.documentElement,
            ...document.querySelectorAll('.tab-page, .profile-list, main'),
          ];
          return scrollers
            .filter((element) => element.scrollWidth > element.clientWidth)
            .map((element) => element.className);
        });
        found.push(...wide.map((name) => `${screen}: ${name}`));
      },
      width < 760,
    );
    expect(found).toEqual([]);
  });
});

test('a narrow window shows the list, then the detail, and leads back', async ({ open }) => {
  const { page } = await open(new AppDouble([fourClouds, home]), { viewport: { width: 380, height: 700 } });
  await row(page, '家里PC').waitFor();
  expect(await page.getByRole('heading', { name: 'four-clouds' }).isVisible()).toBe(false);
  await row(page, '家里PC').click();
  await page.getByRole('heading', { name: '家里PC' }).waitFor();
  expect(await rowSwitch(page, 'four-clouds').isVisible()).toBe(false);
  await page.getByRole('button', { name: 'All tunnels' }).click();
  await row(page, '家里PC').waitFor();
});

test('everything is reached by the keyboard alone', async ({ open }) => {
  const app = new AppDouble([fourClouds, home]);
  app.texts.set('Home_Win10', '[Interface]\nPrivateKey = secret\n');
  const { page } = await open(app);
  await row(page, 'four-clouds').waitFor();
  const focused = () =>
    page.evaluate(() => {
      const element = document.activeElement;
      return `${element?.getAttribute('role') ?? element?.tagName.toLowerCase() ?? ''} ${
        element?.getAttribute('aria-label') ?? element?.textContent ?? ''
      }`;
    });
  const tabTo = async (what: RegExp): Promise<void> => {
    for (let step = 0; step < 30; step += 1) {
      await page.keyboard.press('Tab');
      if (what.test(await focused())) return;
    }
    throw new Error(`no way to ${String(what)}: stopped at ${await focused()}`);
  };

  await page.keyboard.press('Tab');
  expect(await focused()).toMatch(/button Import/);
  await tabTo(/button four-clouds/);
  await page.keyboard.press('ArrowDown');
  expect(await focused()).toMatch(/button 家里PC/);
  await page.getByRole('heading', { name: '家里PC' }).waitFor();
  await tabTo(/switch Tunnel 家里PC/);
  const outline = await page.evaluate(() => {
    const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement ?? document.body);
    return `${outlineStyle} ${outlineWidth}`;
  });
  expect(outline).toBe('solid 2px');
  await page.keyboard.press('Space');
  await expect.poll(() => stateLine(page).locator('strong').innerText()).toBe('Handshaking');
  await page.keyboard.press('Enter');
  await expect.poll(() => stateLine(page).locator('strong').innerText()).toBe('Down');

  await tabTo(/tab Overview/);
  await page.keyboard.press('ArrowRight');
  await page.getByRole('button', { name: 'Reveal keys' }).waitFor();
  await tabTo(/button Rename/);
  await tabTo(/button Remove/);
  await tabTo(/button Reveal keys/);
  await page.keyboard.press('Enter');
  // The safe answer has the focus; the other is one step further.
  await expect.poll(focused).toMatch(/button Keep hidden/);
  await tabTo(/button Show for 30 s/);
  await page.keyboard.press('Enter');
  await page.getByText('secret').waitFor();
});

test('a state that changes is spoken, and the seconds that pass are not', async ({ open }) => {
  const app = new AppDouble([home], [statusOf(home, 'handshaking')]);
  const { page } = await open(app);
  const spoken = page.locator('.tunnel-header [role=status]');
  expect(await spoken.textContent()).toBe('家里PC: Handshaking');
  const connected = statusOf(home, 'connected');
  app.push({ interface: home.interface, head: connected, peers: connected.peers });
  await expect.poll(() => spoken.textContent()).toBe('家里PC: Connected');
});

test('nothing moves where the person asked for stillness', async ({ open }) => {
  const { page } = await open(new AppDouble([home], [statusOf(home, 'handshaking')]), {
    reducedMotion: 'reduce',
  });
  await stateLine(page).waitFor();
  expect(await page.evaluate(() => document.getAnimations().length)).toBe(0);
});

test('every control has a name', async ({ open }) => {
  const { page } = await open(new AppDouble([manyPeers(12), home], [statusOf(manyPeers(12), 'connected')]));
  await page.getByRole('table', { name: 'Peers' }).waitFor();
  const nameless = await page.evaluate(() =>
    [...document.querySelectorAll('button, input, [role=tab], [role=switch]')]
      .filter((element) => {
        const label = element.getAttribute('aria-label') ?? element.textContent;
        return label.trim() === '' && (element as HTMLInputElement).labels?.length !== 1;
      })
      .map((element) => element.outerHTML),
  );
  expect(nameless).toEqual([]);
});
