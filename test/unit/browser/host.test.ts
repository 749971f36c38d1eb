import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { App } from '../../../electron/backend/app.ts';
import { contentSecurityPolicy, readPageFiles } from '../../../electron/backend/page/files.ts';
import { serveInBrowser } from '../../../electron/browser/host.ts';
import { faultOf } from '../../../shared/fault.ts';
import { temporaryFolder } from '../machine.ts';

const page =
  '<!doctype html><html><head><meta name="adit-session" content="" /></head><body><script src="/app.js"></script></body></html>';

/** A built interface, and beside it what must not be served. */
function builtPage(): string {
  const folder = join(temporaryFolder(), 'renderer');
  mkdirSync(join(folder, 'assets'), { recursive: true });
  writeFileSync(join(folder, 'index.html'), page);
  writeFileSync(join(folder, 'assets', 'app.js'), 'page();');
  writeFileSync(join(folder, 'assets', 'app.js.map'), '{"secret":"source"}');
  writeFileSync(join(folder, '..', 'secret.html'), 'above');
  return folder;
}

interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** The interface in a browser's place: what it asks, with whatever headers. */
class Visitor {
  readonly port: number;
  readonly token: string;

  constructor(url: string) {
    const { port, searchParams } = new URL(url);
    this.port = Number(port);
    this.token = searchParams.get('token') ?? '';
  }

  /** Asks for a path as it stands, without tidying it up. */
  async ask(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Reply> {
    const request = httpRequest({ host: '127.0.0.1', port: this.port, path, method, headers, agent: false });
    request.end();
    const [response] = (await once(request, 'response')) as [
      NodeJS.ReadableStream & { statusCode: number; headers: IncomingHttpHeaders },
    ];
    const parts: Buffer[] = [];
    for await (const part of response) parts.push(part as Buffer);
    return { status: response.statusCode, headers: response.headers, body: Buffer.concat(parts).toString() };
  }

  /** Opens the page by its token. @returns the cookie and the secret that come with it */
  async open(): Promise<{ cookie: string; secret: string }> {
    const { headers, body } = await this.ask(`/?token=${this.token}`);
    const cookie = headers['set-cookie']?.[0]?.split(';')[0] ?? '';
    return { cookie, secret: /name="adit-session" content="([^"]*)"/.exec(body)?.[1] ?? '' };
  }

  /** Tries to open a socket. @returns it, or the status it was refused with */
  async socket(
    protocols: string[],
    headers: Record<string, string>,
    path = '/live',
  ): Promise<WebSocket | number> {
    const socket = new WebSocket(`ws://127.0.0.1:${this.port}${path}`, protocols, { headers });
    onTestFinished(() => socket.terminate());
    return new Promise((resolve, reject) => {
      socket.once('open', () => resolve(socket));
      socket.once('unexpected-response', (_, response) => resolve(response.statusCode ?? 0));
      socket.once('error', reject);
    });
  }

  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }
}

async function visited(): Promise<{ visitor: Visitor; app: App }> {
  const app = new App({ home: temporaryFolder(), socket: '/nonexistent/helper.sock' });
  const host = await serveInBrowser(app, builtPage(), 0);
  onTestFinished(() => {
    host.close();
    app.stop();
  });
  return { visitor: new Visitor(host.url), app };
}

