import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { connect, isIPv6 } from 'node:net';
import { inStream, MessageReader } from './stream.ts';
import { isAnswer, withId } from './message.ts';
import type { Query } from './message.ts';

/** How a question came, and how it is passed on. */
export type Transport = 'udp' | 'tcp';

/** A question on its way to one server. */
export interface Asking {
  /** The answer, under the question's own number. Rejects where the server cannot be reached or hangs up. */
  readonly answer: Promise<Buffer>;
  /** No answer is wanted any more. */
  cancel(): void;
}

const port = 53;

/**
 * Asks one server. Each question has a socket of its own, on a port that the kernel chooses at random, connected to the server, and
 * a random number: who does not see it can hardly forge an answer (RFC 5452). What does not fit is passed over.
 */
export function ask(server: string, query: Query, transport: Transport): Asking {
  return transport === 'udp' ? askByUdp(server, query) : askByTcp(server, query);
}

function askByUdp(server: string, query: Query): Asking {
  const socket = createSocket(isIPv6(server.split('%')[0] ?? '') ? 'udp6' : 'udp4');
  const id = randomInt(0x1_0000);
  let isOpen = true;
  const cancel = (): void => {
    if (isOpen) socket.close();
    isOpen = false;
  };
  const answer = new Promise<Buffer>((resolve, reject) => {
    socket.on('error', reject);
    socket.on('message', (message) => {
      if (isAnswer(message, id, query)) resolve(withId(message, query.id));
    });
    socket.connect(port, server, (error?: Error) => {
      if (error !== undefined) reject(error);
      else if (isOpen) socket.send(withId(query.message, id));
    });
  });
  return { answer, cancel };
}

function askByTcp(server: string, query: Query): Asking {
  const socket = connect(port, server);
  const id = randomInt(0x1_0000);
  const reader = new MessageReader();
  const answer = new Promise<Buffer>((resolve, reject) => {
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('the server hung up')));
    socket.on('data', (part) => {
      const found = reader.take(part).find((message) => isAnswer(message, id, query));
      if (found !== undefined) resolve(withId(found, query.id));
    });
    socket.write(inStream(withId(query.message, id)));
  });
  return { answer, cancel: () => socket.destroy() };
}
