import { hostname, userInfo } from 'node:os';
import { isKey, zeroKey } from '../../shared/config/index.ts';
import { addressProblem } from '../../shared/cluster/manifests/address-problem.ts';
import { isHost } from '../../shared/cluster/manifests/free-address.ts';
import { peerNameFor } from '../../shared/cluster/manifests/peer-name.ts';
import { usualKeepalive } from '../../shared/cluster/manifests/peer.ts';
import { isDnsSubdomain, parseMeshEndpoint } from '../../shared/cluster/values/endpoint.ts';
import type { MeshEndpoint } from '../../shared/cluster/values/endpoint.ts';
import type { Address } from '../../shared/network/address.ts';
import { hostPrefix, networkOf, parseInterfaceAddress, parsePrefix } from '../../shared/network/prefix.ts';
import type { Prefix } from '../../shared/network/prefix.ts';
import type { KeyText } from '../../shared/tunnel/status.ts';
import type { PeerWish } from '../backend/cluster/peers/wish.ts';
import { ProfileStore } from '../backend/profiles/store.ts';
import { listOf, valueOf } from './command.ts';
import type { Given, Option } from './command.ts';
import { wrongValue } from './wrong-value.ts';

/** What a command line says of this laptop's Peer. */
export const peerOptions: Readonly<Record<string, Option>> = {
  name: {
    kind: 'value',
    placeholder: 'NAME',
    summary: 'What the Peer is called (default: made of your name and this machine’s)',
  },
  address: {
    kind: 'value',
    placeholder: 'ADDRESS',
    repeats: true,
    summary: 'Its address in the tunnel (default: the first that is free)',
  },
  pool: {
    kind: 'value',
    placeholder: 'CIDR',
    repeats: true,
    summary: 'Where a free address is looked for (default: 10.5.0.0/16; fd00:10:5::/64 where Pods have IPv6)',
  },
  endpoint: {
    kind: 'value',
    placeholder: 'HOST:PORT',
    summary: 'Where the nodes dial it (default: nowhere, it dials them)',
  },
  keepalive: {
    kind: 'value',
    placeholder: 'SECONDS',
    summary: `Seconds between its keepalives, 0 for none (default: ${usualKeepalive})`,
  },
};

/**
 * The Peer that a command line wants.
 *
 * @throws FaultError `object-name-invalid`, `peer-address-invalid`, `address-malformed`, `allowed-ip-malformed`, `endpoint-host`,
 *   `keepalive-malformed`
 */
export async function readPeerWish(given: Given, home: string): Promise<PeerWish> {
  const name = valueOf(given, 'name') ?? null;
  if (name !== null) requireObjectName('name', name);
  const endpoint = valueOf(given, 'endpoint');
  const keepalive = valueOf(given, 'keepalive');
  return {
    name,
    usualName: usualName(),
    addresses: listOf(given, 'address').map((word) => readHost('address', word)),
    pools: listOf(given, 'pool').map((word) => readNetwork('pool', word)),
    avoid: await ownAddresses(home),
    endpoint: endpoint === undefined ? null : readMeshEndpoint('endpoint', endpoint),
    keepalive: keepalive === undefined ? null : readKeepalive('keepalive', keepalive),
  };
}

/** The name of an object of Kubernetes. @throws FaultError `object-name-invalid` */
export function requireObjectName(option: string, text: string): string {
  if (isDnsSubdomain(text)) return text;
  const problem = 'is no name that Kubernetes takes: small letters, digits, dashes and dots';
  throw wrongValue(option, 'object-name-invalid', text, problem, 'alice-laptop');
}

/** An address of one host, with its length or without. @throws FaultError `address-malformed`, `peer-address-invalid` */
export function readHost(option: string, text: string): Address {
  const read = parseInterfaceAddress(text);
  if (read === null || !isHost(networkOf(read)))
    throw wrongValue(option, 'address-malformed', text, 'is no address of one host', '10.5.0.7');
  const problem = addressProblem(read.address);
  if (problem !== null) throw wrongValue(option, 'peer-address-invalid', text, problem, '10.5.0.7');
  return read.address;
}

/** @throws FaultError `allowed-ip-malformed` */
export function readNetwork(option: string, text: string): Prefix {
  const prefix = parsePrefix(text);
  if (prefix !== null && prefix.length > 0) return prefix;
  throw wrongValue(option, 'allowed-ip-malformed', text, 'is no range of addresses', '10.6.0.0/16');
}

/** @throws FaultError `endpoint-host` */
export function readMeshEndpoint(option: string, text: string): MeshEndpoint {
  const endpoint = parseMeshEndpoint(text);
  if (endpoint !== null) return endpoint;
  const problem = 'is no host in small letters with a port';
  throw wrongValue(option, 'endpoint-host', text, problem, 'vpn.example.com:51820');
}

/** Seconds. @throws FaultError `keepalive-malformed` */
export function readKeepalive(option: string, text: string): number {
  if (/^[0-9]{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw wrongValue(option, 'keepalive-malformed', text, 'is no number from 0 to 65535', '25');
}

/** @throws FaultError `key-malformed` */
export function readPublicKey(option: string, text: string): KeyText {
  if (isKey(text) && text !== zeroKey) return text;
  throw wrongValue(
    option,
    'key-malformed',
    '',
    'is no public key',
    'the 44 characters that wg pubkey prints',
  );
}

/** What this laptop's Peers are called. */
export function usualName(): string {
  return peerNameFor(userName(), hostname());
}

/** Two clusters must not give this laptop one address. */
async function ownAddresses(home: string): Promise<Prefix[]> {
  const profiles = await new ProfileStore(home).all();
  return profiles.flatMap((profile) =>
    profile.summary().addresses.flatMap((text) => {
      const own = parseInterfaceAddress(text);
      return own === null ? [] : hostPrefix(own.address);
    }),
  );
}

/** Empty for a user who has none, as in a container. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return '';
  }
}
