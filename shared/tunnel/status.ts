/**
 * The live state of tunnels, as `adit status --json` prints it, the helper reports it and the interface shows it.
 */

/** A WireGuard key in base64, 44 characters. */
export type KeyText = string;

/** A point in time, ISO 8601 in UTC with milliseconds. */
export type Timestamp = string;

/**
 * What is known of a peer.
 *
 * - `connected`: a handshake was seen to change less than 180 s ago (WireGuard's REJECT_AFTER_TIME)
 * - `handshaking`: something was sent, and answers have been missing for less than 90 s (REKEY_ATTEMPT_TIME)
 * - `idle`: no young handshake, and nothing to send
 * - `stale`: sent for longer without an answer
 */
export type PeerState = 'connected' | 'handshaking' | 'idle' | 'stale';

/** Peer states from the best to the worst; a tunnel takes the best of its peers'. */
export const peerStates: readonly PeerState[] = ['connected', 'handshaking', 'idle', 'stale'];

/** What is known of a tunnel: its own phases, and between them the best state of its peers. */
export type TunnelState = 'down' | 'connecting' | PeerState | 'disconnecting' | 'failed';

/** The live state of one peer. */
export interface PeerStatus {
  readonly publicKey: KeyText;
  /** The name the file gives it; null where it gives none. */
  readonly name: string | null;
  /** `IP:PORT` or `[IP]:PORT` as the engine uses it now; null where it knows none yet. */
  readonly endpoint: string | null;
  readonly allowedIps: readonly string[];
  readonly state: PeerState;
  readonly latestHandshake: Timestamp | null;
  readonly rxBytes: number;
  readonly txBytes: number;
  /** Seconds; null is off. */
  readonly persistentKeepalive: number | null;
}

/** Something a person should know although nothing has failed. */
export interface TunnelWarning {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

/** How names are resolved while the tunnel is up. */
export interface DnsStatus {
  /**
   * By what names were changed: `systemd-resolved`, `openresolv`, `resolvconf` (Debian's), `network-manager` or `plain-file`, each but the
   * first maybe with `+forwarder` behind it; `none`.
   */
  readonly backend: string;
  /** Whether all names go to the tunnel's servers, those of some domains, or none. */
  readonly mode: 'all' | 'split' | 'none';
  /** Why that backend, or why none; half a sentence. */
  readonly reason: string;
  readonly servers: readonly string[];
  /** With `split`, the domains whose names go to the servers; with `all`, the search domains. */
  readonly domains: readonly string[];
  /** What is tried behind a name without dots. */
  readonly searchDomains: readonly string[];
}

/** Minutes for which the uplink may be opened at a time in spite of a kill switch. */
export const longestOpening = 15;

/** Everything about a tunnel but its peers. */
export interface TunnelHead {
  /** The profile's name. */
  readonly name: string;
  /** The network interface, at most 15 characters. */
  readonly interface: string;
  readonly state: TunnelState;
  /** When the tunnel came up; null while it is down. */
  readonly since: Timestamp | null;
  /** `kernel` or `wireguard-go`; null while it is down. */
  readonly engine: 'kernel' | 'wireguard-go' | null;
  /**
   * Of the engine that runs, which may be older than what is installed: the kernel module's, or `0.0.YYYYMMDD` of wireguard-go, with
   * ` (Adit’s own)` behind it where Adit brought it. Null while it is down, and where it cannot be told.
   */
  readonly engineVersion: string | null;
  /** Bytes. */
  readonly mtu: number | null;
  readonly listenPort: number | null;
  /** The mark of the tunnel's own outer packets. */
  readonly fwMark: number | null;
  readonly publicKey: KeyText | null;
  readonly addresses: readonly string[];
  readonly dns: DnsStatus;
  readonly killSwitch: 'off' | 'on' | 'blocking';
  /** Of the profile's scripts: `ran`, as root, where root's policy allows it, and those for going down will; `refused` where they were left out. */
  readonly scripts: 'none' | 'refused' | 'ran';
  readonly warnings: readonly TunnelWarning[];
  /** Why the state is `failed`; null otherwise. */
  readonly failure: TunnelFailure | null;
}

/** The fault behind a tunnel in the state `failed`. */
export interface TunnelFailure {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

/** The live state of one tunnel. */
export interface TunnelStatus extends TunnelHead {
  readonly peers: readonly PeerStatus[];
}
