import type { KeyText } from '../../../shared/tunnel/status.ts';
import type { PeerChanges } from './peer-changes.ts';

/** What an engine says of one peer at one moment. */
export interface PeerReading {
  readonly publicKey: KeyText;
  /** `IP:PORT` or `[IP]:PORT`; null where it knows none. */
  readonly endpoint: string | null;
  /** Canonical prefixes, in the engine's order. */
  readonly allowedIps: readonly string[];
  /** Milliseconds since 1970 of the latest handshake; 0 where there was none. */
  readonly latestHandshake: number;
  readonly rxBytes: number;
  readonly txBytes: number;
  /** Seconds; null is off. */
  readonly persistentKeepalive: number | null;
}

/** What an engine says of its interface. */
export interface DeviceReading {
  readonly listenPort: number | null;
  /** Null where it sets none. */
  readonly fwMark: number | null;
}

/** The difference between two readings of an engine. */
export interface EngineChange {
  /** Null where nothing of the interface itself changed. */
  readonly device: DeviceReading | null;
  /** Peers that are new or differ. */
  readonly peers: readonly PeerReading[];
  readonly removedPeers: readonly KeyText[];
}

/** A running engine of one interface, kernel or user space. */
export interface Engine {
  readonly name: 'kernel' | 'wireguard-go';
  /** Reads the engine and gives what differs from the last reading; the first reading gives everything. */
  read(): Promise<EngineChange>;
  /** Makes the engine forget by which of the host's addresses it reaches these peers. */
  rebind(peers: readonly PeerReading[]): Promise<void>;
  /** Makes the engine send to these peers at once: a keepalive in a session, or the start of a handshake. */
  greet(peers: readonly PeerReading[]): Promise<void>;
  /** Makes the engine reach peers at these endpoints from now on; their sessions stay. */
  dial(endpoints: ReadonlyMap<KeyText, string>): Promise<void>;
  /** Gives the engine other peers; the sessions of those that stay are not ended. */
  change(changes: PeerChanges): Promise<void>;
  /**
   * Makes the engine begin a new session with each peer when it next sends to it, however old the present one is and however lately
   * it has tried; what comes by the present one is still taken.
   *
   * @returns whether it does: the kernel goes on with those it has
   */
  renew(privateKey: KeyText): Promise<boolean>;
  /** Gives its outer packets this mark. */
  setMark(mark: number): Promise<void>;
  /** Calls `listener` once when the engine ends, or the connection to it; the kernel never does. */
  onEnd(listener: () => void): void;
  /** Ends the connection to the engine, not the engine. */
  close(): void;
}
