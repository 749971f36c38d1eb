import { describe, expect } from 'vitest';
import type { TunnelStatus } from '../../shared/tunnel/status.ts';
import { tunnelText } from '../../electron/cli/text/tunnel.ts';
import { FaultError } from '../../shared/fault.ts';
import { AppDouble, faults } from './host/app-double.ts';
import { row, rowSwitch, stateLine, test } from './host/fixture.ts';
import { fourClouds, home, office, statusOf } from './host/profiles.ts';

/** A promise that a test keeps when it likes. */
function later<T>(): { readonly promise: Promise<T>; readonly keep: (value: T) => void } {
  let keep: (value: T) => void = () => undefined;
  const promise = new Promise<T>((resolve) => (keep = resolve));
  return { promise, keep };
}

describe('the switch', () => {
  test('reacts at once and settles by what the state says', async ({ open }) => {
    const app = new AppDouble([fourClouds, home]);
    const answer = later<TunnelStatus>();
    app.answer('tunnel.up', () => answer.promise);
    const { page } = await open(app);
    await rowSwitch(page, '家里PC').click();
    const state = row(page, '家里PC').locator('.state-word');
    await expect.poll(() => state.innerText()).toBe('Connecting');
    expect(await rowSwitch(page, '家里PC').getAttribute('aria-checked')).toBe('true');
    expect(await rowSwitch(page, '家里PC').getAttribute('aria-busy')).toBe('true');
    expect(app.askedOf('tunnel.up')).toEqual([{ name: 'Home_Win10', accept: [] }]);

    const status = statusOf(home, 'handshaking');
    app.push({ interface: status.interface, head: { ...status, state: 'connecting' }, peers: [] });
    app.push({ interface: status.interface, head: status, peers: status.peers });
    answer.keep(status);
    await expect.poll(() => state.innerText()).toBe('Handshaking');
    await expect.poll(() => rowSwitch(page, '家里PC').getAttribute('aria-busy')).toBe('false');

    const connected = statusOf(home, 'connected');
    app.push({ interface: connected.interface, head: connected, peers: connected.peers });
    await expect.poll(() => state.innerText()).toBe('Connected');
    await page.getByText(/The peer answered \d+ s ago/).waitFor();
  });

  test('takes the tunnel down', async ({ open }) => {
    const app = new AppDouble([home], [statusOf(home, 'connected')]);
    const answer = later<null>();
    app.answer('tunnel.down', () => answer.promise);
    const { page } = await open(app);
    await rowSwitch(page, '家里PC').click();
    await expect.poll(() => stateLine(page).locator('strong').innerText()).toBe('Disconnecting');
    expect(await rowSwitch(page, '家里PC').getAttribute('aria-checked')).toBe('false');
    answer.keep(null);
    app.push({ interface: home.interface, head: null });
    await expect.poll(() => stateLine(page).locator('strong').innerText()).toBe('Down');
  });

  test('takes back a press while it is being done', async ({ open }) => {
    const app = new AppDouble([home]);
    const up = later<TunnelStatus>();
    app.answer('tunnel.up', () => up.promise);
    app.refuse('tunnel.down', { code: 'tunnel-not-up', message: 'It is not up.', hint: '' });
    const { page } = await open(app);
    await rowSwitch(page, '家里PC').click();
    await expect.poll(() => stateLine(page).locator('strong').innerText()).toBe('Connecting');
    await rowSwitch(page, '家里PC').click();
    await expect.poll(() => stateLine(page).locator('strong').innerText()).toBe('Down');
    expect(await page.getByRole('alert').count()).toBe(0);
  });

  test('shows the fault where the tunnel does not come up, until the next press', async ({ open }) => {
    const app = new AppDouble([home]);
    app.refuse('tunnel.up', {
      code: 'endpoint-unresolved',
      message: 'No endpoint of "Home_Win10" could be resolved.',
      hint: 'Check the name in the profile.',
      command: 'getent hosts goblin.lqingcloud.cn',
    });
    const { page } = await open(app);
    await rowSwitch(page, '家里PC').click();
    const alert = page.getByRole('alert');
    await alert.getByText('No endpoint of "Home_Win10" could be resolved.').waitFor();
    await alert.getByText('Check the name in the profile.').waitFor();
    await alert.getByText('getent hosts goblin.lqingcloud.cn').waitFor();
    await alert.getByText('endpoint-unresolved').waitFor();
    expect(await rowSwitch(page, '家里PC').getAttribute('aria-checked')).toBe('false');
    expect(await row(page, '家里PC').innerText()).toMatch(/Failed/);
    app.answer('tunnel.up', () => Promise.resolve(statusOf(home, 'handshaking')));
    await rowSwitch(page, '家里PC').click();
    await expect.poll(() => alert.count()).toBe(0);
    await expect.poll(() => stateLine(page).locator('strong').innerText()).toBe('Handshaking');
  });

  test('asks whether to connect without the scripts of a profile, and does', async ({ open }) => {
    const app = new AppDouble([office]);
    app.answer('tunnel.up', ({ accept }) => {
      if (!accept.includes('scripts-refused')) return Promise.reject(new FaultError(faults.scripts));
      const status = statusOf(office, 'handshaking', { scripts: 'refused' });
      app.push({ interface: status.interface, head: status, peers: status.peers });
      return Promise.resolve(status);
    });
    const { page } = await open(app);
    await rowSwitch(page, 'office').click();
    await page.getByRole('alert').getByText('scripts-refused').waitFor();
    expect(await row(page, 'office').innerText()).toMatch(/has a question/);
    await page.getByRole('button', { name: 'Connect without them' }).click();
    await expect.poll(() => stateLine(page).locator('strong').innerText()).toBe('Handshaking');
    expect(app.askedOf('tunnel.up').map(({ accept }) => accept)).toEqual([[], ['scripts-refused']]);
    expect(await page.getByRole('alert').count()).toBe(0);
    await page.getByRole('main').getByText('left out').waitFor();
    const allowed = statusOf(office, 'connected', { scripts: 'ran' });
    app.push({ interface: allowed.interface, head: allowed });
    await page.getByRole('main').getByText('ran as root').waitFor();
  });

  test('remembers what was decided when a second question follows', async ({ open }) => {
    const app = new AppDouble([office]);
    app.answer('tunnel.up', ({ accept, subtract }) => {
      if (!accept.includes('scripts-refused')) return Promise.reject(new FaultError(faults.scripts));
      if (subtract !== true) return Promise.reject(new FaultError(faults.taken));
      const status = statusOf(office, 'handshaking');
      app.push({ interface: status.interface, head: status, peers: status.peers });
      return Promise.resolve(status);
    });
    const { page } = await open(app);
    await rowSwitch(page, 'office').click();
    await page.getByRole('button', { name: 'Connect without them' }).click();
    await page.getByRole('button', { name: 'Keep it out of the tunnel' }).click();
    await expect.poll(() => stateLine(page).locator('strong').innerText()).toBe('Handshaking');
    expect(app.askedOf('tunnel.up').map(({ accept, subtract }) => [accept, subtract])).toEqual([
      [[], undefined],
      [['scripts-refused'], undefined],
      [['scripts-refused'], true],
    ]);
  });

  test('leaves the profile down where the question is answered with no', async ({ open }) => {
    const app = new AppDouble([office]);
    app.refuse('tunnel.up', faults.scripts);
    const { page } = await open(app);
    await rowSwitch(page, 'office').click();
    await page.getByRole('button', { name: 'Leave it down' }).click();
    await expect.poll(() => page.getByRole('alert').count()).toBe(0);
    expect(app.askedOf('tunnel.up')).toHaveLength(1);
  });
});

