import { ConfWriter } from './conf-writer.ts';
import type { ForeignConf } from './foreign-conf.ts';

/** Lines of `wg show` that are keys of a configuration under another name. */
const keys: Readonly<Record<string, string>> = {
  'private key': 'PrivateKey',
  'listening port': 'ListenPort',
  fwmark: 'FwMark',
  'preshared key': 'PresharedKey',
  endpoint: 'Endpoint',
  'allowed ips': 'AllowedIPs',
  'persistent keepalive': 'PersistentKeepalive',
};

/** What tells of the moment, and is no part of a configuration. */
const momentary: ReadonlySet<string> = new Set(['latest handshake', 'transfer']);

/**
 * Reads what `wg show` prints for people. What was copied along around it stays as comments.
 *
 * @returns null where the text is nothing of the kind
 * @see wireguard-tools src/show.c pretty_print
 */
export function readWgShow(text: string): ForeignConf[] | null {
  if (!looksLikeWgShow(text)) return null;
  const writers: ConfWriter[] = [];
  const before: [text: string, source: number][] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const source = index + 1;
    const [, word = '', rest = ''] = /^\s*([a-z][a-z ]{0,30}):(.*)$/.exec(line) ?? [];
    const value = rest.trim();
    if (word === 'interface' || (word === 'peer' && writers.length === 0)) {
      const writer = new ConfWriter(word === 'interface' ? value : null);
      for (const [comment, at] of before.splice(0)) writer.line(comment, at);
      writers.push(writer);
    }
    const writer = writers.at(-1);
    if (writer !== undefined) write(writer, { word, value, line, source });
    else if (line.trim() !== '') before.push([commentOf(line), source]);
  }
  return writers.map((writer) => writer.finish());
}

/** Whether one of the first lines is a header that `wg show` prints. */
function looksLikeWgShow(text: string): boolean {
  return text
    .slice(0, 10_000)
    .split('\n', 20)
    .some((line) => /^\s*(interface: \S|peer: [A-Za-z0-9+/]{43}=)/.test(line));
}

interface ShownLine {
  readonly word: string;
  readonly value: string;
  readonly line: string;
  readonly source: number;
}

function write(writer: ConfWriter, { word, value, line, source }: ShownLine): void {
  const key = Object.hasOwn(keys, word) ? keys[word] : undefined;
  if (word === 'interface') {
    writer.section('[Interface]', source);
  } else if (word === 'peer') {
    writer.section('[Peer]', source);
    writer.line(`PublicKey = ${value}`, source);
  } else if (key === undefined) {
    if (line.trim() !== '' && !momentary.has(word)) writer.line(commentOf(line), source);
  } else if (value !== '(none)' && !(key === 'PrivateKey' && value === '(hidden)')) {
    writer.line(`${key} = ${key === 'PersistentKeepalive' ? keepaliveOf(value) : value}`, source);
  }
}

function commentOf(line: string): string {
  return `# ${line.trim()}`;
}

/** Seconds of each unit in which `wg` tells a time. @see wireguard-tools src/show.c pretty_time */
const units: Readonly<Record<string, number>> = { day: 86_400, hour: 3600, minute: 60, second: 1 };

/** `every 1 minute, 5 seconds` as the number 65; what reads otherwise stays as it is. */
function keepaliveOf(value: string): string {
  const parts = value.replace(/^every /, '').split(', ');
  let seconds = 0;
  for (const part of parts) {
    const [, count = '', unit = ''] = /^([0-9]{1,9}) (day|hour|minute|second)s?$/.exec(part) ?? [];
    const length = units[unit];
    if (length === undefined) return value;
    seconds += Number(count) * length;
  }
  return String(seconds);
}
