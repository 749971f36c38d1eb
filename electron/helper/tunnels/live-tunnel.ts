import type { Fault } from '../../../shared/fault.ts';
import { formatInterfaceAddress } from '../../../shared/network/prefix.ts';
import { usableAddresses } from '../../../shared/network/plan/planned-tunnel.ts';
import type { TunnelChange } from '../../../shared/tunnel/change.ts';
import { peerStates } from '../../../shared/tunnel/status.ts';
import type {
  KeyText,
  PeerStatus,
  TunnelFailure,
  TunnelHead,
  TunnelState,
  TunnelStatus,
} from '../../../shared/tunnel/status.ts';
import type { DeviceReading, Engine, PeerReading } from '../engine/reading.ts';
import type { Clock } from '../system/clock.ts';
import { hasSession, meetPeer, observePeer, peerState } from './peer-state.ts';
import type { PeerMemory } from './peer-state.ts';
import type { PreparedTunnel } from './prepared.ts';

/** What a tunnel is going through as a whole. While it is `up`, its peers say how it is. */
export type Phase =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'up' }
  | { readonly kind: 'disconnecting' }
  | { readonly kind: 'failed'; readonly fault: Fault };

interface LivePeer {
  reading: PeerReading;
  memory: PeerMemory;
  /** As it was told last; null before it was told at all. */
  status: PeerStatus | null;
}

/** One tunnel as it lives: what its engine says of it, and what follows from that over time. */
export class LiveTunnel {
  #prepared: PreparedTunnel;
  readonly #publicKey: KeyText;
  readonly #clock: Clock;
  readonly #names: ReadonlyMap<KeyText, string | null>;
  readonly #peers = new Map<KeyText, LivePeer>();
  #phase: Phase = { kind: 'connecting' };
  #engine: Engine | null = null;
  #engineVersion: string | null = null;
  #device: DeviceReading | null = null;
  /** The head as it was told last, as text. */
  #toldHead = '';

  constructor(prepared: PreparedTunnel, publicKey: KeyText, clock: Clock) {
    this.#prepared = prepared;
    this.#publicKey = publicKey;
    this.#clock = clock;
    this.#names = new Map(prepared.tunnel.peers.map((peer) => [peer.publicKey, peer.name]));
  }

  /** The tunnel as it was prepared. */
  get prepared(): PreparedTunnel {
    return this.#prepared;
  }

  /** The same tunnel with another MTU. @param mtu in bytes */
  resize(mtu: number): void {
    this.#prepared = { ...this.#prepared, mtu };
  }

  /** The network interface. */
  get interface(): string {
    return this.prepared.tunnel.interface;
  }

  get engine(): Engine | null {
    return this.#engine;
  }

  get phase(): Phase {
    return this.#phase;
  }

  set phase(phase: Phase) {
    this.#phase = phase;
  }

