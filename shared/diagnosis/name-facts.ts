/**
 * What came of asking for a name.
 *
 * - `answered`: with addresses
 * - `no-address`: the name is there and has none
 * - `no-such-name`: there is no such name, says whoever was asked
 * - `failed`: whoever was asked says that it could not find out, or may not tell
 * - `refused`: nobody listens there
 * - `silent`: nothing came back
 */
export type NameOutcome = 'answered' | 'no-address' | 'no-such-name' | 'failed' | 'refused' | 'silent';

/** The answer to a question for a name. */
export interface NameAnswer {
  readonly outcome: NameOutcome;
  readonly addresses: readonly string[];
  /** Until the answer; null where there was none. */
  readonly milliseconds: number | null;
}

/** A name server of a tunnel, and what it says. */
export interface NameServerAnswer extends NameAnswer {
  readonly server: string;
  /** The tunnel that packets to it go into; null where they go past all. */
  readonly tunnel: string | null;
  /** What the peer that carries it is called; null where no AllowedIPs hold it. */
  readonly peer: string | null;
}

/** All that was found out about a name of a cluster. */
export interface NameFacts {
  /** The profile's name. */
  readonly tunnel: string;
  readonly name: string;
  /** The cluster's domain, as the profile has it or as it usually is. */
  readonly domain: string;
  /** Whether the tunnel is up. */
  readonly isUp: boolean;
  /** Whose names the tunnel answers, as its status says: of all, of some domains, or none; and why. */
  readonly mode: 'all' | 'split' | 'none';
  readonly reason: string;
  /** The domains of `split`. */
  readonly domains: readonly string[];
  /** By the servers that the profile names; empty where it names none, or where the tunnel is down. */
  readonly servers: readonly NameServerAnswer[];
  /** What programs on this machine are told; null where nobody was asked. */
  readonly system: NameAnswer | null;
}
