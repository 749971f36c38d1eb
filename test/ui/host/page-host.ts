import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import type { UiReply, UiVerb } from '../../../shared/contract/ui/verbs.ts';
import { socketPath } from '../../../shared/contract/ui/wire.ts';
import type { UiMessage, UiQuestion } from '../../../shared/contract/ui/wire.ts';
import { faultOf } from '../../../shared/fault.ts';
import type { AppDouble } from './app-double.ts';

/** As strict as a page can be that has a script, a style sheet, an icon and one connection. */
export const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ');

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Serves a built page on loopback with {@link policy}, and speaks the contract for an {@link AppDouble}. */
export class PageHost {
  readonly #app: AppDouble;
  readonly #files: ReadonlyMap<string, string>;
  #server: Server | null = null;
  #port = 0;
  readonly #sockets = new Set<WebSocket>();

  private constructor(app: AppDouble, files: ReadonlyMap<string, string>) {
    this.#app = app;
    this.#files = files;
  }

  /** @param folder with the built page */
  static async start(folder: string, app: AppDouble): Promise<PageHost> {
    const found = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = found.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    const host = new PageHost(app, new Map(files.map((file) => [file.slice(folder.length), file])));
    await host.listen();
    return host;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/`;
  }

  /** Listens, on the same port as before. */
  async listen(): Promise<void> {
    const server = createServer((request, response) => {
      const path = request.url === '/' ? '/index.html' : (request.url ?? '');
      const file = this.#files.get(path);
      response.setHeader('Content-Security-Policy', policy);
      response.setHeader('X-Content-Type-Options', 'nosniff');
      if (file === undefined) {
        response.writeHead(404).end();
        return;
      }
      response.setHeader('Content-Type', types[extname(file)] ?? 'application/octet-stream');
      createReadStream(file).pipe(response);
    });
    new WebSocketServer({ server, path: socketPath, maxPayload: 32 * 1024 * 1024 }).on(
      'connection',
      (socket) => this.#serve(socket),
    );
    await new Promise<void>((resolve) => server.listen(this.#port, '127.0.0.1', resolve));
    this.#server = server;
    this.#port = (server.address() as AddressInfo).port;
  }

  /** Ends every connection and takes none any more, as a process that was killed. */
  async stop(): Promise<void> {
    const server = this.#server;
    if (server === null) return;
    this.#server = null;
    for (const socket of this.#sockets) socket.terminate();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }

  /** Sends a text that is no message of the contract to every page. */
  sendRaw(text: string): void {
    for (const socket of this.#sockets) socket.send(text);
  }

  #serve(socket: WebSocket): void {
    const send = (message: UiMessage): void => socket.send(JSON.stringify(message));
    const end = this.#app.onChange((change) => send({ kind: 'change', change }));
    this.#sockets.add(socket);
    socket.on('close', () => {
      end();
      this.#sockets.delete(socket);
    });
    socket.on('message', (data: Buffer) => {
      const question = JSON.parse(data.toString()) as UiQuestion;
      void this.#answer(question).then((reply) => {
        if (socket.readyState === socket.OPEN) send({ kind: 'reply', id: question.id, reply });
      });
    });
  }

  async #answer({ verb, params }: UiQuestion): Promise<UiReply<UiVerb>> {
    this.#app.asked.push({ verb, params });
    try {
      const handler = this.#app.handlers[verb] as (params: unknown) => Promise<never>;
      return { ok: true, result: await handler(params) };
    } catch (error) {
      return { ok: false, fault: faultOf(error) };
    }
  }
}
