import type { RouteTable } from '../network/plan/resources.ts';
import type { InterfaceAddress, Prefix } from '../network/prefix.ts';
import type { TunnelScripts } from './scripts.ts';
import type { KeyText } from './status.ts';

export type { RouteTable } from '../network/plan/resources.ts';

/** Where a peer is reached: a literal address or a DNS name, and a UDP port. */
export interface Endpoint {
  /** An IPv4 or IPv6 address without brackets, or a DNS name. */
  readonly host: string;
  /** 0..65535. */
  readonly port: number;
}

/** A peer as WireGuard knows it, and the name the file gives it. */
export interface TunnelPeer {
  readonly publicKey: KeyText;
  readonly presharedKey: KeyText | null;
  readonly endpoint: Endpoint | null;
  /** Routes sent to this peer, and sources accepted from it. */
  readonly allowedIps: readonly Prefix[];
  /** Seconds; null is off. */
  readonly persistentKeepalive: number | null;
  readonly name: string | null;
}

/** The names that a tunnel has servers for. */
export interface TunnelDns {
  /** Addresses. */
  readonly servers: readonly string[];
  /** What is tried behind a name without dots. */
  readonly searchDomains: readonly string[];
  /** The domains that go to the servers, in lower case without a dot at the end; empty sends them all names. */
  readonly domains: readonly string[];
}

/** Nothing leaves the machine but through the tunnel, from before it comes up until it is taken down. */
export interface KillSwitch {
  /** Whether the networks stay reachable that this machine is connected to directly. */
  readonly allowLan: boolean;
}

/**
 * A tunnel with everything parsed and typed: what a .conf means, and all that the helper is ever told of one.
 */
export interface Tunnel {
  /** The profile's name; free text, for people. */
  readonly name: string;
  /** `^[a-zA-Z0-9_=+.-]{1,15}$`. */
  readonly interface: string;
  readonly privateKey: KeyText;
  /** Null lets the engine choose a port. */
  readonly listenPort: number | null;
  /** The file's own mark for outer packets; null leaves it to Adit. */
  readonly fwMark: number | null;
  readonly addresses: readonly InterfaceAddress[];
  /** Bytes; null leaves it to Adit. */
  readonly mtu: number | null;
  readonly table: RouteTable;
  readonly dns: TunnelDns;
  readonly peers: readonly TunnelPeer[];
  /** Prefixes that stay out of the tunnel although its AllowedIPs have them. */
  readonly exclude: readonly Prefix[];
  /** Null where the machine may send past the tunnel. */
  readonly killSwitch: KillSwitch | null;
  /** What the file wants run. It is a wish: the helper follows it only where root's policy allows that. */
  readonly scripts: TunnelScripts;
  /** Whether the file wants to be rewritten from the tunnel as it is when it goes down. Adit never does. */
  readonly saveConfig: boolean;
}
