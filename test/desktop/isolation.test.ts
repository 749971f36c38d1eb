import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Desktop } from './session/desktop.ts';
import { Program } from './session/program.ts';
import { describeOnDesktop, patience } from './testing.ts';

/** The preload script's own functions: what `contextBridge` shows of the contract's bridge. */
const bridgeNames = ['ask', 'onChange', 'onConnection'];

// One program for all: none of them changes it. There is no helper, and nothing here needs one.
describeOnDesktop('the page is kept to itself', () => {
  const open = new AsyncDisposableStack();
  let program: Program;
  let page: Page;
  let home: string;

  beforeAll(async () => {
    const desktop = open.use(await Desktop.open());
    home = join(desktop.folder, 'adit');
    program = open.use(
      await Program.start(desktop, {
        environment: { ADIT_HOME: home, ADIT_SOCKET: join(desktop.folder, 'none.sock') },
      }),
    );
    page = await program.page();
  });
  afterAll(() => open.disposeAsync());

  test('loads without a complaint of the console or of its policy', async () => {
    expect(program.complaints).toEqual([]);
    await page.reload();
    await page.getByRole('navigation', { name: 'Tunnels' }).waitFor();
    expect(program.complaints).toEqual([]);
  });

  test('has nothing of Node, and of Electron only the bridge', async () => {
    const found = await page.evaluate(() => {
      const names = ['require', 'process', 'module', 'exports', 'Buffer', 'global', '__dirname', 'electron'];
      return names.filter((name) => name in globalThis);
    });
    expect(found).toEqual([]);
    const bridge = await page.evaluate(() => {
      const { adit } = globalThis as unknown as { adit: Record<string, (...words: unknown[]) => unknown> };
      const nothing = (): void => undefined;
      return {
        names: Object.keys(adit).sort(),
        // What a function gives back could be more than the contract says.
        given: [adit['onChange']?.(nothing), adit['onConnection']?.(nothing)].map((end) =>
          typeof end === 'function' ? typeof (end as () => unknown)() : 'no function',
        ),
      };
    });
    expect(bridge).toEqual({ names: bridgeNames, given: ['undefined', 'undefined'] });
    const preferences = await program.electron.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows().map(({ webContents }) => {
        const contents = webContents as unknown as { getLastWebPreferences(): Record<string, unknown> };
        const { contextIsolation, sandbox, nodeIntegration } = contents.getLastWebPreferences();
        return { contextIsolation, sandbox, nodeIntegration };
      }),
    );
    expect(preferences).toEqual([{ contextIsolation: true, sandbox: true, nodeIntegration: false }]);
  });

  test('asks nothing that the contract does not have', async () => {
    for (const [verb, params] of [
      ['constructor', {}],
      ['profile.text', { name: '../../etc/passwd' }],
      ['tunnel.up', { name: 'home', accept: [], extra: 1 }],
      ['state.read', null],
    ] as const) {
      expect(await ask(page, verb, params), verb).toMatchObject({
        ok: false,
        fault: { code: 'request-invalid' },
      });
    }
    expect(await ask(page, 'state.read', {})).toMatchObject({ ok: true });
  });

  test('runs no script and takes no style but its files', async () => {
    const violations = await page.evaluate(async () => {
      const seen: string[] = [];
      addEventListener('securitypolicyviolation', (event) => seen.push(event.effectiveDirective));
      const add = (name: string, text: string): void => {
        const element = document.createElement(name);
        element.textContent = text;
        document.head.append(element);
      };
      add('script', 'globalThis.wasRun = true');
      add('style', 'body { color: red }');
      const frame = document.createElement('iframe');
      frame.src = 'adit://app/index.html';
      document.body.append(frame);
      const image = document.createElement('img');
      image.src = 'https://example.com/pixel.png';
      document.body.append(image);
      let evaluated = false;
      // Later, since what a debugger evaluates itself is free of the policy.
      setTimeout(() => {
        // eslint-disable-next-line @typescript-eslint/no-implied-eval, @typescript-eslint/no-unsafe-call -- it is refused
        evaluated = Boolean(new Function('return true')());
      });
      await new Promise((resolve) => setTimeout(resolve, 300));
      frame.remove();
      image.remove();
      return { seen: [...new Set(seen)].sort(), evaluated, wasRun: 'wasRun' in globalThis };
    });
    expect(violations).toEqual({
      seen: ['frame-src', 'img-src', 'script-src', 'script-src-elem', 'style-src-elem'],
      evaluated: false,
      wasRun: false,
    });
  });

  test('fetches nothing: not from elsewhere, not from a file, not from its own origin', async () => {
    const addresses = [
      'https://example.com/',
      'http://127.0.0.1:9/',
      'file:///etc/passwd',
      'adit://app/index.html',
      'adit://other/',
      'data:text/plain,x',
    ];
    const answers = await page.evaluate(
      (all) =>
        Promise.all(
          all.map((address) =>
            fetch(address).then(
              () => `${address} was fetched`,
              () => 'refused',
            ),
          ),
        ),
      addresses,
    );
    expect(answers).toEqual(addresses.map(() => 'refused'));
    const socket = await page.evaluate(
      () =>
        new Promise((resolve) => {
          try {
            const open = new WebSocket('ws://127.0.0.1:9/');
            open.onerror = () => resolve('refused');
            open.onopen = () => resolve('opened');
          } catch {
            resolve('refused');
          }
        }),
    );
    expect(socket).toBe('refused');
  });

  test('cannot go elsewhere, nor open a window; it can load itself again', async () => {
    const places = [
      'https://example.com/',
      'file:///etc/passwd',
      'data:text/html,x',
      'adit://app/assets/',
      'adit://other/',
    ];
    for (const place of places) {
      await page.evaluate((address) => {
        location.href = address;
      }, place);
      await page.evaluate((address) => {
        const link = document.createElement('a');
        link.href = address;
        link.target = '_blank';
        document.body.append(link);
        link.click();
        link.remove();
      }, place);
      expect(await page.evaluate((address) => window.open(address) === null, place), place).toBe(true);
    }
    expect(page.url()).toBe('adit://app/');
    expect(await program.windows()).toBe(1);

    await page.evaluate(() => {
      Object.assign(globalThis, { mark: true });
      location.reload();
    });
    await expect
      .poll(() => page.evaluate(() => 'mark' in globalThis).catch(() => true), patience)
      .toBe(false);
    await page.getByRole('navigation', { name: 'Tunnels' }).waitFor();
  });

  test('gets no permission', async () => {
    const states = await page.evaluate(async () => {
      const names = ['geolocation', 'notifications', 'camera', 'microphone', 'clipboard-read'];
      return Promise.all(
        names.map(async (name) => (await navigator.permissions.query({ name: name as 'camera' })).state),
      );
    });
    expect(new Set(states)).toEqual(new Set(['denied']));
    expect(await page.evaluate(() => Notification.requestPermission())).toBe('denied');
  });

  test('another frame with the same bridge is refused, and so is every file of this machine', async () => {
    const stranger = await program.electron.evaluate(async ({ app, BrowserWindow }) => {
      const preload = `${app.getAppPath()}/dist/preload.cjs`;
      /** What a script says in another window at this address; why not, where it does not load. */
      const runAt = async (address: string, script: string): Promise<unknown> => {
        const window = new BrowserWindow({ show: false, webPreferences: { preload, sandbox: true } });
        try {
          await window.loadURL(address);
          return await window.webContents.executeJavaScript(script);
        } catch (error) {
          return (error as { code: string }).code;
        } finally {
          window.destroy();
        }
      };
      return {
        file: await runAt('file:///etc/passwd', 'location.href'),
        web: await runAt('http://127.0.0.1:8080/', 'location.href'),
        above: await runAt('adit://app/../main.cjs', 'document.body.innerText'),
        hidden: await runAt('adit://app/%2e%2e/main.cjs', 'document.body.innerText'),
        reply: await runAt('adit://app/', 'adit.ask("state.read", {})'),
      };
    });
    expect(stranger).toMatchObject({
      file: 'ERR_BLOCKED_BY_CLIENT',
      web: 'ERR_BLOCKED_BY_CLIENT',
      above: '',
      hidden: '',
      reply: { ok: false, fault: { code: 'request-invalid' } },
    });
  });

  test('Chromium’s own files are beside the profiles, for their user alone', async () => {
    const files = await program.electron.evaluate(({ app }) => app.getPath('userData'));
    expect(files).toBe(join(home, 'chromium'));
    expect((await stat(files)).mode & 0o777).toBe(0o700);
  });
});

function ask(page: Page, verb: string, params: unknown): Promise<unknown> {
  return page.evaluate(
    ([name, given]) => {
      const { adit } = globalThis as unknown as { adit: { ask(...words: unknown[]): Promise<unknown> } };
      return adit.ask(name, given);
    },
    [verb, params],
  );
}
