import { FaultError } from '../../fault.ts';
import { contains, formatPrefix, hostPrefix, overlaps, parsePrefix } from '../../network/prefix.ts';
import type { Prefix } from '../../network/prefix.ts';
import { addressBits, formatAddress, wordAt } from '../../network/address.ts';
import type { Address, Family } from '../../network/address.ts';
import type { Cluster } from '../cluster.ts';

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

/** Networks of IPv6 that are tried: unique local ones (RFC 4193) that look like those of IPv4. */
const local = numbersFrom(200, 254).map((group) => `fd00:10:200:${group}::/64`);

/** The families that a tunnel to a cluster has to have: those of Pods and Services. */
export function familiesOf({ nodes, serviceCidrs }: Cluster): Family[] {
  const found = new Set([
    ...nodes.flatMap(({ podCidrs }) => podCidrs.map(({ family }) => family)),
    ...serviceCidrs.map(({ cidr }) => cidr.family),
  ]);
  return found.size === 0 ? [4] : ([4, 6] as const).filter((family) => found.has(family));
}

/**
 * A network for the tunnel's own addresses, apart from those of Pods, Services, nodes, and of Kilo. Half of it is for nodes, of which
 * it takes twice as many as there are.
 *
 * @param given by the person; has to be free as well
 * @throws FaultError `tunnel-network-invalid`, `tunnel-network-collides`, `tunnel-network-full`
 */
export function tunnelNetworkFor(cluster: Cluster, family: Family, given: Prefix | null): Prefix {
  const taken = rangesOf(cluster);
  const count = cluster.nodes.length;
  if (given !== null) {
    checkGiven(given, count);
    const other = taken.find(({ prefix }) => overlaps(prefix, given));
    if (other === undefined) return given;
    throw collides(formatPrefix(given), other);
  }
  const free = candidatesFor(family, count).find(
    (network) => nodePlaces(network) >= count && !taken.some(({ prefix }) => overlaps(prefix, network)),
  );
  if (free !== undefined) return free;
  throw new FaultError({
    code: 'tunnel-network-full',
    message: `None of the networks that are tried is free and takes ${count} nodes.`,
    hint: `Say one that is free: --tunnel-network ${family === 4 ? '10.128.0.0/12' : 'fd00:20::/64'}.`,
  });
}

function candidatesFor(family: Family, count: number): Prefix[] {
  const [first = ''] = small;
  const isSmall = nodePlaces(parsed(first)) >= 2 * count;
  return (family === 6 ? local : isSmall ? small : large).map(parsed);
}

/**
 * The tunnel's address of every node. It follows from the node's name alone unless two names want the same.
 *
 * @param known addresses that nodes have already, there at the moment or not: they stay
 * @throws FaultError `tunnel-network-full`
 */
export function nodeAddresses(
  names: readonly string[],
  network: Prefix,
  known: ReadonlyMap<string, readonly Address[]>,
): ReadonlyMap<string, Address> {
  const places = nodePlaces(network);
  if (names.length > places) throw full(network, names.length);
  const present = new Set(names);
  const kept = [...known].flatMap(([name, addresses]) => {
    const address = addresses.find((one) => contains(network, one));
    return address === undefined ? [] : [{ name, address }];
  });
  const others = kept.filter(({ name }) => !present.has(name));
  // Those of nodes that are gone are given to others where the network is full.
  const hasRoom = names.length + others.length <= places;
  const found = new Map(
    kept.filter(({ name }) => present.has(name)).map(({ name, address }) => [name, address]),
  );
  const taken = new Set(
    [...found.values(), ...(hasRoom ? others : []).map(({ address }) => address)].map(formatAddress),
  );
  for (const name of names) {
    if (found.has(name)) continue;
    let place = hash(name) % places;
    let address = addressAt(network, place + 1);
    while (taken.has(formatAddress(address))) {
      place = (place + 1) % places;
      address = addressAt(network, place + 1);
    }
    taken.add(formatAddress(address));
    found.set(name, address);
  }
  return found;
}

/** An address for a laptop, in the half that is no node's. It follows from the laptop's public key, so two laptops hardly want the same. */
export function laptopAddress(publicKey: string, network: Prefix): Address {
  const places = nodePlaces(network);
  // The last of the network is its broadcast address.
  return addressAt(network, places + 1 + (hash(publicKey) % places));
}

/** The most places of which a number of 32 bits tells, for nodes and laptops each. */
const mostPlaces = 2 ** 31 - 1;

/** How many nodes a network takes: half of its addresses without the first. */
function nodePlaces({ family, length }: Prefix): number {
  return Math.min(2 ** (addressBits[family] - length - 1) - 1, mostPlaces);
}

function parsed(text: string): Prefix {
  const prefix = parsePrefix(text);
  if (prefix === null) throw new RangeError(text);
  return prefix;
}

/** The shortest and the longest networks that are taken. */
const lengths = { 4: { least: 8, most: 29 }, 6: { least: 16, most: 125 } } as const;

function checkGiven(given: Prefix, count: number): void {
  const { least, most } = lengths[given.family];
  if (given.length < least || given.length > most) {
    throw new FaultError({
      code: 'tunnel-network-invalid',
      message: `${formatPrefix(given)} cannot be the network of a second mesh.`,
      hint: `Its length is one from ${least} to ${most}, as of ${given.family === 4 ? '10.200.200.0/24' : 'fd00:10:200:200::/64'}.`,
    });
  }
  if (count > nodePlaces(given)) throw full(given, count);
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
  for (const { name, podCidrs, addresses } of nodes) {
    for (const prefix of podCidrs) ranges.push({ prefix, owner: `Pods of ${name}` });
    for (const address of addresses) ranges.push({ prefix: hostPrefix(address), owner: `the node ${name}` });
  }
  for (const { name, allowedIps } of kilo?.peers.peers ?? [])
    for (const { address, length } of allowedIps)
      ranges.push({ prefix: { ...address, length }, owner: `the Peer ${name}` });
  return ranges.filter(({ prefix }) => prefix.length > 0);
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
    message: `${formatPrefix(network)} has addresses for ${nodePlaces(network)} nodes, and there are ${count}.`,
    hint: 'Choose a larger one with --tunnel-network; then run the scripts on the nodes again.',
  });
}

function addressAt({ family, words }: Prefix, place: number): Address {
  const last = words.length - 1;
  return { family, words: [...words.slice(0, last), (wordAt(words, last) + place) >>> 0] };
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