describe('the page', () => {
  it('is opened by its token, once, with a secret of its own', async () => {
    const { visitor } = await visited();
    const { status, headers, body } = await visitor.ask(`/?token=${visitor.token}`);
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(body).toMatch(/<meta name="adit-session" content="[A-Za-z0-9_-]{43}" \/>/);
    expect(headers['set-cookie']).toHaveLength(1);
    expect((await visitor.ask(`/?token=${visitor.token}`)).status).toBe(403);
  });

  it('is not opened by another token, or none, and the right one is good still after that', async () => {
    const { visitor } = await visited();
    for (const path of [
      '/',
      '/index.html',
      '/?token=',
      `/?token=${visitor.token}x`,
      `/?token=${visitor.token.slice(1)}`,
      `/index.html?token=${visitor.token}`,
      '/assets/app.js',
    ]) {
      const { status, headers, body } = await visitor.ask(path);
      expect([path, status, headers['set-cookie'], body.includes('<html')]).toEqual([
        path,
        403,
        undefined,
        false,
      ]);
    }
    expect((await visitor.open()).secret).not.toBe('');
  });

  it('is loaded again with the cookie, with no secret in it', async () => {
    const { visitor } = await visited();
    const { cookie } = await visitor.open();
    const { status, body, headers } = await visitor.ask('/', { cookie });
    expect([status, body, headers['set-cookie']]).toEqual([200, page, undefined]);
    expect((await visitor.ask('/assets/app.js', { cookie })).body).toBe('page();');
    expect((await visitor.ask('/', { cookie: `${cookie}x` })).status).toBe(403);
  });

  it('may do nothing but talk to whom it came from', async () => {
    const { visitor } = await visited();
    const { headers } = await visitor.ask(`/?token=${visitor.token}`);
    const { port } = visitor;
    expect(headers['content-security-policy']).toBe(
      `default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; ` +
        `connect-src ws://127.0.0.1:${port} ws://localhost:${port}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    );
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'no-store',
    });
  });

  it('is answered with its head alone where only that is wanted', async () => {
    const { visitor } = await visited();
    const { cookie } = await visitor.open();
    const { status, headers, body } = await visitor.ask('/', { cookie }, 'HEAD');
    expect([status, headers['content-length'], body]).toEqual([200, String(page.length), '']);
  });
});

describe('every answer', () => {
  it('has the policy, and lets no other origin read it', async () => {
    const { visitor } = await visited();
    const { cookie } = await visitor.open();
    const replies = [
      await visitor.ask('/', { cookie }),
      await visitor.ask('/none', { cookie }),
      await visitor.ask('/', {}),
      await visitor.ask('/', { cookie, origin: 'http://evil.example' }),
      await visitor.ask(
        '/',
        { cookie, origin: 'http://evil.example', 'access-control-request-method': 'GET' },
        'OPTIONS',
      ),
      await visitor.ask('/', { cookie }, 'POST'),
    ];
    expect(replies.map(({ status }) => status)).toEqual([200, 404, 403, 403, 403, 405]);
    for (const { headers } of replies) {
      expect(headers['content-security-policy']).toContain("default-src 'none'");
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
  });
});

describe('a request that is not for us', () => {
  it('is refused, with the right token too, and the token stays good', async () => {
    const { visitor } = await visited();
    const { port, token } = visitor;
    for (const headers of [
      { host: `evil.example:${port}` },
      { host: '127.0.0.1' },
      { host: `127.0.0.1:${port + 1}` },
      { origin: 'http://evil.example' },
      { origin: 'null' },
      { origin: `https://127.0.0.1:${port}` },
    ]) {
      expect((await visitor.ask(`/?token=${token}`, headers)).status, JSON.stringify(headers)).toBe(403);
    }
    expect((await visitor.ask(`/?token=${token}`, { host: `localhost:${port}` })).status).toBe(200);
  });

  it('of another method is refused', async () => {
    const { visitor } = await visited();
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE'])
      expect((await visitor.ask(`/?token=${visitor.token}`, {}, method)).status, method).toBe(405);
  });
});

