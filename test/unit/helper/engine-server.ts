import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { UapiConnection } from '../../../electron/helper/engine/uapi-connection.ts';
import { temporaryFolder } from '../machine.ts';

/** What stands at an engine's end of its configuration socket. */
export interface EngineServer {
  /** Everything that was asked, one text a request. */
  readonly requests: string[];
  /** The connection of the client. */
  readonly client: () => Socket;
}

/**
 * A real Unix socket that answers each request as told, and a connection to it.
 *
 * @param answer is given each request (`get=1\n\n`) and the socket to answer on
 */
export async function engineThat(
  answer: (request: string, socket: Socket) => void,
): Promise<EngineServer & { connection: UapiConnection }> {
  const path = join(temporaryFolder(), 'wg0.sock');
  const requests: string[] = [];
  const clients: Socket[] = [];
  const server = createServer((socket) => {
    clients.push(socket);
    socket.on('error', () => undefined);
    let text = '';
    socket.on('data', (part) => {
      text += part.toString('latin1');
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        const request = text.slice(0, end + 2);
        text = text.slice(end + 2);
        requests.push(request);
        answer(request, socket);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const connection = await UapiConnection.open(path);
  onTestFinished(() => {
    connection.close();
    for (const client of clients) client.destroy();
    server.close();
  });
  const client = (): Socket => {
    const [first] = clients;
    if (first === undefined) throw new Error('nobody connected');
    return first;
  };
  return { requests, client, connection };
}
