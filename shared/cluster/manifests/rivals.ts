import { networkOf, overlaps } from '../../network/prefix.ts';
import type { Prefix } from '../../network/prefix.ts';
import { isObject } from '../objects/fields.ts';
import type { JsonObject } from '../objects/fields.ts';
import { parseCidr } from '../values/cidr.ts';
import { compareBytes } from '../values/order.ts';
import { isHost, isPlace } from './free-address.ts';

/** What the addresses of one Peer of a list meet in the others. */
export interface Rivalry {
  /** Whether a Peer that was written before ours has one of its addresses: of two who take one at a time, the later gives way. */
  readonly isLater: boolean;
  /** What all the others have. */
  readonly taken: readonly Prefix[];
}

/**
 * Whether the Peer of a name has to give its addresses up, in a list that was asked for after it was written.
 *
 * The order is that of `resourceVersion`, which grows with each change of any Peer: whoever has written later has asked for the list
 * after the other's change, and so sees it. By the times of creation, which are seconds, both could take themselves for the first.
 *
 * @see kubernetes KEP-5504; etcd's revision
 */
export function rivalryOf(items: readonly unknown[], name: string): Rivalry {
  const peers = items.flatMap(writtenPeer);
  const own = peers.find((peer) => peer.name === name);
  const others = peers.filter((peer) => peer !== own);
  const before = others.filter(
    (other) => own !== undefined && compareVersions(other.version, own.version) < 0,
  );
  const addresses = own?.places.filter(isHost) ?? [];
  const isLater = before.some(({ places }) =>
    places.some((place) => addresses.some((address) => overlaps(place, address))),
  );
  return { isLater, taken: others.flatMap(({ places }) => places) };
}

/** A Peer of a list, as far as its addresses go: those that Kilo passes over have some too. */
interface WrittenPeer {
  readonly name: string;
  readonly version: string;
  readonly places: readonly Prefix[];
}

function writtenPeer(item: unknown): WrittenPeer[] {
  const { metadata, spec } = isObject(item) ? item : ({} as JsonObject);
  const { name, resourceVersion } = isObject(metadata) ? metadata : ({} as JsonObject);
  if (typeof name !== 'string') return [];
  const listed = isObject(spec) ? spec['allowedIPs'] : [];
  const texts = Array.isArray(listed) ? listed.filter((text) => typeof text === 'string') : [];
  const places = texts.flatMap((text) => {
    const cidr = parseCidr(text);
    return cidr === null ? [] : networkOf(cidr);
  });
  const version = typeof resourceVersion === 'string' ? resourceVersion : '';
  return [{ name, version, places: places.filter(isPlace) }];
}

/** Versions are whole numbers without leading zeros, too long for a number. */
function compareVersions(a: string, b: string): number {
  return a.length - b.length || compareBytes(a, b);
}
