/** What a person wants to know of: an address, and maybe a port there. */
export interface Destination {
  /** An address, or a DNS name until it has been looked up. */
  readonly host: string;
  /** 1..65535; null leaves it open. */
  readonly port: number | null;
}

/**
 * Who is asked.
 *
 * - `endpoint`: the host of a peer's endpoint, outside the tunnel
 * - `peer`: the peer's own side of the tunnel
 * - `member`: another address of the tunnel's own network
 * - `address`: the address that the person named
 * - `neighbour`: another address of the network which that lies in
 * - `name-server`: one that the profile names
 * - `pod`: the first address of a network behind the tunnel that has no Services, where a node’s own bridge to its Pods is
 */
export type ProbeTarget = 'endpoint' | 'peer' | 'member' | 'address' | 'neighbour' | 'name-server' | 'pod';

/**
 * What came of it.
 *
 * - `answered`: by the one who was asked
 * - `refused`: the one who was asked is there, and nothing listens on that port
 * - `expired`: the packet was let go as few hops as it was to go, and the host where it ended said so
 * - `no-route`, `no-host`: a host on the way knows no route, or does not find the one who was asked
 * - `forbidden`: a host on the way, or this one, does not let it pass, and says so
 * - `too-large`: a link on the way does not take so many bytes, and somebody said so
 * - `undecipherable`: the peer took up a handshake, and its answer does not fit our keys
 * - `silent`: nothing came back
 * - `impossible`: it could not be asked
 */
export type ProbeOutcome =
  | 'answered'
  | 'refused'
  | 'expired'
  | 'no-route'
  | 'no-host'
  | 'forbidden'
  | 'too-large'
  | 'undecipherable'
  | 'silent'
  | 'impossible';

/** How somebody is asked. A `handshake` is WireGuard's own first message. */
export type ProbeMethod = 'ping' | 'tcp' | 'udp' | 'dns' | 'handshake';

/** One question to the network and what came of it. */
export interface Probe {
  readonly target: ProbeTarget;
  readonly address: string;
  readonly method: ProbeMethod;
  readonly port: number | null;
  /** After how many hops the packet was to end; null lets it go as far as it may. */
  readonly hops: number | null;
  /** Of the whole packet with its IP header, not to be cut up; null is a small one. */
  readonly bytes: number | null;
  readonly outcome: ProbeOutcome;
  /** Who said so, where that was somebody else or nobody is known to have been asked in vain. */
  readonly by: string | null;
  /** Until the answer; null where there was none. */
  readonly milliseconds: number | null;
  /** More about it, for people: why something was impossible, who of many answered. */
  readonly detail: string | null;
}

/** Whether the one who was asked is there for certain. */
export function isAlive({ outcome }: Probe): boolean {
  return outcome === 'answered' || outcome === 'refused';
}
