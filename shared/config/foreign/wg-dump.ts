import { ConfWriter } from './conf-writer.ts';
import type { ForeignConf } from './foreign-conf.ts';

/** The fields of an interface's line; where several are dumped, the name of the interface stands before them. */
const interfaceFields = 4;
/** Those of a peer's. */
const peerFields = 8;

/**
 * Reads what `wg show INTERFACE dump` and `wg show all dump` print. It has every key in clear.
 *
 * @returns null where the text is nothing of the kind
 * @see wireguard-tools src/show.c dump_print
 */
export function readWgDump(text: string): ForeignConf[] | null {
  const rows = text.split('\n').map((line) => line.replace(/\r$/, '').split('\t'));
  const first = rows.find((row) => row.join('') !== '') ?? [];
  const named = first.length === interfaceFields + 1;
  if (!isInterface(named ? first.slice(1) : first)) return null;
  const writers: ConfWriter[] = [];
  for (const [index, row] of rows.entries()) {
    const source = index + 1;
    const fields = named ? row.slice(1) : row;
    const writer = writers.at(-1);
    if (isInterface(fields)) {
      const next = new ConfWriter(named ? (row[0] ?? null) : null);
      writeInterface(next, fields, source);
      writers.push(next);
    } else if (fields.length === peerFields && writer !== undefined) {
      writePeer(writer, fields, source);
    } else if (row.join('') !== '') {
      // Nobody else could say what is wrong with it, and in which line.
      writer?.line(row.join(' '), source);
    }
  }
  return writers.map((writer) => writer.finish());
}

function isInterface(fields: readonly string[]): boolean {
  const [privateKey = '', publicKey = '', port = '', mark = ''] = fields;
  return (
    fields.length === interfaceFields &&
    [privateKey, publicKey].every((key) => key === '(none)' || /^[A-Za-z0-9+/]{43}=$/.test(key)) &&
    /^[0-9]+$/.test(port) &&
    /^(off|0x[0-9a-f]+)$/.test(mark)
  );
}

function writeInterface(writer: ConfWriter, fields: readonly string[], source: number): void {
  const [privateKey = '', , port = '', mark = ''] = fields;
  writer.section('[Interface]', source);
  writeKey(writer, 'PrivateKey', privateKey, source);
  if (port !== '0') writeKey(writer, 'ListenPort', port, source);
  writeKey(writer, 'FwMark', mark, source);
}

function writePeer(writer: ConfWriter, fields: readonly string[], source: number): void {
  const [publicKey = '', presharedKey = '', endpoint = '', allowedIps = '', , , , keepalive = ''] = fields;
  writer.section('[Peer]', source);
  writeKey(writer, 'PublicKey', publicKey, source);
  writeKey(writer, 'PresharedKey', presharedKey, source);
  writeKey(writer, 'AllowedIPs', allowedIps.replaceAll(',', ', '), source);
  writeKey(writer, 'Endpoint', endpoint, source);
  writeKey(writer, 'PersistentKeepalive', keepalive, source);
}

function writeKey(writer: ConfWriter, key: string, value: string, source: number): void {
  if (value !== '(none)' && value !== 'off') writer.line(`${key} = ${value}`, source);
}
