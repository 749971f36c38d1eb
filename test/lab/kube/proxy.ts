import { createServer as createHttpServer } from 'node:http';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

/** A proxy on loopback. */
export interface Proxy extends AsyncDisposable {
  readonly port: number;
  /** Where it was asked to connect to. */
  readonly asked: readonly string[];
}

/**
 * A proxy that connects to wherever it is told.
 *
 * @param status what it answers instead, where that is not 200
 */
export async function startProxy(kind: 'http' | 'socks5', status = 200): Promise<Proxy> {
  const asked: string[] = [];
  const server = kind === 'http' ? httpProxy(asked, status) : socksProxy(asked);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function httpProxy(asked: string[], status: number): Server {
  return createHttpServer().on('connect', ({ url = '' }, socket: Socket) => {
    asked.push(url);
    if (status === 200) join(socket, url, 'HTTP/1.1 200 OK\r\n\r\n');
    else socket.end(`HTTP/1.1 ${status} No\r\n\r\n`);
  });
}

/** Without a password, for IPv4 addresses and names. @see RFC 1928 */
function socksProxy(asked: string[]): Server {
  return createServer((socket) => {
    socket.once('data', () => {
      socket.write(Buffer.from([5, 0]));
      socket.once('data', (request) => {
        const isName = request[3] === 3;
        const end = isName ? 5 + (request[4] ?? 0) : 8;
        const host = isName ? request.subarray(5, end).toString() : request.subarray(4, end).join('.');
        const to = `${host}:${request.readUInt16BE(end)}`;
        asked.push(to);
        join(socket, to, Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]));
      });
    });
  });
}

/** Joins a connection with another, to `HOST:PORT`, and says so once that stands. */
function join(socket: Socket, to: string, words: string | Buffer): void {
  const [host, port] = to.split(':');
  const far = connect(Number(port), host, () => socket.write(words));
  far.pipe(socket).pipe(far);
  for (const end of [far, socket])
    end.on('error', () => {
      far.destroy();
      socket.destroy();
    });
}
