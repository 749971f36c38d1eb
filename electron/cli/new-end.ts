import {
  formatEndpoint,
  generatePresharedKey,
  interfaceNameProblem,
  isKey,
  readEndpoint,
} from '../../shared/config/index.ts';
import type { DiagnosticCode, End, EndPeer } from '../../shared/config/index.ts';
import { addressBits } from '../../shared/network/address.ts';
import { networkOf, parseInterfaceAddress, parsePrefix } from '../../shared/network/prefix.ts';
import type { InterfaceAddress, Prefix } from '../../shared/network/prefix.ts';
import { readGivenFile } from '../backend/profiles/files.ts';
import { interfaceNameOf, profileName } from '../backend/profiles/name.ts';
import { has, listOf, operandAt, valueOf } from './command.ts';
import type { Command, Given, Option } from './command.ts';
import { wrongUsage } from './parse.ts';
import { wrongValue } from './wrong-value.ts';

/** Seconds between keepalives where the far side is dialled: less than any router forgets a connection in. */
const usualKeepalive = 25;

/** What tells one end of a tunnel on a command line. */
export const endOptions = {
  address: {
    kind: 'value',
    placeholder: 'ADDRESS',
    repeats: true,
    summary: 'The address of this end in the tunnel, such as 10.200.200.11/24',
  },
  endpoint: {
    kind: 'value',
    placeholder: 'HOST:PORT',
    summary: 'Where the far side is dialled; without it, the far side dials',
  },
  'peer-key': { kind: 'value', placeholder: 'KEY', summary: 'The public key of the far side' },
  full: { kind: 'flag', summary: 'Send everything through the tunnel' },
  'allowed-ips': {
    kind: 'value',
    placeholder: 'CIDRS',
    repeats: true,
    summary: 'What is reached through the tunnel (default: the network of the address)',
  },
  'listen-port': { kind: 'value', placeholder: 'PORT', summary: 'Where this end is dialled' },
  'reachable-at': {
    kind: 'value',
    placeholder: 'HOST:PORT',
    summary: 'Under what name the far side finds this end, if it is to dial',
  },
  lan: {
    kind: 'value',
    placeholder: 'CIDRS',
    repeats: true,
    summary: 'Networks behind this end that the far side is to reach',
  },
  'preshared-key': {
    kind: 'optional',
    placeholder: 'FILE',
    summary: 'Use a preshared key: a new one, or that in a file',
  },
  'peer-name': { kind: 'value', placeholder: 'NAME', summary: 'What to call the far side' },
  keepalive: {
    kind: 'value',
    placeholder: 'SECONDS',
    summary: `Seconds between keepalives, or off (default: ${usualKeepalive} with --endpoint)`,
  },
  dns: {
    kind: 'value',
    placeholder: 'ADDRESS',
    repeats: true,
    summary: 'A name server or a search domain in the tunnel',
  },
  mtu: { kind: 'value', placeholder: 'BYTES', summary: 'The largest packet in the tunnel' },
} as const satisfies Readonly<Record<string, Option>>;

/**
 * The end that a command line describes.
 *
 * @throws FaultError `wrong-usage`, `profile-name-invalid`, and the codes of diagnostics for values that are none
 */
export async function readEnd(command: Command, given: Given): Promise<End> {
  const name = profileName(operandAt(given, 0));
  const addresses = listOf(given, 'address').map(readAddress);
  if (addresses.length === 0) throw wrongUsage(command, '--address is missing.');
  const listenPort = valueOf(given, 'listen-port');
  if (!has(given, 'endpoint') && listenPort === undefined)
    throw wrongUsage(
      command,
      'One of --endpoint and --listen-port is needed: one end has to dial the other.',
    );
  const mtu = valueOf(given, 'mtu');
  const reachableAt = valueOf(given, 'reachable-at');
  return {
    name,
    interface: interfaceNameOf(name),
    addresses,
    listenPort: listenPort === undefined ? null : readNumber('listen-port', listenPort, 'port-malformed'),
    reachableAt: reachableAt === undefined ? null : readHostAndPort('reachable-at', reachableAt),
    lan: listOf(given, 'lan').map((item) => readCidr('lan', item)),
    dns: listOf(given, 'dns').map(readDnsWord),
    mtu: mtu === undefined ? null : readNumber('mtu', mtu, 'mtu-malformed'),
    peer: await readPeer(command, given, addresses),
  };
}

/**
 * The name of the far side's interface, for commands.
 *
 * @throws FaultError `interface-name-invalid`
 */