describe('live figures', () => {
  test('move with what the helper tells: totals, rates, states of peers', async ({ open }) => {
    const status = statusOf(fourClouds, 'connected', { peerParts: () => ({ rxBytes: 1024, txBytes: 1024 }) });
    const app = new AppDouble([fourClouds], [status]);
    const { page } = await open(app);
    const figure = (name: string) => page.locator(`[data-figure=${name}]`);
    const aws = page.getByRole('row', { name: /aws/ });
    await expect.poll(() => figure('received').innerText()).toBe('4.00 KiB');
    expect(await figure('receiving').innerText()).toBe('0 B/s');

    const [first] = status.peers;
    if (first === undefined) throw new Error('no peer');
    let received = first.rxBytes;
    for (let second = 0; second < 3; second += 1) {
      await page.waitForTimeout(1000);
      received += 1024 * 1024;
      app.push({ interface: 'four-clouds', peers: [{ ...first, rxBytes: received }] });
    }
    await expect.poll(() => figure('received').innerText()).toBe('3.00 MiB');
    await expect
      .poll(async () => Number.parseFloat(await figure('receiving').innerText()))
      .toBeGreaterThan(0.5);
    expect(await figure('receiving').innerText()).toMatch(/KiB\/s|MiB\/s/);
    expect(await aws.innerText()).toMatch(/3\.00 MiB[\s\S]*iB\/s/);
    expect(await page.getByRole('row', { name: /azure/ }).innerText()).not.toMatch(/iB\/s/);
    await expect.poll(() => figure('receiving').innerText(), { timeout: 6000 }).toBe('0 B/s');

    app.push({ interface: 'four-clouds', peers: [{ ...first, state: 'stale', latestHandshake: null }] });
    await expect.poll(() => aws.innerText()).toMatch(/none yet[\s\S]*Stale/);
  });

  test('count the age of a handshake by themselves, and never below zero', async ({ open }) => {
    const ages = [12_000, -90_000];
    const status = statusOf(fourClouds, 'connected', {
      peerParts: (index) => ({
        latestHandshake: new Date(Date.now() - (ages[index] ?? 100_000)).toISOString(),
      }),
    });
    const { page } = await open(new AppDouble([fourClouds], [status]));
    const age = (name: string) => page.getByRole('row', { name: new RegExp(name) }).locator('.peer-age');
    const before = Number.parseInt(await age('aws').innerText(), 10);
    await expect
      .poll(async () => Number.parseInt(await age('aws').innerText(), 10), { timeout: 5000 })
      .toBeGreaterThan(before + 1);
    expect(await age('aliyun').innerText()).toBe('0 s');
    expect(await stateLine(page).innerText()).toMatch(/the last just now/);
  });

  test('say how long nothing has come back, counted from when that began', async ({ open }) => {
    const app = new AppDouble([home], [statusOf(home, 'idle')]);
    const { page } = await open(app);
    await page.getByText('Nothing to send yet.').waitFor();
    const status = statusOf(home, 'handshaking');
    app.push({ interface: home.interface, head: status, peers: status.peers });
    await page.getByText(/Nothing has come back yet \([12] s\)\./).waitFor();
    const stale = statusOf(home, 'stale');
    app.push({ interface: home.interface, head: stale, peers: stale.peers });
    await page.getByText(/Sent for \d s without an answer\./).waitFor();
  });

  test('show warnings and the reason of a failure with code and hint', async ({ open }) => {
    const status = statusOf(home, 'failed', {
      warnings: [{ code: 'ipv6-disabled', message: 'IPv6 is disabled here.', hint: 'Enable it by sysctl.' }],
      failure: { code: 'link-failed', message: 'wg-quick could not make it.', hint: 'See its words.' },
    });
    const { page } = await open(new AppDouble([home], [status]));
    const main = page.getByRole('main');
    for (const text of [
      'IPv6 is disabled here.',
      'Enable it by sysctl.',
      'ipv6-disabled',
      'wg-quick could not make it.',
      'See its words.',
      'link-failed',
    ]) {
      await main.getByText(text, { exact: true }).waitFor();
    }
    expect(await stateLine(page).innerText()).not.toMatch(/Up since/);
  });

  test('show what the engine and the link are', async ({ open }) => {
    const { page } = await open(new AppDouble([home], [statusOf(home, 'connected')]));
    const text = await page.getByRole('region', { name: 'Interface' }).innerText();
    expect(text).toMatch(/wireguard-go 0\.0\.20220316/);
    expect(text).toMatch(/MTU 1420[\s\S]*port 51820[\s\S]*mark 0xad17/);
    expect(await stateLine(page).innerText()).toMatch(/Up since .*\(1 min/);
  });

  const dns = {
    backend: 'plain-file+forwarder',
    mode: 'split',
    reason:
      'no other program looks after /etc/resolv.conf; it cannot send domains apart, so a forwarder does',
    servers: ['10.43.0.10', '10.43.0.11'],
    domains: ['cluster.local', '43.10.in-addr.arpa', 'svc.cluster.local'],
    searchDomains: ['svc.cluster.local'],
  } as const;
  const cases = {
    'only some names go to it':
      'those in cluster.local, 43.10.in-addr.arpa, svc.cluster.local go to 10.43.0.10, 10.43.0.11, with svc.cluster.local tried behind short ones, by plain-file+forwarder (no other program looks after /etc/resolv.conf; it cannot send domains apart, so a forwarder does)',
    'all names go to it':
      'all go to 10.43.0.10, 10.43.0.11, with svc.cluster.local tried behind short ones, by systemd-resolved (/etc/resolv.conf leads to systemd-resolved)',
    'no names go to it': 'left as they are (the profile names no server)',
  } as const;
  const statuses: Readonly<Record<keyof typeof cases, Partial<TunnelStatus>>> = {
    'only some names go to it': { dns },
    'all names go to it': {
      dns: {
        ...dns,
        backend: 'systemd-resolved',
        mode: 'all',
        reason: '/etc/resolv.conf leads to systemd-resolved',
        domains: dns.searchDomains,
      },
    },
    'no names go to it': {},
  };
  test.for(Object.entries(cases))(
    'tell where names go in the words of "adit status": %s',
    async ([what, words], { open }) => {
      const status = statusOf(home, 'connected', statuses[what as keyof typeof cases]);
      const app = new AppDouble([home], [status]);
      const { page } = await open(app);
      const facts = page.getByRole('region', { name: 'Interface' });
      const names = facts.locator('.fact').filter({ has: page.getByText('Names', { exact: true }) });
      expect(await names.getByRole('definition').innerText()).toBe(words);
      if (status.dns.mode !== 'none') expect(tunnelText(status, Date.now())).toContain(`  Names: ${words}`);
      // What changes while it is up is shown at once.
      const head = {
        ...status,
        dns: { ...status.dns, mode: 'none', reason: 'somebody else has them' },
      } as const;
      app.push({ interface: status.interface, head });
      await facts.getByText('left as they are (somebody else has them)').waitFor();
    },
  );
});
