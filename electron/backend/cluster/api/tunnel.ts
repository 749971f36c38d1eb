import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect, isIP } from 'node:net';
import type { Socket } from 'node:net';
import { hostOf, portOf } from './proxy.ts';

/**
 * A connection to a server by a proxy, as if it were direct.
 *
 * @param patience how long the proxy may take; milliseconds
 * @throws Error with a sentence on what the proxy has said
 */
export function connectBy(proxy: URL, server: URL, patience: number): Promise<Socket> {
  return proxy.protocol.startsWith('socks5')
    ? connectBySocks(proxy, server, patience)
    : connectByHttp(proxy, server, patience);
}

/** @see RFC 9110 9.3.6 CONNECT */
function connectByHttp(proxy: URL, server: URL, patience: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const to = `${server.hostname}:${portOf(server)}`;
    const login = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
    const connecting = (proxy.protocol === 'https:' ? httpsRequest : httpRequest)({
      host: hostOf(proxy),
      port: portOf(proxy),
      method: 'CONNECT',
      path: to,
      timeout: patience,
      agent: false,
      headers: {
        host: to,
        ...(login === ':' ? {} : { 'proxy-authorization': `Basic ${Buffer.from(login).toString('base64')}` }),
      },
    });
    connecting.on('connect', ({ statusCode = 0 }, socket: Socket, head) => {
      if (statusCode !== 200 || head.length > 0) {
        socket.destroy();
        reject(new Error(`the proxy ${proxy.host} answers ${statusCode}`));
        return;
      }
      socket.setTimeout(0);
      resolve(socket);
    });
    connecting.on('timeout', () => connecting.destroy(new Error(`the proxy ${proxy.host} does not answer`)));
    connecting.on('error', reject);
    connecting.end();
  });
}

/** What a SOCKS5 proxy says of a request, by its number. @see RFC 1928 6 */
const socksReplies = [
  'connected',
  'general failure',
  'not allowed',
  'network unreachable',
  'host unreachable',
  'connection refused',
  'too many hops',
  'command not supported',
  'kind of address not supported',
];

/** Names are looked up by the proxy, as Go has it. @see RFC 1928; RFC 1929 */
async function connectBySocks(proxy: URL, server: URL, patience: number): Promise<Socket> {
  const socket = connect({ host: hostOf(proxy), port: proxy.port === '' ? 1080 : Number(proxy.port) });
  socket.setTimeout(patience, () => socket.destroy(new Error(`the proxy ${proxy.host} does not answer`)));
  try {
    const read = reader(socket);
    const username = Buffer.from(decodeURIComponent(proxy.username));
    const password = Buffer.from(decodeURIComponent(proxy.password));
    socket.write(Buffer.from(username.length > 0 ? [5, 2, 0, 2] : [5, 1, 0]));
    const [, method] = await read(2);
    if (method === 2) {
      socket.write(
        Buffer.concat([
          Buffer.from([1, username.length]),
          username,
          Buffer.from([password.length]),
          password,
        ]),
      );
      if ((await read(2))[1] !== 0) throw new Error(`the proxy ${proxy.host} does not take the password`);
    } else if (method !== 0) {
      throw new Error(`the proxy ${proxy.host} is no SOCKS5 proxy for everybody`);
    }
    const port = Buffer.alloc(2);
    port.writeUInt16BE(portOf(server));
    socket.write(Buffer.concat([Buffer.from([5, 1, 0]), socksAddress(hostOf(server)), port]));
    const [, reply = 1, , kind = 1] = await read(4);
    if (reply !== 0) throw new Error(`the proxy ${proxy.host} says: ${socksReplies[reply] ?? reply}`);
    // The address that it connects from is of no use here.
    const length = kind === 1 ? 4 : kind === 4 ? 16 : ((await read(1))[0] ?? 0);
    await read(length + 2);
    socket.setTimeout(0);
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

/** IPv6 goes as a name, which proxies read as what it is. */
function socksAddress(host: string): Buffer {
  if (isIP(host) === 4) return Buffer.from([1, ...host.split('.').map(Number)]);
  const name = Buffer.from(host);
  return Buffer.concat([Buffer.from([3, name.length]), name]);
}

/** Reads just so many bytes of a socket, and leaves what is behind them. */
function reader(socket: Socket): (length: number) => Promise<Buffer> {
  return (length) =>
    new Promise((resolve, reject) => {
      const attempt = (): void => {
        const bytes = socket.read(length) as Buffer | null;
        if (bytes === null) return;
        stop();
        resolve(bytes);
      };
      const fail = (error?: Error): void => {
        stop();
        reject(error instanceof Error ? error : new Error('the proxy has closed the connection'));
      };
      const stop = (): void => {
        socket.off('readable', attempt).off('error', fail).off('close', fail);
      };
      socket.on('readable', attempt).on('error', fail).on('close', fail);
      attempt();
    });
}
