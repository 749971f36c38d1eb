import type { InterfaceAddress, Prefix } from '../../network/prefix.ts';
import type { KeyText } from '../../tunnel/status.ts';

/** One end of a tunnel that is to be made: all of it but its private key. */
export interface End {
  /** What the far side calls it. */
  readonly name: string;
  /** The network interface it takes. */
  readonly interface: string;
  readonly addresses: readonly InterfaceAddress[];
  /** Null leaves the choice to the device. */
  readonly listenPort: number | null;
  /** `HOST:PORT` at which the far side can dial it; null where it cannot, or where nobody said so. */
  readonly reachableAt: string | null;
  /** Networks behind it that the far side is to reach. */
  readonly lan: readonly Prefix[];
  /** Servers and search domains. */
  readonly dns: readonly string[];
  /** Bytes; null leaves the choice to whoever brings the tunnel up. */
  readonly mtu: number | null;
  /** The far side; null where none is known yet. */
  readonly peer: EndPeer | null;
}

/** The far side, as this end knows it. */
export interface EndPeer {
  readonly publicKey: KeyText;
  readonly presharedKey: KeyText | null;
  readonly name: string | null;
  /** `HOST:PORT`; null where the far side dials. */
  readonly endpoint: string | null;
  /** What this end reaches through it. */
  readonly allowedIps: readonly Prefix[];
  /** Seconds; null is off. */
  readonly keepalive: number | null;
}
