import { overlaps } from '../../network/prefix.ts';
import type { InterfaceAddress, Prefix } from '../../network/prefix.ts';
import { PrefixSet } from '../../network/prefix-set.ts';
import type { Tunnel } from '../../tunnel/tunnel.ts';

/** What a profile leads to. */
export interface ProfileRanges {
  readonly name: string;
  /** Of its interface. */
  readonly addresses: readonly InterfaceAddress[];
  readonly peers: readonly PeerRanges[];
  /** What stays out of it, by its settings. */
  readonly exclude: readonly Prefix[];
  /** The networks of Services among its ranges; none where nobody knows. */
  readonly serviceCidrs: readonly Prefix[];
}

/** What goes to a peer. */
export interface PeerRanges {
  /** The peer's name, or its public key. */
  readonly name: string;
  /** Without what stays out. */
  readonly ranges: readonly Prefix[];
}

/** What a tunnel leads to. @param serviceCidrs which of that is for Services */
export function rangesOf(
  { name, addresses, peers, exclude }: Tunnel,
  serviceCidrs: readonly Prefix[] = [],
): ProfileRanges {
  return {
    name,
    addresses,
    peers: peers.map((peer) => ({
      name: peer.name ?? peer.publicKey,
      ranges: without(peer.allowedIps, exclude),
    })),
    exclude,
    serviceCidrs,
  };
}

/** Ranges stay as they are written unless something of them is left out. */
function without(ranges: readonly Prefix[], left: readonly Prefix[]): readonly Prefix[] {
  if (left.length === 0) return ranges;
  return ranges.flatMap((range) => {
    const holes = left.filter((prefix) => overlaps(prefix, range));
    return holes.length === 0 ? [range] : PrefixSet.of([range]).without(PrefixSet.of(holes)).prefixes();
  });
}
