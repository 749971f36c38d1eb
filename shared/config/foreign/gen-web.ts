import { peerLines, sectionsText } from '../ends/conf-of-end.ts';
import { isKey } from '../values/key.ts';

/** A client of wg-gen-web, as a configuration. */
export interface GenWebConf {
  /** What its file calls it. */
  readonly name: string;
  readonly text: string;
  /** Whether the server knows it at the moment. */
  readonly isEnabled: boolean;
}

type JsonObject = Readonly<Record<string, unknown>>;

/**
 * The configuration that wg-gen-web makes for one of its clients, with what else it keeps of it in a comment: the name, the mail address, and
 * when it was made and changed.
 *
 * @param server what its `server.json` holds
 * @param client what the client's file holds
 * @returns null where either is none of wg-gen-web's
 * @see wg-gen-web model/client.go, model/server.go, template/template.go clientTpl
 */
export function genWebConf(server: unknown, client: unknown): GenWebConf | null {
  if (!isObject(server) || !isObject(client)) return null;
  const serverKey = textOf(server, 'publicKey');
  const addresses = textsOf(client, 'address');
  const name = textOf(client, 'name');
  if (!isKey(serverKey) || addresses.length === 0 || name === '') return null;
  const privateKey = textOf(client, 'privateKey');
  const presharedKey = textOf(client, 'presharedKey');
  const dns = textsOf(server, 'dns');
  const mtu = numberOf(server, 'mtu');
  const endpoint = textOf(server, 'endpoint');
  const keepalive =
    client['ignorePersistentKeepalive'] === true ? 0 : numberOf(server, 'persistentKeepalive');
  const text = sectionsText([
    [
      `# ${name} / ${textOf(client, 'email')} / Updated: ${textOf(client, 'updated')} / Created: ${textOf(client, 'created')}`,
      '[Interface]',
      `# Name = ${name}`,
      `Address = ${addresses.join(', ')}`,
      ...(privateKey === '' ? [] : [`PrivateKey = ${privateKey}`]),
      ...(dns.length === 0 ? [] : [`DNS = ${dns.join(', ')}`]),
      ...(mtu === 0 ? [] : [`MTU = ${mtu}`]),
    ],
    peerLines({
      name: null,
      publicKey: serverKey,
      presharedKey: presharedKey === '' ? null : presharedKey,
      allowedIps: textsOf(client, 'allowedIPs'),
      endpoint: endpoint === '' ? null : endpoint,
      keepalive: keepalive === 0 ? null : keepalive,
    }),
  ]);
  return { name, text, isEnabled: client['enable'] !== false };
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A text, on one line; empty where there is none. */
function textOf(object: JsonObject, key: string): string {
  const value = Object.hasOwn(object, key) ? object[key] : null;
  return typeof value === 'string' ? onOneLine(value) : '';
}

function textsOf(object: JsonObject, key: string): string[] {
  const value = Object.hasOwn(object, key) ? object[key] : null;
  if (!Array.isArray(value)) return [];
  return value.filter((item) => typeof item === 'string').map(onOneLine);
}

function numberOf(object: JsonObject, key: string): number {
  const value = Object.hasOwn(object, key) ? object[key] : null;
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : 0;
}

/** Nobody who writes JSON writes lines into profiles. */
function onOneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]/gu, '\u{fffd}').trim();
}