  /** Whether a peer has shaken hands lately. */
  get isConnected(): boolean {
    return [...this.#peers.values()].some(({ status }) => status?.state === 'connected');
  }

  /** The last reading of every peer. */
  get readings(): PeerReading[] {
    return [...this.#peers.values()].map(({ reading }) => reading);
  }

  /** The readings of peers that have a session, or are kept alive: they should hear from us when our address changes. */
  get readingsInUse(): PeerReading[] {
    const now = this.#clock.now();
    return [...this.#peers.values()]
      .filter(({ reading, memory }) => reading.persistentKeepalive !== null || hasSession(memory, now))
      .map(({ reading }) => reading);
  }

  /** Takes up a connection to an engine, which counts from zero; the last one is closed. */
  attach(engine: Engine, version: string | null): void {
    this.detach();
    this.#peers.clear();
    this.#engine = engine;
    this.#engineVersion = version;
  }

  /** Closes the connection to the engine. */
  detach(): void {
    this.#engine?.close();
    this.#engine = null;
  }

  /**
   * Asks the engine how things are, and gives what differs from what was told last; null where nothing does. An engine that
   * does not answer is no error here: the supervisor learns of its end otherwise.
   */
  async look(): Promise<TunnelChange | null> {
    const change = (await this.#engine?.read().catch(() => null)) ?? null;
    this.#device = change?.device ?? this.#device;
    const now = this.#clock.now();
    const read = new Set(change?.peers.map((reading) => this.#take(reading, now)));
    const removedPeers = (change?.removedPeers ?? []).filter((key) => this.#peers.delete(key));
    const peers = [...this.#peers.values()].flatMap((peer) => this.#tell(peer, read.has(peer), now));
    return this.#difference(peers, removedPeers);
  }

  /** What was found at the last look. */
  status(): TunnelStatus {
    // In the order of the profile; an engine gives its peers in any.
    const keys = new Set([...this.#names.keys(), ...this.#peers.keys()]);
    const peers = [...keys].flatMap((key) => this.#peers.get(key)?.status ?? []);
    return { ...this.#head(), peers };
  }

  #take(reading: PeerReading, now: number): LivePeer {
    const known = this.#peers.get(reading.publicKey);
    if (known !== undefined) {
      known.reading = reading;
      return known;
    }
    const age = this.#clock.wallTime() - reading.latestHandshake;
    const memory = meetPeer(reading, now, age, reading.persistentKeepalive);
    const peer: LivePeer = { reading, memory, status: null };
    this.#peers.set(reading.publicKey, peer);
    return peer;
  }

  /** Lets time pass for a peer, and gives its status if that is another than was told. */
  #tell(peer: LivePeer, wasRead: boolean, now: number): PeerStatus[] {
    const { reading } = peer;
    peer.memory = observePeer(peer.memory, reading, now);
    const state = peerState(peer.memory, now);
    if (!wasRead && peer.status?.state === state) return [];
    peer.status = {
      publicKey: reading.publicKey,
      name: this.#names.get(reading.publicKey) ?? null,
      endpoint: reading.endpoint,
      allowedIps: reading.allowedIps,
      state,
      latestHandshake: reading.latestHandshake === 0 ? null : new Date(reading.latestHandshake).toISOString(),
      rxBytes: reading.rxBytes,
      txBytes: reading.txBytes,
      persistentKeepalive: reading.persistentKeepalive,
    };
    return [peer.status];
  }

  #difference(peers: readonly PeerStatus[], removedPeers: readonly KeyText[]): TunnelChange | null {
    const head = this.#head();
    const headText = JSON.stringify(head);
    const isSameHead = headText === this.#toldHead;
    this.#toldHead = headText;
    if (isSameHead && peers.length === 0 && removedPeers.length === 0) return null;
    return {
      interface: this.interface,
      ...(isSameHead ? {} : { head }),
      ...(peers.length === 0 ? {} : { peers }),
      ...(removedPeers.length === 0 ? {} : { removedPeers }),
    };
  }

  #head(): TunnelHead {
    const { tunnel, ipv6, mtu, since, warnings } = this.prepared;
    return {
      name: tunnel.name,
      interface: tunnel.interface,
      state: this.#state(),
      since,
      engine: this.#engine?.name ?? null,
      engineVersion: this.#engineVersion,
      mtu,
      listenPort: this.#device?.listenPort ?? null,
      fwMark: this.#device?.fwMark ?? null,
      publicKey: this.#publicKey,
      addresses: usableAddresses({ ...tunnel, ipv6 }).map(formatInterfaceAddress),
      dns: {
        backend: 'none',
        mode: 'none',
        reason: tunnel.dns.servers.length === 0 ? 'the profile names no server' : 'not set by this version',
        servers: [],
        domains: [],
      },
      killSwitch: 'off',
      scripts: tunnel.leftOut.some((key) => key !== 'SaveConfig') ? 'refused' : 'none',
      warnings,
      failure: this.#failure(),
    };
  }

  #failure(): TunnelFailure | null {
    if (this.#phase.kind !== 'failed') return null;
    const { code, message, hint } = this.#phase.fault;
    return { code, message, hint };
  }

  #state(): TunnelState {
    if (this.#phase.kind !== 'up') return this.#phase.kind;
    const present = new Set([...this.#peers.values()].map(({ status }) => status?.state));
    return peerStates.find((state) => present.has(state)) ?? 'idle';
  }
}
