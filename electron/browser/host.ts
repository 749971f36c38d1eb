import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import { FaultError } from '../../shared/fault.ts';
import { sessionMeta, socketPath, socketProtocol } from '../../shared/contract/ui/wire.ts';
import type { UiMessage } from '../../shared/contract/ui/wire.ts';
import type { App } from '../backend/app.ts';
import { contentSecurityPolicy, readPageFiles } from '../backend/page/files.ts';
import type { PageFile } from '../backend/page/files.ts';
import { Access, isForUs, isFromOurPage, sameText } from './access.ts';

/** The largest message a page may send: an import of some files of 16 MiB in base64. Bytes. */
const messageLimit = 64 * 1024 * 1024;

/** Bytes that may wait for a page that does not read. */
const outgoingLimit = 32 * 1024 * 1024;

/** The interface, served to one browser over loopback. */
export interface BrowserHost {
  /** The address to open, good for once. */
  readonly url: string;
  close(): void;
}

/**
 * Serves the interface on loopback.
 *
 * @param folder of the built interface
 * @param port 0 takes any that is free
 * @throws FaultError `interface-not-built`, `port-in-use`
 */
export async function serveInBrowser(app: App, folder: string, port: number): Promise<BrowserHost> {
  const access = new Access();
  const files = readPageFiles(folder);
  const server = createServer((request, response) => {
    respond(request, response, { access, files, port: (server.address() as AddressInfo).port });
  });
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: messageLimit,
    handleProtocols: () => socketProtocol,
  });
  const connections = new Set<Duplex>();
  server.on('connection', (socket) => {
    connections.add(socket);
    socket.once('close', () => connections.delete(socket));
  });
  server.on('upgrade', (request, socket: Duplex, head) => {
    // Whoever asked may be gone before the answer is written.
    socket.on('error', () => socket.destroy());
    if (!mayOpenSocket(request, access, (server.address() as AddressInfo).port)) {
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (page) => attend(page, app));
  });
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (error) {
    throw portFault(port, error);
  }
  const { port: actual } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${actual}/?token=${access.token ?? ''}`,
    close: () => {
      server.close();
      // It would wait for whoever keeps a connection, a page or half a request.
      for (const socket of connections) socket.destroy();
    },
  };
}

interface Site {
  readonly access: Access;
  readonly files: ReadonlyMap<string, PageFile>;
  readonly port: number;
}

function respond(request: IncomingMessage, response: ServerResponse, { access, files, port }: Site): void {
  response.setHeader(
    'Content-Security-Policy',
    contentSecurityPolicy(`ws://127.0.0.1:${port} ws://localhost:${port}`),
  );
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader('Referrer-Policy', 'no-referrer');
  response.setHeader('Cross-Origin-Resource-Policy', 'same-origin');
  response.setHeader('Cache-Control', 'no-store');
  if (!isForUs(request, port)) {
    refuse(response, 403, 'This address is not for pages of other origins.');
  } else if (request.method !== 'GET' && request.method !== 'HEAD') {
    refuse(response, 405, 'Only GET is served.');
  } else {
    const url = urlOf(request, port);
    const path = url?.pathname ?? '';
    const isNew =
      path === '/' && request.method === 'GET' && access.redeem(url?.searchParams.get('token') ?? null);
    const file = files.get(path === '/' ? '/index.html' : path);
    if (!isNew && !access.hasCookie(request)) refuse(response, 403, usedUp);
    else if (file === undefined) refuse(response, 404, 'There is no such file.');
    else send(request, response, isNew ? introduce(file, access, response) : file);
  }
}

/** What a request asks for; null where that is no URL, such as `//`. */
function urlOf({ url }: IncomingMessage, port: number): URL | null {
  try {
    return new URL(url ?? '/', `http://127.0.0.1:${port}`);
  } catch {
    return null;
  }
}

const usedUp =
  'This address is good for once, and has been used, or is not complete. End "adit serve" and start it again for a new one.';

/** The page as it is when it is opened by its token: with the secret for the socket. */
function introduce({ type, bytes }: PageFile, access: Access, response: ServerResponse): PageFile {
  response.setHeader('Set-Cookie', access.cookieHeader);
  const empty = `<meta name="${sessionMeta}" content="" />`;
  const filled = `<meta name="${sessionMeta}" content="${access.secret}" />`;
  return { type, bytes: Buffer.from(bytes.toString().replace(empty, filled)) };
}

function send(request: IncomingMessage, response: ServerResponse, { type, bytes }: PageFile): void {
  response.writeHead(200, { 'Content-Type': type, 'Content-Length': bytes.length });
  response.end(request.method === 'HEAD' ? undefined : bytes);
}

function refuse(response: ServerResponse, status: number, reason: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' });
  response.end(`${reason}\n`);
}

/** The page shows its secret as the second of the protocols that it asks for: a browser lets it set no other header. */
function mayOpenSocket(request: IncomingMessage, access: Access, port: number): boolean {
  const [protocol, secret] = (request.headers['sec-websocket-protocol'] ?? '')
    .split(',')
    .map((word) => word.trim());
  return (
    request.url === socketPath &&
    isFromOurPage(request, port) &&
    protocol === socketProtocol &&
    secret !== undefined &&
    sameText(secret, access.secret)
  );
}

/** Answers a page's questions, and tells it of every change. */
function attend(page: WebSocket, app: App): void {
  const send = (message: UiMessage): void => {
    page.send(JSON.stringify(message));
    if (page.bufferedAmount > outgoingLimit) page.terminate();
  };
  const endChanges = app.onChange((change) => send({ kind: 'change', change }));
  page.on('close', endChanges);
  page.on('error', () => page.terminate());
  page.on('message', (data: Buffer) => {
    const question = questionIn(data);
    if (question === null) {
      page.close(1008, 'not a question');
      return;
    }
    void app
      .answer(question.verb, question.params)
      .then((reply) => send({ kind: 'reply', id: question.id, reply }));
  });
}

function questionIn(data: Buffer): { id: number; verb: string; params: unknown } | null {
  try {
    const { id, verb, params } = JSON.parse(data.toString('utf8')) as Record<string, unknown>;
    return typeof id === 'number' && typeof verb === 'string' ? { id, verb, params } : null;
  } catch {
    return null;
  }
}

function portFault(port: number, error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code !== 'EADDRINUSE' && code !== 'EACCES') return error;
  return new FaultError({
    code: 'port-in-use',
    message: `The port ${port} ${code === 'EACCES' ? 'is reserved for root' : 'is taken'}.`,
    hint: 'Choose another, or leave --port out for any that is free.',
  });
}
