import { describe, expect } from 'vitest';
import { AppDouble, faults } from './host/app-double.ts';
import { row, rowSwitch, stateLine, test } from './host/fixture.ts';
import { fourClouds, home, office, statusOf } from './host/profiles.ts';

/** What a browser says where nobody listens: here nobody is meant to. Its icon it may ask for late. */
const refused =
  /WebSocket connection to 'ws:[^']*' failed|ERR_(CONNECTION_REFUSED|CONNECTION_RESET|INCOMPLETE_CHUNKED_ENCODING|EMPTY_RESPONSE) .*icon/;

describe('the helper', () => {
  test('that is not there is explained, with the command that starts it', async ({ open }) => {
    const app = new AppDouble([home]);
    app.setHelper({ kind: 'unavailable', fault: faults.noHelper });
    const { page } = await open(app, { permissions: ['clipboard-read', 'clipboard-write'] });
    const notice = page.getByRole('alert');
    await notice.getByText('No helper listens at /run/adit/1000/helper.sock.').waitFor();
    await notice.getByText(/The helper is the part of Adit that runs as root/).waitFor();
    await notice.getByText('helper-not-running').waitFor();
    await notice.getByRole('button', { name: 'Copy command' }).click();
    await page.getByText('Copied command').waitFor({ state: 'attached' });
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(faults.noHelper.command);
    await page.getByText('No helper', { exact: true }).waitFor();
    await stateLine(page).getByText('Without the helper nobody can say whether it stands.').waitFor();
    expect(await stateLine(page).locator('strong').innerText()).toBe('Unknown');

    app.setHelper({ kind: 'connected', version: '0.1.0' });
    await expect.poll(() => notice.count()).toBe(0);
    await page.getByText('Helper 0.1.0').waitFor();
  });

  test('that is not there does not lock the switch: what it says is shown', async ({ open }) => {
    const app = new AppDouble([home]);
    app.setHelper({ kind: 'unavailable', fault: faults.noHelper });
    app.refuse('tunnel.up', faults.noHelper);
    const { page } = await open(app);
    await rowSwitch(page, '家里PC').click();
    await page.getByRole('main').getByRole('alert').getByText('helper-not-running').waitFor();
  });
});

describe('the connection to the app process', () => {
  test('that breaks is said, and made again; the state is read anew', async ({ open }) => {
    const app = new AppDouble([fourClouds, home], [statusOf(fourClouds, 'connected')]);
    const { page, host } = await open(app, { expected: refused });
    await row(page, 'four-clouds').waitFor();
    await host.stop();
    const notice = page.getByRole('alert');
    await notice.getByText('Adit’s own process does not answer.').waitFor();
    expect(await rowSwitch(page, 'four-clouds').isDisabled()).toBe(true);
    await row(page, '家里PC').click();
    await page.getByRole('heading', { name: '家里PC' }).waitFor();

    app.push({ interface: 'four-clouds', head: null });
    app.setProfiles([fourClouds, home, office]);
    await host.listen();
    await expect.poll(() => notice.count(), { timeout: 15_000 }).toBe(0);
    await row(page, 'office').waitFor();
    expect(await row(page, 'four-clouds').innerText()).toMatch(/Down/);
    await rowSwitch(page, 'four-clouds').click();
    await expect.poll(() => stateLine(page).locator('strong').innerText()).toBe('Handshaking');
  });

  test('that breaks while a switch is being obeyed leaves no fault behind', async ({ open }) => {
    const app = new AppDouble([home]);
    app.answer('tunnel.up', () => new Promise(() => undefined));
    const { page, host } = await open(app, { expected: refused });
    await rowSwitch(page, '家里PC').click();
    await expect.poll(() => app.askedOf('tunnel.up').length).toBe(1);
    await host.stop();
    await page.getByRole('alert').getByText('Adit’s own process does not answer.').waitFor();
    await host.listen();
    await expect.poll(() => page.getByRole('alert').count(), { timeout: 15_000 }).toBe(0);
    expect(await row(page, '家里PC').innerText()).toMatch(/Down/);
  });

  test('that brings rubbish is made again', async ({ open }) => {
    const app = new AppDouble([home]);
    const { page, host } = await open(app);
    await row(page, '家里PC').waitFor();
    host.sendRaw('no JSON');
    await expect.poll(() => app.askedOf('state.read').length, { timeout: 10_000 }).toBe(2);
    await expect.poll(() => page.getByRole('alert').count()).toBe(0);
  });
});
