/**
 * A name server over UDP for a handful of IPv4 addresses. It knows only its own names and asks nobody.
 *
 *   node dns-server.ts PORT '{"name":"address",...}'      prints "listening" once it does
 */
import { createSocket } from 'node:dgram';

const TYPE_A = 1;
const NAME_UNKNOWN = 3;
const TTL_SECONDS = 5;

const addresses = new Map(
  Object.entries(JSON.parse(process.argv[3] ?? '{}') as Record<string, string>).map(([name, address]) => [
    name.toLowerCase(),
    address,
  ]),
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
  const address = addresses.get(labels.join('.').toLowerCase());
  const found = address !== undefined && type === TYPE_A;

  const head = Buffer.from(query.subarray(0, end + 5));
  // A response, authoritative, recursion as desired and available.
  head.writeUInt16BE(
    0x8480 | (head.readUInt16BE(2) & 0x0100) | (address === undefined ? NAME_UNKNOWN : 0),
    2,
  );
  head.writeUInt16BE(found ? 1 : 0, 6);
  head.writeUInt32BE(0, 8);
  if (!found) return head;
  const record = Buffer.alloc(16);
  record.writeUInt16BE(0xc00c, 0); // the name: as in the question
  record.writeUInt16BE(TYPE_A, 2);
  record.writeUInt16BE(1, 4); // class IN
  record.writeUInt32BE(TTL_SECONDS, 6);
  record.writeUInt16BE(4, 10);
  Buffer.from(address.split('.').map(Number)).copy(record, 12);
  return Buffer.concat([head, record]);
}

const socket = createSocket('udp4');
socket.on('message', (query, { address, port }) => {
  const reply = answer(query);
  if (reply !== null) socket.send(reply, port, address);
});
socket.bind(Number(process.argv[2]), () => console.log('listening'));
