/**
 * Takes pictures of every screen: `node test/ui/screens.ts FOLDER`. For eyes, and for the README; nothing is compared.
 */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import type { TunnelStatus } from '../../shared/tunnel/status.ts';
import { buildPage } from './host/build-page.ts';
import { AppDouble, faults } from './host/app-double.ts';
import { launchBrowser, openPage } from './host/browser.ts';
import {
  broken,
  fourClouds,
  fourCloudsText,
  home,
  manyPeers,
  manyProfiles,
  office,
  statusOf,
  unruly,
} from './host/profiles.ts';

const folder = process.argv[2] ?? '/tmp/adit-ui-shots';
const wide = { width: 1180, height: 780 };
const narrow = { width: 380, height: 780 };

interface Screen {
  readonly name: string;
  readonly app: () => AppDouble;
  readonly options?: BrowserContextOptions;
  readonly act?: (page: Page, app: AppDouble) => Promise<void>;
}

const kib = 1024;
const mib = 1024 * kib;

function clouds(): TunnelStatus {
  const received = [88.91 * mib, 40.86 * mib, 1.2 * mib, 348];
  const sent = [76.11 * mib, 733.03 * mib, 420 * kib, 592];
  return statusOf(fourClouds, 'connected', {
    since: new Date(Date.now() - 7_512_000).toISOString(),
    dns: {
      backend: 'plain-file+forwarder',
      mode: 'split',
      reason:
        'no other program looks after /etc/resolv.conf; it cannot send domains apart, so a forwarder does',
      servers: ['10.43.0.10'],
      domains: ['cluster.local', '43.10.in-addr.arpa', 'svc.cluster.local'],
      searchDomains: ['svc.cluster.local'],
    },
    peerParts: (index) => ({
      rxBytes: received[index] ?? 0,
      txBytes: sent[index] ?? 0,
      latestHandshake: [51, 17, 96, null].map((s) =>
        s === null ? null : new Date(Date.now() - s * 1000).toISOString(),
      )[index] as string | null,
      state: index === 3 ? 'stale' : 'connected',
      persistentKeepalive: index === 0 ? 25 : null,
    }),
  });
}

/** Lets a minute of traffic go by on the page's own clock. */
async function minuteOfTraffic(page: Page, app: AppDouble): Promise<void> {
  let tunnel = app.state.tunnels[0];
  for (let second = 0; second < 64 && tunnel !== undefined; second += 1) {
    const wave = Math.max(0, Math.sin(second / 7) + Math.sin(second / 2.3) * 0.5 + 0.3);
    const peers = tunnel.peers.map((peer, index) =>
      index > 1
        ? peer
        : {
            ...peer,
            rxBytes: peer.rxBytes + Math.round(wave * (index === 0 ? 1.4 : 0.25) * mib),
            txBytes:
              peer.txBytes +
              Math.round((wave * 0.18 + (second % 9 === 0 ? 0.5 : 0.02)) * mib * (index + 0.4)),
            latestHandshake:
              index === 0 && second === 52
                ? new Date(Date.now() + 52_000).toISOString()
                : peer.latestHandshake,
          },
    );
    tunnel = { ...tunnel, peers };
    app.push({ interface: tunnel.interface, peers: peers.slice(0, 2) });
    await page.waitForTimeout(12);
    await page.clock.runFor(1000);
  }
}

async function open(page: Page, title: string): Promise<void> {
  await page.getByRole('navigation').getByRole('button', { name: title }).first().click();
}

function everyday(): AppDouble {
  const app = new AppDouble([fourClouds, home, broken, office], [clouds()]);
  app.texts.set('four-clouds', fourCloudsText);
  return app;
}

const connected = (page: Page, app: AppDouble): Promise<void> => minuteOfTraffic(page, app);

