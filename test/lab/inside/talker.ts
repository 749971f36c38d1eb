/**
 * A program that talks all the time, to everybody: every 10 ms a UDP datagram, and every 50 ms a TCP connection, to each
 * destination. It takes every failure in its stride.
 *
 *   node talker.ts ADDRESS:PORT...      prints "talking" once it does
 */
import { createSocket } from 'node:dgram';
import { connect, isIP } from 'node:net';

const destinations = process.argv.slice(2).map((text) => {
  const at = text.lastIndexOf(':');
  return { address: text.slice(0, at).replaceAll(/[[\]]/g, ''), port: Number(text.slice(at + 1)) };
});
const sockets = { 4: createSocket('udp4'), 6: createSocket('udp6') };
for (const socket of Object.values(sockets)) {
  socket.on('error', () => undefined);
  socket.bind();
}

setInterval(() => {
  for (const { address, port } of destinations)
    sockets[isIP(address) === 6 ? 6 : 4].send('leak', port, address, () => undefined);
}, 10);
setInterval(() => {
  for (const { address, port } of destinations) {
    const connection = connect({ host: address, port });
    connection.on('error', () => undefined);
    setTimeout(() => connection.destroy(), 300);
  }
}, 50);
console.log('talking');
