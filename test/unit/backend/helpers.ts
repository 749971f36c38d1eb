import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { listen } from '../../../electron/helper/server/listen.ts';
import { rpcServer } from '../../../electron/helper/server/rpc.ts';
import type { Session } from '../../../electron/helper/server/session.ts';
import { frame, FrameReader, requestLimitBytes } from '../../../shared/contract/helper/framing.ts';
import type { HelperHandlers } from '../../../shared/contract/helper/verbs.ts';
import type { TunnelChange } from '../../../shared/tunnel/change.ts';
import { handlersWith } from '../helper/clients.ts';

/** A helper's own server, over handlers of a test's. */
export interface TestHelper {
  /** Tells all who watch of a change. */
  tell(change: TunnelChange): void;
  /** Ends it, with every connection to it. */
  end(): Promise<void>;
}

/** Listens at `path` as the helper does; its tunnels are what the handlers say. Needs root. */
export async function helperAt(
  path: string,
  parts: Partial<HelperHandlers<Session>> = {},
): Promise<TestHelper> {
  const sessions = new Set<Session>();
  const handlers = handlersWith(parts);
  const withSessions: HelperHandlers<Session> = {
    ...handlers,
    hello: (params, session) => {
      sessions.add(session);
      return handlers.hello(params, session);
    },
  };
  const server = await listen(
    path,
    0,
    rpcServer(withSessions, () => undefined),
    () => undefined,
  );
  const end = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    for (const session of sessions) session.close();
    await closed;
    rmSync(path, { force: true });
  };
  onTestFinished(end);
  return {
    tell: (change) => {
      for (const session of sessions) session.notify(change);
    },
    end,
  };
}

/** Something else that listens at `path`: what it does with a client, or with each message of it, is for a test to say. */
export async function strangerAt(
  path: string,
  {
    met,
    heard,
  }: { met?: (socket: Socket) => void; heard?: (message: { id: number }, socket: Socket) => void },
): Promise<Server> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    const reader = new FrameReader(requestLimitBytes);
    socket.on('data', (chunk) => {
      for (const body of reader.push(chunk))
        heard?.(JSON.parse(Buffer.from(body).toString()) as { id: number }, socket);
    });
    met?.(socket);
  }).listen(path);
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return server;
}

/** A message in its frame. */
export function framed(message: unknown): Uint8Array {
  return frame(Buffer.from(JSON.stringify(message)));
}
