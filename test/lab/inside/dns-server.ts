/**
 * A name server over UDP and TCP for a handful of addresses. It knows only its own names and asks nobody. What does not fit into a
 * packet of UDP is told over TCP.
 *
 *   node dns-server.ts PORT '{"name":["address",...],...}'      prints "listening" once it does
 */
import { createSocket } from 'node:dgram';
import { createServer, isIPv6 } from 'node:net';

const TYPE_A = 1;
const TYPE_AAAA = 28;
const TRUNCATED = 0x0200;
const LARGEST_PACKET = 512;
const NAME_UNKNOWN = 3;
const TTL_SECONDS = 5;

const addresses = new Map(
  Object.entries(JSON.parse(process.argv[3] ?? '{}') as Record<string, string | string[]>).map(
    ([name, known]) => [name.toLowerCase(), [known].flat()],
  ),
);

/** The answer to one query (RFC 1035, section 4.1); null where the query makes no sense. */
function answer(query: Buffer): Buffer | null {
  if (query.length < 17 || query.readUInt16BE(4) !== 1) return null;
  const labels: string[] = [];
  let end = 12;
  for (let length = query[end] ?? 0; length > 0; length = query[end] ?? 0) {
    if (length > 63 || end + length >= query.length) return null;
    labels.push(query.toString('latin1', end + 1, end + 1 + length));
    end += 1 + length;
  }
  if (end + 5 > query.length) return null;
  const type = query.readUInt16BE(end + 1);
  const known = addresses.get(labels.join('.').toLowerCase());
  const found = (known ?? []).filter((address) => type === (isIPv6(address) ? TYPE_AAAA : TYPE_A));

  const head = Buffer.from(query.subarray(0, end + 5));
  // A response, authoritative, recursion as desired and available.
  head.writeUInt16BE(0x8480 | (head.readUInt16BE(2) & 0x0100) | (known === undefined ? NAME_UNKNOWN : 0), 2);
  head.writeUInt16BE(found.length, 6);
  head.writeUInt32BE(0, 8);
  return Buffer.concat([head, ...found.map(recordOf)]);
}

function recordOf(address: string): Buffer {
  const bytes = bytesOf(address);
  const record = Buffer.alloc(12);
  record.writeUInt16BE(0xc00c, 0); // the name: as in the question
  record.writeUInt16BE(isIPv6(address) ? TYPE_AAAA : TYPE_A, 2);
  record.writeUInt16BE(1, 4); // class IN
  record.writeUInt32BE(TTL_SECONDS, 6);
  record.writeUInt16BE(bytes.length, 10);
  return Buffer.concat([record, bytes]);
}

function bytesOf(address: string): Buffer {
  if (!isIPv6(address)) return Buffer.from(address.split('.').map(Number));
  const [before = '', after] = address.split('::');
  const groups = (text: string): string[] => text.split(':').filter(Boolean);
  const missing = 8 - groups(before).length - groups(after ?? '').length;
  const all = [...groups(before), ...Array<string>(missing).fill('0'), ...groups(after ?? '')];
  return Buffer.from(all.map((group) => group.padStart(4, '0')).join(''), 'hex');
}

/** The question alone, with the word that there is more over TCP. */
function truncated(reply: Buffer, query: Buffer): Buffer {
  const head = Buffer.from(reply.subarray(0, query.length));
  head.writeUInt16BE(head.readUInt16BE(2) | TRUNCATED, 2);
  head.writeUInt32BE(0, 6);
  return head;
}

const port = Number(process.argv[2]);
const socket = createSocket('udp4');
socket.on('message', (query, { address, port: from }) => {
  const reply = answer(query);
  if (reply === null) return;
  socket.send(reply.length > LARGEST_PACKET ? truncated(reply, query) : reply, from, address);
});
const server = createServer((client) => {
  // A question comes in one part, behind its length.
  client
    .on('error', () => undefined)
    .on('data', (part) => {
      const reply = answer(part.subarray(2));
      if (reply === null) return client.destroy();
      const length = Buffer.alloc(2);
      length.writeUInt16BE(reply.length);
      return client.end(Buffer.concat([length, reply]));
    });
});
server.listen(port, () => socket.bind(port, () => console.log('listening')));
