import { addressBits } from '../../network/address.ts';
import type { Address, Family } from '../../network/address.ts';
import { hostPrefix, networkOf, wordMask } from '../../network/prefix.ts';
import type { Prefix } from '../../network/prefix.ts';
import { PrefixSet } from '../../network/prefix-set.ts';
import type { Cluster } from '../cluster.ts';
import type { KiloNode } from '../kilo/node.ts';
import { meshSubnet } from '../kilo/subnet.ts';
import { parseIp } from '../values/cidr.ts';
import { addressOf } from '../values/endpoint.ts';

/** Where the addresses of Peers come from unless somebody says otherwise: 10.5.0.0/16, which Kilo's own examples use, and fd00:10:5::/64. */
export const usualPools: Readonly<Record<Family, Prefix>> = {
  4: { family: 4, words: [0x0a050000], length: 16 },
  6: { family: 6, words: [0xfd000010, 0x00050000, 0, 0], length: 64 },
};

/** A pool for each family in which the cluster's Pods have addresses: who has none of a family does not reach its Pods. */
export function poolsFor({ nodes }: Cluster): Prefix[] {
  const families = new Set(nodes.flatMap(({ podCidrs }) => podCidrs.map(({ family }) => family)));
  if (families.size === 0) families.add(4);
  return ([4, 6] as const).filter((family) => families.has(family)).map((family) => usualPools[family]);
}

/**
 * The first address of a pool that nobody has, in a time that does not grow with the pool.
 *
 * @param taken in any order, overlapping or not
 * @returns null where none is left
 */
export function freeAddress(pool: Prefix, taken: readonly Prefix[]): Address | null {
  const [first] = PrefixSet.of([pool])
    .without(PrefixSet.of([...endsOf(pool), ...taken]))
    .prefixes();
  return first === undefined ? null : { family: first.family, words: first.words };
}

/**
 * An address of a pool that is likely free, where nobody can be asked: the same for the same bytes.
 *
 * @param bytes by chance, at least 16: those of a public key
 */
export function likelyAddress(pool: Prefix, bytes: Uint8Array): Address {
  const words = pool.words.map((word, index) => {
    const chance = new DataView(bytes.buffer, bytes.byteOffset).getUint32(index * 4);
    return (word | (chance & ~wordMask(pool.length - index * 32))) >>> 0;
  });
  const address: Address = { family: pool.family, words };
  // Neither the network's own address nor that of everybody in it.
  return freeAddress(hostPrefix(address), endsOf(pool)) ?? freeAddress(pool, []) ?? address;
}

/** Every address and network of a cluster that a new Peer has to stay out of. */
export function takenIn({ nodes, kilo, serviceCidrs }: Cluster): Prefix[] {
  const peers = kilo === null ? [] : [...kilo.peers.peers, ...kilo.peers.refused];
  const ofNodes = nodes.flatMap(({ podCidrs, internalIp, externalIp }) => [
    ...podCidrs,
    ...[internalIp, externalIp].flatMap((text) => hostOf(parseIp(text ?? ''))),
  ]);
  return [
    ...ofNodes,
    ...serviceCidrs.map(({ cidr }) => cidr),
    ...(kilo === null ? [] : [meshSubnet(kilo.nodes), ...kilo.nodes.flatMap(ofKiloNode)]),
    ...peers.flatMap(({ allowedIps }) => allowedIps.map(networkOf)).filter(isPlace),
  ];
}

/** Where a node is, and what is near it. */
function ofKiloNode({ endpoint, internalIp, wireguardIp, allowedLocationIps }: KiloNode): Prefix[] {
  return [
    ...hostOf(endpoint === null ? null : addressOf(endpoint)),
    ...hostOf(internalIp?.address ?? null),
    ...hostOf(wireguardIp?.address ?? null),
    ...allowedLocationIps.map(networkOf).filter(isPlace),
  ];
}

function hostOf(address: Address | null): Prefix[] {
  return address === null ? [] : [hostPrefix(address)];
}

/** The first address of a network means the network, and the last of an IPv4 one everybody in it. */
function endsOf({ family, words, length }: Prefix): Prefix[] {
  const bits = addressBits[family];
  if (bits - length < 2) return [];
  const last = words.map((word, index) => (word | ~wordMask(length - index * 32)) >>> 0);
  const ends = family === 4 ? [words, last] : [words];
  return ends.map((end) => ({ family, words: end, length: bits }));
}

/** A way to everywhere, or its halves, takes no address of its own. */
export function isPlace({ length }: Prefix): boolean {
  return length > 1;
}

/** Whether it is one address, and no network. */
export function isHost({ family, length }: Prefix): boolean {
  return length === addressBits[family];
}