describe('a path', () => {
  it.each([
    '/none',
    '/assets',
    '/assets/',
    '/assets/app.js.map',
    '/assets/app.js/',
    '/assets/../../secret.html',
    '/../secret.html',
    '/..%2fsecret.html',
    '/%2e%2e/secret.html',
    '/assets\\..\\..\\secret.html',
    '/assets/app.js%00.html',
    '/etc/passwd',
    '//assets/none.js',
    '/constructor',
    '/__proto__',
  ])('%s leads to no file', async (path) => {
    const { visitor } = await visited();
    const { cookie } = await visitor.open();
    expect((await visitor.ask(path, { cookie })).status).toBe(404);
  });

  it.each(['//', '///', '//[', 'http://[', 'http://127.0.0.1:99999/', '*', '/%'])(
    '%s that is none does not end the program',
    { timeout: 5_000 },
    async (path) => {
      const { visitor } = await visited();
      const client = connect(visitor.port, '127.0.0.1');
      client.on('error', () => undefined);
      client.end(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${visitor.port}\r\nConnection: close\r\n\r\n`);
      const [answer] = (await once(client, 'data')) as [Buffer];
      expect(answer.toString()).toMatch(/^HTTP\/1.1 40[034] /);
      expect((await visitor.open()).secret).not.toBe('');
    },
  );
});

describe('the socket', () => {
  it('is opened by the page’s secret, and answers', async () => {
    const { visitor } = await visited();
    const { secret } = await visitor.open();
    const socket = await visitor.socket(['adit', secret], { origin: visitor.origin });
    if (typeof socket === 'number') throw new Error(`refused with ${socket}`);
    expect(socket.protocol).toBe('adit');
    socket.send(JSON.stringify({ id: 7, verb: 'state.read', params: {} }));
    const [answer] = (await once(socket, 'message')) as [Buffer];
    expect(JSON.parse(answer.toString())).toMatchObject({
      kind: 'reply',
      id: 7,
      reply: { ok: true, result: { profiles: [], tunnels: [] } },
    });
  });

  it('is opened with nothing less', async () => {
    const { visitor } = await visited();
    const { secret, cookie } = await visitor.open();
    const { origin, port } = visitor;
    const attempts: [string[], Record<string, string>, string?][] = [
      [['adit', secret], {}],
      [['adit', secret], { origin: 'http://evil.example' }],
      [['adit', secret], { origin: 'null' }],
      [['adit', secret], { origin, host: `evil.example:${port}` }],
      [['adit', `${secret}x`], { origin }],
      [['adit'], { origin, cookie }],
      [[], { origin, cookie }],
      [[secret], { origin }],
      [[secret, 'adit'], { origin }],
      [['adit', visitor.token], { origin, cookie }],
      [['adit', secret], { origin }, '/'],
      [['adit', secret], { origin }, '/live/'],
      [['adit', secret], { origin }, '/live?x=1'],
    ];
    for (const [protocols, headers, path] of attempts)
      expect(
        await visitor.socket(protocols, headers, path),
        JSON.stringify([protocols.length, headers, path]),
      ).toBe(403);
  });

  it('is ended where what comes over it is no question', async () => {
    const { visitor } = await visited();
    const { secret } = await visitor.open();
    for (const text of ['{', 'null', '[]', '{"id":"1","verb":"state.read"}', '{"id":1}', '\u0000']) {
      const socket = await visitor.socket(['adit', secret], { origin: visitor.origin });
      if (typeof socket === 'number') throw new Error(`refused with ${socket}`);
      socket.send(text);
      const [code] = (await once(socket, 'close')) as [number];
      expect(code, text).toBe(1008);
    }
  });

  it('answers a question that the contract does not have with a fault', async () => {
    const { visitor } = await visited();
    const { secret } = await visitor.open();
    const socket = await visitor.socket(['adit', secret], { origin: visitor.origin });
    if (typeof socket === 'number') throw new Error(`refused with ${socket}`);
    socket.send(JSON.stringify({ id: 1, verb: 'shell.run', params: { command: 'id' } }));
    const [answer] = (await once(socket, 'message')) as [Buffer];
    expect(JSON.parse(answer.toString())).toMatchObject({
      reply: { ok: false, fault: { code: 'request-invalid' } },
    });
  });

  it('tells of every change, to all who have one open', async () => {
    const { visitor, app } = await visited();
    const { secret } = await visitor.open();
    const sockets = await Promise.all(
      [1, 2].map(() => visitor.socket(['adit', secret], { origin: visitor.origin })),
    );
    const told = sockets.map(async (socket) => {
      if (typeof socket === 'number') throw new Error(`refused with ${socket}`);
      const [message] = (await once(socket, 'message')) as [Buffer];
      return JSON.parse(message.toString()) as unknown;
    });
    await app.start();
    for (const message of await Promise.all(told))
      expect(message).toMatchObject({ kind: 'change', change: { kind: 'helper' } });
  });

  it('that is refused and torn off at the same time does not end the program', async () => {
    const { visitor } = await visited();
    const upgrade =
      `GET /live HTTP/1.1\r\nHost: 127.0.0.1:${visitor.port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n';
    for (let attempt = 0; attempt < 30; attempt += 1) {
      const client = connect(visitor.port, '127.0.0.1');
      client.on('error', () => undefined);
      await once(client, 'connect');
      client.write(upgrade, () => client.resetAndDestroy());
      await once(client, 'close');
    }
    expect((await visitor.open()).secret).not.toBe('');
  });
});

describe('serving in a browser', () => {
  it('listens on loopback alone', async () => {
    const { visitor } = await visited();
    const client = connect(visitor.port, '127.0.0.2');
    const [error] = (await once(client, 'error')) as [NodeJS.ErrnoException];
    expect(error.code).toBe('ECONNREFUSED');
  });

  it('ends at once, whoever keeps a connection', async () => {
    const app = new App({ home: temporaryFolder(), socket: '/nonexistent/helper.sock' });
    const host = await serveInBrowser(app, builtPage(), 0);
    const visitor = new Visitor(host.url);
    const { secret } = await visitor.open();
    const page = await visitor.socket(['adit', secret], { origin: visitor.origin });
    if (typeof page === 'number') throw new Error(`refused with ${page}`);
    const [idle, half] = await Promise.all(
      ['', 'GET / HTTP/1.1\r\nHost: '].map(async (text) => {
        const client = connect(visitor.port, '127.0.0.1');
        client.on('error', () => undefined);
        await once(client, 'connect');
        client.write(text);
        return client;
      }),
    );
    page.on('error', () => undefined);
    const ends = [idle, half, page].map(
      (client) => new Promise<void>((resolve) => client?.once('close', () => resolve())),
    );
    host.close();
    await Promise.all(ends);
    await expect(visitor.ask('/')).rejects.toThrow('ECONNREFUSED');
  });

  it('says by name that a port is taken, or that nothing was built', async () => {
    const app = new App({ home: temporaryFolder(), socket: '/nonexistent/helper.sock' });
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => {
      server.close();
    });
    const { port } = server.address() as AddressInfo;
    const codeOf = (work: Promise<unknown>): Promise<string> =>
      work.then(
        () => 'served',
        (error: unknown) => faultOf(error).code,
      );
    expect(await codeOf(serveInBrowser(app, builtPage(), port))).toBe('port-in-use');
    expect(await codeOf(serveInBrowser(app, join(temporaryFolder(), 'none'), 0))).toBe('interface-not-built');
    expect(await codeOf(serveInBrowser(app, temporaryFolder(), 0))).toBe('interface-not-built');
  });
});

const built = join(import.meta.dirname, '../../../dist/renderer');

describe.skipIf(!existsSync(built))(
  `the built interface${existsSync(built) ? '' : ' [skipped: dist is not built]'}`,
  () => {
    it('has the place for its secret, and nothing that its policy would keep from it', () => {
      const files = readPageFiles(built);
      const html = files.get('/index.html')?.bytes.toString() ?? '';
      expect(html).toContain('<meta name="adit-session" content="" />');
      expect(html).not.toMatch(/<script(?![^>]*\ssrc=)|\son\w+=|style="|https?:\/\//);
      expect(contentSecurityPolicy("'none'")).not.toContain('unsafe');
    });
  },
);