const screens: readonly Screen[] = [
  { name: 'connected', app: everyday, act: connected },
  {
    name: 'connected-narrow',
    app: everyday,
    options: { viewport: narrow },
    act: async (page, app) => {
      await minuteOfTraffic(page, app);
      await open(page, 'four-clouds');
    },
  },
  { name: 'list-narrow', app: everyday, options: { viewport: narrow } },
  { name: 'full-tunnel-down', app: everyday, act: (page) => open(page, '家里PC') },
  {
    name: 'full-tunnel-up',
    app: () =>
      new AppDouble(
        [fourClouds, home, office],
        [
          statusOf(home, 'handshaking', {
            since: new Date(Date.now() - 8_000).toISOString(),
            warnings: [
              {
                code: 'ipv6-disabled',
                message: 'IPv6 is disabled on this machine: ::/1 and 8000::/1 were left out.',
                hint: 'Enable it with "sysctl net.ipv6.conf.all.disable_ipv6=0" if you want them.',
              },
            ],
          }),
        ],
      ),
  },
  {
    name: 'split-down',
    app: () => new AppDouble([office, fourClouds]),
    act: (page) => open(page, 'four-clouds'),
  },
  {
    name: 'unruly',
    app: () => new AppDouble([unruly, office], [statusOf(unruly, 'stale')]),
  },
  {
    name: 'unruly-narrow',
    app: () => new AppDouble([unruly, office], [statusOf(unruly, 'idle')]),
    options: { viewport: narrow },
    act: (page) => open(page, '上海'),
  },
  { name: 'empty', app: () => new AppDouble() },
  { name: 'empty-narrow', app: () => new AppDouble(), options: { viewport: narrow } },
  {
    name: 'no-helper',
    app: () => {
      const app = new AppDouble([fourClouds, home, office]);
      app.setHelper({ kind: 'unavailable', fault: faults.noHelper });
      return app;
    },
  },
  {
    name: 'scripts-refused',
    app: () => {
      const app = new AppDouble([fourClouds, home, office]);
      app.refuse('tunnel.up', faults.scripts);
      return app;
    },
    act: async (page) => {
      await open(page, 'office');
      await page.getByRole('main').getByRole('switch').first().click();
      await page.getByRole('alert').waitFor();
    },
  },
  {
    name: 'failed',
    app: () =>
      new AppDouble(
        [fourClouds, home, office],
        [
          statusOf(home, 'failed', {
            failure: {
              code: 'network-change-refused',
              message: 'The system refused the rule "not fwmark 0xad17 lookup 44311".',
              hint: 'Everything was undone. Another network program may hold what the tunnel needs: see "adit status" and "ip rule".',
            },
          }),
        ],
      ),
  },
  {
    name: 'import-report',
    app: everyday,
    act: async (page) => {
      await page
        .locator('input[type=file]')
        .first()
        .setInputFiles(
          ['hetzner.conf', 'office.conf', 'notes.txt'].map((name) => ({
            name,
            mimeType: 'text/plain',
            buffer: Buffer.from('x'),
          })),
        );
      await page.getByText('1 imported, 2 refused').waitFor();
    },
  },
  {
    name: 'configuration',
    app: everyday,
    act: async (page) => {
      await open(page, 'four-clouds');
      await page.getByRole('tab', { name: 'Configuration' }).click();
      await page.getByText('AllowedIPs').first().waitFor();
    },
  },
  {
    name: 'configuration-ask',
    app: everyday,
    act: async (page) => {
      await open(page, 'four-clouds');
      await page.getByRole('tab', { name: 'Configuration' }).click();
      await page.getByRole('button', { name: 'Reveal keys' }).click();
    },
  },
  {
    name: 'diagnosis',
    app: everyday,
    act: async (page) => {
      await open(page, 'four-clouds');
      await page.getByRole('tab', { name: 'Diagnosis' }).click();
      await page.getByRole('textbox', { name: 'Address' }).fill('172.24.135.45');
      await page.getByRole('button', { name: 'Diagnose' }).click();
      await page.getByRole('table', { name: 'Who was asked' }).waitFor();
    },
  },
  {
    name: 'diagnosis-narrow',
    app: everyday,
    options: { viewport: narrow },
    act: async (page) => {
      await open(page, 'four-clouds');
      await page.getByRole('tab', { name: 'Diagnosis' }).click();
      await page.getByRole('button', { name: 'Diagnose' }).click();
      await page.getByRole('table', { name: 'Who was asked' }).waitFor();
    },
  },
  {
    name: 'rename',
    app: everyday,
    act: async (page) => {
      await open(page, '家里PC');
      await page.getByRole('button', { name: 'Rename' }).click();
    },
  },
  {
    name: 'remove',
    app: everyday,
    act: async (page) => {
      await open(page, '家里PC');
      await page.getByRole('button', { name: 'Remove' }).click();
    },
  },
  {
    name: 'fleet',
    app: () => {
      const fleet = manyPeers(1000);
      const tunnel = statusOf(fleet, 'connected', {
        peerParts: (index) => ({
          state: index % 7 === 0 ? 'connected' : index % 97 === 0 ? 'stale' : 'idle',
          latestHandshake: index % 7 === 0 ? new Date(Date.now() - index * 150).toISOString() : null,
          rxBytes: (index * 7919 * 523) % (40 * mib),
          txBytes: (index * 104_729 * 31) % (9 * mib),
        }),
      });
      return new AppDouble([fleet, ...manyProfiles(30)], [tunnel]);
    },
  },
  {
    name: 'lost',
    app: everyday,
  },
];

async function take(
  browser: Browser,
  built: string,
  screen: Screen,
  scheme: 'light' | 'dark',
): Promise<void> {
  const app = screen.app();
  const opened = await openPage(browser, built, app, {
    viewport: wide,
    deviceScaleFactor: 2,
    locale: 'en-GB',
    colorScheme: scheme,
    reducedMotion: 'reduce',
    ...screen.options,
    beforeLoad: (page) => page.clock.install({ time: Date.now() }),
  });
  const { page } = opened;
  await page.waitForTimeout(100);
  await page.clock.runFor(1000);
  await screen.act?.(page, app);
  if (screen.name === 'lost') {
    await opened.host.stop();
    await page.getByRole('alert').waitFor();
  }
  await page.clock.runFor(1200);
  await page.waitForTimeout(150);
  await page.screenshot({ path: join(folder, `${screen.name}-${scheme}.png`) });
  if (opened.complaints.length > 0 && screen.name !== 'lost') console.log(screen.name, opened.complaints);
  await opened.close();
}

await mkdir(folder, { recursive: true });
const built = await buildPage();
const browser = await launchBrowser();
const wanted = process.argv.slice(3);
for (const screen of screens.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
  for (const scheme of ['light', 'dark'] as const) await take(browser, built, screen, scheme);
}
await browser.close();
await rm(built, { recursive: true });
