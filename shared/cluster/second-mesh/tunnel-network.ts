import { FaultError } from '../../fault.ts';
import { hostPrefix, formatPrefix, overlaps, parsePrefix } from '../../network/prefix.ts';
import type { Prefix } from '../../network/prefix.ts';
import { wordAt } from '../../network/address.ts';
import type { Address } from '../../network/address.ts';
import type { Cluster } from '../cluster.ts';
import { parseIp } from '../values/cidr.ts';

/** Networks of private addresses (RFC 1918) that are tried, the usual one first. */
const small = [
  ...numbersFrom(200, 254).map((third) => `10.200.${third}.0/24`),
  ...numbersFrom(200, 254).map((third) => `172.29.${third}.0/24`),
  ...numbersFrom(200, 254).map((third) => `192.168.${third}.0/24`),
];

/** The same for a cluster of more nodes than a small one takes. */
const large = [
  ...numbersFrom(200, 254).map((second) => `10.${second}.0.0/16`),
  ...numbersFrom(16, 31).map((second) => `172.${second}.0.0/16`),
];

/**
 * A network for the tunnel's own addresses, apart from those of Pods, Services, nodes, and of Kilo. Half of it is for nodes, of which
 * it takes twice as many as there are.
 *
 * @param given by the person; has to be free as well
 * @throws FaultError `tunnel-network-invalid`, `tunnel-network-collides`, `tunnel-network-full`
 */
export function tunnelNetworkFor(cluster: Cluster, given: Prefix | null): Prefix {
  const taken = rangesOf(cluster);
  const count = cluster.nodes.length;
  if (given !== null) {
    checkGiven(given, count);
    const other = taken.find(({ prefix }) => overlaps(prefix, given));
    if (other === undefined) return given;
    throw collides(formatPrefix(given), other);
  }
  const candidates = (nodePlaces(24) >= 2 * count ? small : large).flatMap((text) => parsePrefix(text) ?? []);
  const free = candidates.find(
    (network) =>
      nodePlaces(network.length) >= count && !taken.some(({ prefix }) => overlaps(prefix, network)),
  );
  if (free !== undefined) return free;
  throw new FaultError({
    code: 'tunnel-network-full',
    message: `None of the networks that are tried is free and takes ${count} nodes.`,
    hint: 'Say one that is free: --tunnel-network 10.128.0.0/12.',
  });
}

/**
 * The tunnel's address of every node. It follows from the node's name alone unless two names want the same, so that it stays when
 * nodes come and go, and is the same for every laptop.
 *
 * @throws FaultError `tunnel-network-full`
 */
export function nodeAddresses(names: readonly string[], network: Prefix): ReadonlyMap<string, Address> {
  const places = nodePlaces(network.length);
  if (names.length > places) throw full(network, names.length);
  const taken = new Set<number>();
  return new Map(
    names.map((name) => {
      let place = hash(name) % places;
      while (taken.has(place)) place = (place + 1) % places;
      taken.add(place);
      return [name, addressAt(network, place + 1)];
    }),
  );
}

/** An address for a laptop, in the half that is no node's. It follows from the laptop's public key, so two laptops hardly want the same. */
export function laptopAddress(publicKey: string, network: Prefix): Address {
  const places = nodePlaces(network.length);
  // The last of the network is its broadcast address.
  return addressAt(network, places + 1 + (hash(publicKey) % places));
}

/** How many nodes a network takes: half of its addresses without the first. */
function nodePlaces(length: number): number {
  return 2 ** (31 - length) - 1;
}

function checkGiven(given: Prefix, count: number): void {
  if (given.family !== 4 || given.length < 8 || given.length > 29) {
    throw new FaultError({
      code: 'tunnel-network-invalid',
      message: `${formatPrefix(given)} cannot be the network of a second mesh.`,
      hint: 'It is one of IPv4 with a length from 8 to 29, such as 10.200.200.0/24.',
    });
  }
  if (count > nodePlaces(given.length)) throw full(given, count);
}

/** A range of the cluster, and whose it is. */
interface Range {
  readonly prefix: Prefix;
  readonly owner: string;
}

function rangesOf({ nodes, serviceCidrs, kilo }: Cluster): Range[] {
  const mesh = kilo?.reading.kind === 'mesh' ? kilo.reading.mesh : null;
  const ranges: Range[] = [
    ...serviceCidrs.map(({ cidr }) => ({ prefix: cidr, owner: 'Services' })),
    ...(mesh === null ? [] : [{ prefix: mesh.subnet, owner: 'Kilo’s network' }]),
  ];
  for (const { name, podCidrs, internalIp, externalIp } of nodes) {
    for (const prefix of podCidrs) ranges.push({ prefix, owner: `Pods of ${name}` });
    for (const text of [internalIp, externalIp]) {
      const address = parseIp(text ?? '');
      if (address !== null) ranges.push({ prefix: hostPrefix(address), owner: `the node ${name}` });
    }
  }
  for (const { name, allowedIps } of kilo?.peers.peers ?? [])
    for (const { address, length } of allowedIps)
      ranges.push({ prefix: { ...address, length }, owner: `the Peer ${name}` });
  return ranges.filter(({ prefix }) => prefix.family === 4 && prefix.length > 0);
}

function collides(network: string, { prefix, owner }: Range): FaultError {
  return new FaultError({
    code: 'tunnel-network-collides',
    message: `${network} overlaps ${formatPrefix(prefix)}, which is of ${owner}.`,
    hint: 'Choose another with --tunnel-network, or leave it out: one that is free is taken.',
  });
}

function full(network: Prefix, count: number): FaultError {
  return new FaultError({
    code: 'tunnel-network-full',
    message: `${formatPrefix(network)} has addresses for ${nodePlaces(network.length)} nodes, and there are ${count}.`,
    hint: 'Choose a larger one with --tunnel-network; then run the scripts on the nodes again.',
  });
}

function addressAt({ words }: Prefix, place: number): Address {
  return { family: 4, words: [(wordAt(words, 0) + place) >>> 0] };
}

/** FNV-1a with 32 bits. @see www.rfc-editor.org/rfc/rfc9923 */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  return value >>> 0;
}

function numbersFrom(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
