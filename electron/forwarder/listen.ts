import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import { readQuery } from './message.ts';
import type { Query } from './message.ts';
import { inStream, MessageReader } from './stream.ts';
import type { Transport } from './upstream.ts';

/** Finds the answer to a question; never rejects. */
export type Answerer = (query: Query, transport: Transport) => Promise<Buffer>;

const port = 53;

/** What one forwarder bears. Whoever asks more is not answered, and asks again. */
const most = {
  /** Questions on their way. */
  pending: 512,
  /** TCP connections of programs here. */
  connections: 64,
  /** Questions on their way of one connection. */
  pendingOfConnection: 32,
  /** Bytes of a question by UDP, which never comes near it. */
  question: 4_096,
  /** Milliseconds a connection may be silent. */
  silence: 10_000,
} as const;

/**
 * Listens at an address, by UDP and TCP.
 *
 * @throws the error of the system where the address is taken
 */
export async function listen(address: string, answer: Answerer): Promise<void> {
  let pending = 0;
  const take = async (message: Buffer, transport: Transport): Promise<Buffer | null> => {
    const reading = readQuery(message);
    if (reading.kind === 'nonsense') return null;
    if (reading.kind === 'refusal') return reading.answer;
    if (pending >= most.pending) return null;
    pending += 1;
    try {
      return await answer(reading.query, transport);
    } finally {
      pending -= 1;
    }
  };
  await listenToUdp(address, take);
  await listenToTcp(address, take);
}

type Take = (message: Buffer, transport: Transport) => Promise<Buffer | null>;

function listenToUdp(address: string, take: Take): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = createSocket('udp4');
    socket.once('error', reject);
    socket.bind({ address, port, exclusive: true }, () => {
      socket.off('error', reject);
      // Whoever asked may be gone before the answer comes: no concern of ours.
      socket.on('error', () => undefined);
      resolve();
    });
    socket.on('message', (message, from) => {
      if (message.length > most.question) return;
      void take(message, 'udp').then((answer) => {
        if (answer !== null) socket.send(answer, from.port, from.address, () => undefined);
      });
    });
  });
}

function listenToTcp(address: string, take: Take): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => serve(socket, take));
    server.maxConnections = most.connections;
    server.once('error', reject);
    server.listen({ host: address, port, exclusive: true }, () => {
      server.off('error', reject);
      server.on('error', () => undefined);
      resolve();
    });
  });
}

function serve(socket: Socket, take: Take): void {
  const reader = new MessageReader();
  let pending = 0;
  socket.setTimeout(most.silence, () => socket.destroy());
  socket.on('error', () => socket.destroy());
  socket.on('data', (part) => {
    for (const message of reader.take(part)) {
      pending += 1;
      if (pending > most.pendingOfConnection) {
        socket.destroy();
        return;
      }
      void take(message, 'tcp').then((answer) => {
        pending -= 1;
        if (answer !== null && socket.writable) socket.write(inStream(answer));
      });
    }
  });
}
