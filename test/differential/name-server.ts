import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';

/** The address that every name has here. */
export const everyName = '192.0.2.53';

/**
 * A name server that knows every name, so that whether `wg` accepts an endpoint depends on its text alone. It answers A with
 * {@link everyName} and everything else with nothing.
 */
export function serveEveryName(address: string): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.on('message', (query, sender) => socket.send(answerTo(query), sender.port, sender.address));
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(53, address, () => resolve(socket));
  });
}

/** RFC 1035 section 4.1: the question again, and an answer that points back at its name. */
function answerTo(query: Buffer): Buffer {
  let end = 12;
  while ((query[end] ?? 0) > 0) end += 1 + (query[end] ?? 0);
  const isA = query.readUInt16BE(end + 1) === 1;
  const header = Buffer.from(query.subarray(0, 12));
  header.writeUInt16BE(0x8580, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(isA ? 1 : 0, 6);
  header.writeUInt32BE(0, 8);
  const address = everyName.split('.').map(Number);
  const record = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, ...address]);
  return Buffer.concat([header, query.subarray(12, end + 5), ...(isA ? [record] : [])]);
}
