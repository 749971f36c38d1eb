import { hostPrefix, networkOf } from '../../network/prefix.ts';
import { formatInterfaceAddress } from '../../network/prefix.ts';
import type { InterfaceAddress, Prefix } from '../../network/prefix.ts';
import { createPrefixTable } from '../../network/prefix-table.ts';
import type { Address } from '../../network/address.ts';
import type { KiloPeer } from '../objects/kilo-peer.ts';
import { compareBytes } from '../values/order.ts';
import type { NodeGroup } from './groups.ts';
import { OverlapIndex } from './overlap-index.ts';

/**
 * Why a network near a location is not reached through it.
 *
 * - `other-location`: another location has one that overlaps
 * - `mesh`: it lies in what a location carries anyway
 * - `peer`: a Peer has one that overlaps
 */
export type DropReason = 'other-location' | 'mesh' | 'peer';

/** A network near a location that Kilo leaves out. */
export interface DroppedLocationIp {
  readonly group: NodeGroup;
  readonly cidr: InterfaceAddress;
  readonly reason: DropReason;
}

/** The networks near each group that are reached through it, and those that are not. */
export interface LocationIps {
  /** In the order of the groups. */
  readonly kept: readonly (readonly InterfaceAddress[])[];
  readonly dropped: readonly DroppedLocationIp[];
}

/**
 * Sorts out the networks near locations, group by group. Lists of earlier groups are held against as they were left, those of later
 * groups as they stand, so of two that overlap the later group's stays; and of the groups' addresses only those up to the group's own
 * are known by then.
 *
 * @param addresses of the groups, in their order
 * @see kilo pkg/mesh/topology.go filterAllowedLocationIPs
 */
export function sortLocationIps(
  groups: readonly NodeGroup[],
  addresses: readonly Address[],
  peers: readonly KiloPeer[],
): LocationIps {
  const lists = groups.map(listOf);
  // Most clusters have none, and all that follows is for them.
  if (lists.every((list) => list.length === 0)) return { kept: lists, dropped: [] };
  const peerPrefixes = peers.flatMap(({ allowedIps }) => allowedIps.map(networkOf));
  const lengths = [...lists.flat(), ...peerPrefixes].map(({ length }) => length);
  const near = new OverlapIndex<number>(lengths);
  const ofPeers = new OverlapIndex<'peer' | null>(lengths);
  const carried = createPrefixTable<true>();
  for (const [index, list] of lists.entries()) for (const cidr of list) near.add(networkOf(cidr), index);
  for (const prefix of peerPrefixes) ofPeers.add(prefix, 'peer');
  for (const group of groups) for (const prefix of carriedBy(group)) carried.give(prefix, true);
  const dropped: DroppedLocationIp[] = [];
  const kept = groups.map((group, index) => {
    const address = addresses[index];
    if (address !== undefined) carried.give(hostPrefix(address), true);
    const reasonFor = (cidr: InterfaceAddress): DropReason | null => {
      if (near.overlapsOthers(networkOf(cidr), index)) return 'other-location';
      if (carried.longestFor(cidr.address) !== null) return 'mesh';
      return ofPeers.overlapsOthers(networkOf(cidr), null) ? 'peer' : null;
    };
    // A list is held against the others' as a whole before it is cut down.
    const judged = (lists[index] ?? []).map((cidr) => ({ cidr, reason: reasonFor(cidr) }));
    for (const { cidr, reason } of judged) {
      if (reason === null) continue;
      near.remove(networkOf(cidr), index);
      dropped.push({ group, cidr, reason });
    }
    return judged.filter(({ reason }) => reason === null).map(({ cidr }) => cidr);
  });
  return { kept, dropped };
}

/** The networks that a group's nodes name, each spelling once, in the order of their spellings. */
function listOf({ nodes }: NodeGroup): InterfaceAddress[] {
  if (nodes.every(({ allowedLocationIps }) => allowedLocationIps.length === 0)) return [];
  const texts = new Map<string, InterfaceAddress>();
  for (const node of nodes)
    for (const cidr of node.allowedLocationIps) texts.set(formatInterfaceAddress(cidr), cidr);
  return [...texts].sort(([a], [b]) => compareBytes(a, b)).map(([, cidr]) => cidr);
}

/** What a group carries whatever its address is. */
function carriedBy({ nodes }: NodeGroup): Prefix[] {
  return nodes.flatMap(({ podCidr, internalIp }) => [
    podCidr,
    ...(internalIp === null ? [] : [hostPrefix(internalIp.address)]),
  ]);
}
