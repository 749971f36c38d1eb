/**
 * Bytes in bulk over TCP, both ways at once.
 *
 *   node mirror.ts PORT               sends back whatever comes; prints "listening" once it does
 *   node mirror.ts ADDRESS PORT MIB   sends random bytes to it, and prints the MiB that came back as they were sent, at the end
 */
import { randomBytes } from 'node:crypto';
import { connect, createServer } from 'node:net';

const mebibyte = 1024 * 1024;
const [first = '', port, mebibytes] = process.argv.slice(2);

if (port === undefined) {
  createServer((socket) => socket.on('error', () => socket.destroy()).pipe(socket)).listen(
    Number(first),
    () => console.log('listening'),
  );
} else {
  send(first, Number(port), Number(mebibytes));
}

function send(address: string, at: number, count: number): void {
  const sent = randomBytes(mebibyte);
  const total = count * mebibyte;
  let received = 0;
  const socket = connect(at, address, () => {
    for (let part = 0; part < count; part += 1) socket.write(sent);
  });
  socket.on('data', (bytes) => {
    for (let from = 0; from < bytes.length;) {
      const place = received % mebibyte;
      const length = Math.min(bytes.length - from, mebibyte - place);
      if (sent.compare(bytes, from, from + length, place, place + length) !== 0)
        throw new Error(`other bytes came back after ${received}`);
      from += length;
      received += length;
    }
    if (received >= total) socket.end();
  });
  socket.on('close', () => console.log(received / mebibyte));
}
