import type { Fault } from '../fault.ts';
import type { PeerStatus, TunnelStatus } from '../tunnel/status.ts';
import type { ClusterFacts } from './cluster-facts.ts';
import type { Destination, Probe } from './probe.ts';

/** All that was found out, before anybody has judged it. */
export interface Facts {
  /** What was asked about; its host is an address by now. Null where nothing in particular was. */
  readonly destination: Destination | null;
  /** Why the helper cannot be asked; null where it was. */
  readonly helper: Fault | null;
  /** Where a packet to the destination goes; null where nothing was asked about or nobody could say. */
  readonly route: RouteFacts | null;
  readonly tunnels: readonly TunnelFacts[];
  readonly clock: ClockFacts;
}

/** Where a packet of this machine's goes, as `adit explain` has it. */
export interface RouteFacts {
  /** The profile's name of the tunnel that carries it. */
  readonly tunnel: string | null;
  readonly peer: string | null;
  readonly interface: string | null;
  readonly gateway: string | null;
  readonly verdict: string;
}

/** Times are milliseconds since 1970. */
export interface ClockFacts {
  readonly now: number;
  /** When this program was put on this machine, by the clock it had then. */
  readonly installed: number;
}

/** What was found out about one tunnel. */
export interface TunnelFacts {
  readonly name: string;
  /** Null where it is not up. */
  readonly status: TunnelStatus | null;
  /** Why its profile is no tunnel; null where it is one, or where the profile is gone. */
  readonly problem: { readonly message: string; readonly hint: string } | null;
  /** The peers that were looked into. */
  readonly peers: readonly PeerFacts[];
  /** The way to the destination, where that goes through this tunnel. */
  readonly way: WayFacts | null;
  readonly mtu: MtuFacts;
  readonly nameServers: readonly Probe[];
  /** What the cluster behind it says, or why it could not be read; null where nobody has named one. */
  readonly cluster: ClusterFacts | { readonly unread: Fault } | null;
}

/** What was found out about one peer. */
export interface PeerFacts {
  /** As it was after there had been time for a handshake. */
  readonly status: PeerStatus;
  /** The host of its endpoint as the profile writes it; null where it has none, or where the profile is gone. */
  readonly endpointName: string | null;
  /** Whether the profile has a preshared key for it; null where the profile is gone. */
  readonly hasPresharedKey: boolean | null;
  /** How its endpoint is reached outside the tunnel; null where it has none. */
  readonly outside: OutsideFacts | null;
  /** What its own side of the tunnel was asked, once there was a session. */
  readonly inside: readonly Probe[];
  /** An address of its side to which this machine lets no packet go, and why; null where there is none, or somebody answered. */
  readonly refused: { readonly address: string; readonly verdict: string } | null;
}

/** The way to an endpoint. */
export interface OutsideFacts {
  readonly address: string;
  readonly port: number;
  /** The interface that carries the tunnel's own packets there; null where no route leads there. */
  readonly interface: string | null;
  /** The address that they leave with. */
  readonly source: string | null;
  /** The tunnel or VPN whose interface that is; null where it is none. */
  readonly through: { readonly interface: string; readonly name: string } | null;
  /** The tunnel that everybody else's packets to it go into; null where they take the same way. */
  readonly insideOf: string | null;
  /** What the endpoint was asked, where there was no session, or nobody inside answered. */
  readonly probes: readonly Probe[];
  /** Whether its answer to a handshake can be read without a preshared key. */
  readonly opensWithout: boolean;
}

/** The way to an address that somebody asked about. */
export interface WayFacts {
  readonly destination: Destination;
  /** Public key of the peer that carries it. */
  readonly peer: string;
  /** The peer's prefix around it. */
  readonly prefix: string;
  /** What the address itself was asked, as far as packets go. */
  readonly probes: readonly Probe[];
  /** Packets to it that were to end on the way, by the number of their hops. */
  readonly hops: readonly Probe[];
  /** Who else was looked for, and found. Empty where the address answers. */
  readonly members: readonly Neighbour[];
  readonly neighbours: readonly Neighbour[];
  /** The questions by which they were found. */
  readonly searches: readonly Probe[];
  /** Of a Service that does not answer: what the networks of Pods behind the tunnel were asked. */
  readonly pods: readonly Probe[];
}

/** Somebody who was found. */
export interface Neighbour {
  readonly address: string;
  /** How many hops away; null where that could not be told. 1 is the peer itself. */
  readonly distance: number | null;
}

/** How large a packet may be. */
export interface MtuFacts {
  /** Through the tunnel; null where nobody there answers small pings. */
  readonly inside: PathLimit | null;
  /** To the endpoint, outside; null where it was not asked, or does not answer small pings. */
  readonly outside: PathLimit | null;
}

/** The largest packet, with its IP header, that was answered on a path, in bytes. */
export interface PathLimit {
  readonly address: string;
  /** The largest that was tried: the MTU of the interface. */
  readonly tried: number;
  /** Null where even the smallest that was tried, though larger than an ordinary ping, was lost. */
  readonly largest: number | null;
  readonly probes: readonly Probe[];
}