export function readPeerInterface(given: Given): string {
  const name = valueOf(given, 'peer-interface') ?? 'wg0';
  if (interfaceNameProblem(name) === null) return name;
  throw wrongValue('peer-interface', 'interface-name-invalid', name, 'is no name of an interface', 'wg0');
}

async function readPeer(
  command: Command,
  given: Given,
  addresses: readonly InterfaceAddress[],
): Promise<EndPeer | null> {
  const key = valueOf(given, 'peer-key');
  if (key === undefined) {
    const needing = ['endpoint', 'full', 'allowed-ips', 'keepalive', 'peer-name', 'preshared-key'];
    const needs = needing.find((option) => has(given, option));
    if (needs === undefined) return null;
    throw wrongUsage(command, `--${needs} goes with --peer-key only.`);
  }
  // All zeros is the key of nobody.
  if (!isKey(key) || /^A+=$/.test(key))
    throw wrongValue(
      'peer-key',
      'key-malformed',
      '',
      'is no public key',
      'the 44 characters that wg pubkey prints',
    );
  const endpoint = valueOf(given, 'endpoint');
  const name =
    valueOf(given, 'peer-name')
      ?.replace(/\p{Cc}+/gu, ' ')
      .trim() ?? '';
  return {
    publicKey: key,
    presharedKey: await readPresharedKey(given),
    name: name === '' ? null : name,
    endpoint: endpoint === undefined ? null : readHostAndPort('endpoint', endpoint),
    allowedIps: readAllowedIps(command, given, addresses),
    keepalive: readKeepalive(given),
  };
}

function readAllowedIps(
  command: Command,
  given: Given,
  addresses: readonly InterfaceAddress[],
): readonly Prefix[] {
  const words = listOf(given, 'allowed-ips');
  if (has(given, 'full')) {
    if (words.length > 0) throw wrongUsage(command, '--full and --allowed-ips say two different things.');
    // Of both families: what this end has no address for must not go outside instead.
    return ['0.0.0.0/0', '::/0'].map((word) => readCidr('full', word));
  }
  if (words.length > 0) return words.map((word) => readCidr('allowed-ips', word));
  const networks = addresses.filter(({ address, length }) => length < addressBits[address.family]);
  if (networks.length === 0)
    throw wrongUsage(command, 'One of --full and --allowed-ips is needed where --address names no network.');
  return networks.map(networkOf);
}

async function readPresharedKey(given: Given): Promise<string | null> {
  const path = valueOf(given, 'preshared-key');
  if (path === undefined) return null;
  if (path === '') return generatePresharedKey();
  const key = (await readGivenFile(path)).toString('latin1').trim();
  if (isKey(key)) return key;
  throw wrongValue(
    'preshared-key',
    'key-malformed',
    path,
    'holds no key',
    'a file with what wg genpsk prints',
  );
}

function readKeepalive(given: Given): number | null {
  const text = valueOf(given, 'keepalive');
  if (text === undefined) return has(given, 'endpoint') ? usualKeepalive : null;
  return text.toLowerCase() === 'off' ? null : readNumber('keepalive', text, 'keepalive-malformed');
}

function readAddress(text: string): InterfaceAddress {
  const address = parseInterfaceAddress(text);
  if (address !== null) return address;
  throw wrongValue('address', 'address-malformed', text, 'is no address', '10.200.200.11/24');
}

function readCidr(option: string, text: string): Prefix {
  const prefix = parsePrefix(text);
  if (prefix !== null) return prefix;
  throw wrongValue(option, 'allowed-ip-malformed', text, 'is no range of addresses', '10.42.0.0/16');
}

function readHostAndPort(option: string, text: string): string {
  const reading = readEndpoint(text);
  if (reading.kind !== 'read')
    throw wrongValue(option, 'endpoint-no-port', text, 'has no port', 'vpn.example.com:51820');
  const endpoint = formatEndpoint(reading.host, reading.port);
  if (endpoint !== null && !endpoint.endsWith(':0')) return endpoint;
  const code = 'port' in reading.port ? 'endpoint-host' : 'port-malformed';
  throw wrongValue(option, code, text, 'is no host with a port', 'vpn.example.com:51820');
}

/** Up to 65535; what the number may be for its purpose, the diagnostics of the whole say. */
function readNumber(option: string, text: string, code: DiagnosticCode): number {
  if (/^[0-9]{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw wrongValue(option, code, text, 'is no number from 0 to 65535', option === 'mtu' ? '1420' : '51820');
}

function readDnsWord(text: string): string {
  if (/^[~A-Za-z0-9._:%-]+$/.test(text)) return text;
  throw wrongValue('dns', 'dns-domain-malformed', text, 'is neither an address nor a domain', '10.43.0.10');
}
