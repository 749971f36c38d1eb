import { addressBits, formatAddress, parseAddress, sameAddress } from '../network/address.ts';
import type { Address } from '../network/address.ts';
import { contains, networkOf, parseInterfaceAddress, parsePrefix } from '../network/prefix.ts';
import type { Prefix } from '../network/prefix.ts';
import type { PeerStatus, TunnelStatus } from '../tunnel/status.ts';

/** The peer that carries an address, and its prefix around it. */
export interface Carrier {
  readonly publicKey: string;
  readonly prefix: Prefix;
}

/** The peer of a tunnel to which packets to an address go: that with the longest prefix around it; null where there is none. */
export function carrierOf(address: Address, peers: readonly PeerStatus[]): Carrier | null {
  let best: Carrier | null = null;
  for (const { publicKey, allowedIps } of peers) {
    for (const prefix of prefixesIn(allowedIps)) {
      if (contains(prefix, address) && (best === null || prefix.length >= best.prefix.length))
        best = { publicKey, prefix };
    }
  }
  return best;
}

/** An address at which a peer's own side can be heard. */
export interface Greeting {
  readonly address: string;
  /** 1 where the address may be somebody's behind the peer, who need not be troubled. */
  readonly hops: number | null;
}

/** In documentation, and on no network (RFC 5737, RFC 3849): a packet there that ends at the peer is of no concern to anybody. */
const nobodys = ['192.0.2.1', '2001:db8::1'].flatMap((text) => parseAddress(text) ?? []);

/** How many addresses of one peer are asked: behind the first that answers, the others tell nothing new. */
const mostGreetings = 3;

/**
 * Whom to ask so that a peer's own side answers: an address that it has for itself; or anybody in a network behind it, with a packet
 * that ends at the peer, who says so.
 */
export function greetingsFor(peer: PeerStatus, { addresses, peers }: TunnelStatus): Greeting[] {
  const own = addresses.flatMap((text) => parseInterfaceAddress(text) ?? []);
  const isOurs = (address: Address): boolean => own.some((other) => sameAddress(other.address, address));
  const isTheirs = (address: Address): boolean =>
    !isOurs(address) && carrierOf(address, peers)?.publicKey === peer.publicKey;
  const greetings = prefixesIn(peer.allowedIps).flatMap((prefix): Greeting[] => {
    if (!own.some(({ address }) => address.family === prefix.family)) return [];
    if (prefix.length === addressBits[prefix.family]) {
      const address = { family: prefix.family, words: prefix.words };
      return isTheirs(address) ? [{ address: formatAddress(address), hops: null }] : [];
    }
    const candidates = [...nobodys.filter((address) => contains(prefix, address)), ...firstOf(prefix, 4)];
    const address = candidates.find(isTheirs);
    return address === undefined ? [] : [{ address: formatAddress(address), hops: 1 }];
  });
  // The peer's own address tells more than a stranger's.
  return greetings.sort((a, b) => (a.hops ?? 0) - (b.hops ?? 0)).slice(0, mostGreetings);
}

/** How many networks of Pods are asked. */
const mostPodNetworks = 4;

/**
 * Where a node's own bridge is, if Pods are behind a tunnel: the first address of each network that its peers carry, but for that around
 * a Service. No more than one: a node says of an address that nobody has that it is not there, and says so once a second only.
 */
export function podAddresses(service: Address, { peers }: TunnelStatus): string[] {
  return prefixesIn(peers.flatMap(({ allowedIps }) => allowedIps))
    .filter(({ family, length }) => length >= 8 && length < addressBits[family] - 2)
    .filter((prefix) => prefix.family === service.family && !contains(prefix, service))
    .slice(0, mostPodNetworks)
    .flatMap((prefix) => firstOf(prefix, 1).map(formatAddress));
}

/** The most addresses of one network that are looked for: those that share all but this many bits with one that is known. */
const searchedBits = 8;

/**
 * The addresses around one that is known, which may have somebody: of its network, at most the 254 nearest, without our own, and
 * only what the same peer carries.
 */
export function addressesAround(
  center: Address,
  network: Prefix,
  status: TunnelStatus,
  publicKey: string,
): string[] {
  const own = status.addresses.flatMap((text) => parseInterfaceAddress(text) ?? []);
  const bits = addressBits[center.family];
  const isWhole = network.family === 4 && network.length < bits - 1;
  const found: string[] = [];
  const last = center.words.length - 1;
  const base = ((center.words[last] ?? 0) & ~((1 << searchedBits) - 1)) >>> 0;
  for (let offset = 0; offset < 1 << searchedBits; offset += 1) {
    const words = center.words.map((word, index) => (index === last ? (base + offset) >>> 0 : word));
    const address: Address = { family: center.family, words };
    if (!contains(network, address) || own.some((other) => sameAddress(other.address, address))) continue;
    // The first address of a network and the last are nobody's.
    if (isWhole && (isEdge(address, network) || offset === 0 || offset === 255)) continue;
    if (carrierOf(address, status.peers)?.publicKey === publicKey) found.push(formatAddress(address));
  }
  return found;
}

/** The networks that a tunnel's interface has addresses of, and those addresses; a single address is no network. */
export function ownNetworks({ addresses }: TunnelStatus): { address: Address; network: Prefix }[] {
  return addresses
    .flatMap((text) => parseInterfaceAddress(text) ?? [])
    .filter(({ address, length }) => length < addressBits[address.family] - 1)
    .map((own) => ({ address: own.address, network: networkOf(own) }));
}

/** The prefixes in some texts of the system. */
export function prefixesIn(texts: readonly string[]): Prefix[] {
  return texts.flatMap((text) => parsePrefix(text) ?? []);
}

function firstOf({ family, words }: Prefix, count: number): Address[] {
  const last = words.length - 1;
  return Array.from({ length: count }, (_, index) => ({
    family,
    words: words.map((word, at) => (at === last ? (word + index + 1) >>> 0 : word)),
  }));
}

function isEdge({ family, words }: Address, network: Prefix): boolean {
  const last = words.length - 1;
  const hostBits = addressBits[family] - network.length;
  if (hostBits >= 32) return false;
  const host = (words[last] ?? 0) & (2 ** hostBits - 1);
  return host >>> 0 === 0 || host >>> 0 === 2 ** hostBits - 1;
}
