import type { Fault } from '../../../shared/fault.ts';
import { formatInterfaceAddress } from '../../../shared/network/prefix.ts';
import { usableAddresses } from '../../../shared/network/plan/planned-tunnel.ts';
import { namesUntouched } from '../../../shared/names/status.ts';
import type { NamesStatus } from '../../../shared/names/status.ts';
import { keysWithCommands } from '../../../shared/tunnel/scripts.ts';
import type { TunnelChange } from '../../../shared/tunnel/change.ts';
import { peerStates } from '../../../shared/tunnel/status.ts';
import type {
  KeyText,
  PeerStatus,
  Timestamp,
  TunnelFailure,
  TunnelHead,
  TunnelState,
  TunnelStatus,
  TunnelWarning,
} from '../../../shared/tunnel/status.ts';
import type { DeviceReading, Engine, EngineChange, PeerReading } from '../engine/reading.ts';
import type { Clock } from '../system/clock.ts';
import { demandingSince, hasSession, meetPeer, nextTurn, observePeer, peerState } from './peer-state.ts';
import type { PeerMemory } from './peer-state.ts';
import { shownWarnings } from './prepared.ts';
import type { PreparedTunnel } from './prepared.ts';

/** What a tunnel is going through as a whole. While it is `up`, its peers say how it is. */
export type Phase =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'up' }
  | { readonly kind: 'disconnecting' }
  | { readonly kind: 'failed'; readonly fault: Fault };

interface LivePeer {
  readonly reading: PeerReading;
  readonly memory: PeerMemory;
  /** As it was told last. */
  status: PeerStatus;
}

const noKillSwitch: TunnelWarning = {
  code: 'kill-switch-missing',
  message: 'The kill switch could not be put back: packets may leave past the tunnel.',
  hint: 'It is tried again. See what the helper logs, and "nft list ruleset".',
};

function uplinkOpen(closesAt: Timestamp): TunnelWarning {
  return {
    code: 'uplink-open',
    message: `The kill switch is open to your programs until ${closesAt}: they may send past the tunnel.`,
    hint: 'It closes by itself, and as soon as a peer answers.',
  };
}

/** One tunnel as it lives: what its engine says of it, and what follows from that over time. */
export class LiveTunnel {
  #prepared: PreparedTunnel;
  readonly #publicKey: KeyText;
  readonly #clock: Clock;
  #names: ReadonlyMap<KeyText, string | null>;
  readonly #peers = new Map<KeyText, LivePeer>();
  #phase: Phase = { kind: 'connecting' };
  #nameStatus: NamesStatus = namesUntouched;
  #isGuarded = false;
  #trouble: Fault | null = null;
  #uplinkClosesAt: Timestamp | null = null;
  #engine: Engine | null = null;
  #engineVersion: string | null = null;
  /** Whether the engine has not been read: what is known of peers is from the one before. */
  #isUnread = true;
  #device: DeviceReading | null = null;
  /** When a peer's state may become another though nothing of it is counted. */
  #nextTurn = Infinity;
  /** Peers that became others without a look. */
  #untold: PeerStatus[] = [];
  /** The head as it was told last, as text. */
  #toldHead = '';
  /** Whether something of what the head says may have become another since. */
  #isHeadOld = true;

  constructor(prepared: PreparedTunnel, publicKey: KeyText, clock: Clock) {
    this.#prepared = prepared;
    this.#publicKey = publicKey;
    this.#clock = clock;
    this.#names = namesOf(prepared);
  }

  /** The tunnel as it was prepared. */
  get prepared(): PreparedTunnel {
    return this.#prepared;
  }

  set prepared(prepared: PreparedTunnel) {
    if (prepared.tunnel !== this.#prepared.tunnel) this.#rename(namesOf(prepared));
    this.#prepared = prepared;
    this.#isHeadOld = true;
  }

  /** An engine, which is read for what is new, knows no names. */
  #rename(names: ReadonlyMap<KeyText, string | null>): void {
    this.#names = names;
    const renamed = new Map<KeyText, PeerStatus>();
    for (const [key, peer] of this.#peers) {
      const name = names.get(key) ?? null;
      if (name === peer.status.name) continue;
      peer.status = { ...peer.status, name };
      renamed.set(key, peer.status);
    }
    this.#untold = [...this.#untold.filter(({ publicKey }) => !renamed.has(publicKey)), ...renamed.values()];
  }

  /** Whether somebody has given the outer packets another mark than ours. */
  get hasForeignMark(): boolean {
    return this.#engine !== null && this.#device !== null && this.#device.fwMark !== this.prepared.mark;
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
    this.#isHeadOld = true;
  }

  /** What was done about names for it. */
  set names(names: NamesStatus) {
    this.#nameStatus = names;
    this.#isHeadOld = true;
  }

  /** Whether the kill switch stands. */
  set isGuarded(isGuarded: boolean) {
    this.#isGuarded = isGuarded;
    this.#isHeadOld = true;
  }

  /** Why the last repair of the network failed; null where it did not. */
  set trouble(trouble: Fault | null) {
    if (trouble?.message === this.#trouble?.message) return;
    this.#trouble = trouble;
    this.#isHeadOld = true;
  }

  /** When the uplink closes that was opened in spite of the kill switch; null where it is closed. */
  set uplinkClosesAt(uplinkClosesAt: Timestamp | null) {
    this.#uplinkClosesAt = uplinkClosesAt;
    this.#isHeadOld = true;
  }

  /** Whether its kill switch keeps everything from leaving, because no peer answers. */
  get isBlocking(): boolean {
    return this.#killSwitch() === 'blocking';
  }

  /** Whether a peer has shaken hands lately. */
  get isConnected(): boolean {
    return [...this.#peers.values()].some(({ status }) => status.state === 'connected');
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

  /** The readings of peers with a demand that is not answered, and since when, on the clock that the helper goes by. */
  get unanswered(): { reading: PeerReading; since: number; hasSession: boolean }[] {
    const now = this.#clock.now();
    return [...this.#peers.values()].flatMap(({ reading, memory }) => {
      const since = demandingSince(memory, now);
      return since === null ? [] : [{ reading, since, hasSession: hasSession(memory, now) }];
    });
  }

  /** Takes up a connection to an engine, which counts from zero; the last one is closed. */
  attach(engine: Engine, version: string | null): void {
    this.detach();
    this.#isUnread = true;
    this.#engine = engine;
    this.#engineVersion = version;
    this.#isHeadOld = true;
  }

  /** Closes the connection to the engine. Without one there is no peer to be connected to. */
  detach(): void {
    this.#engine?.close();
    this.#engine = null;
    this.#device = null;
    this.#isHeadOld = true;
    this.#nextTurn = Infinity;
    for (const peer of this.#peers.values()) {
      if (peer.status.state === 'idle') continue;
      peer.status = { ...peer.status, state: 'idle' };
      this.#untold.push(peer.status);
    }
  }

  /**
   * Asks the engine how things are, and gives what differs from what was told last; null where nothing does. An engine that
   * does not answer is no error here: the supervisor learns of its end otherwise.
   */
  look(): Promise<TunnelChange | null> {
    // Every second for as long as somebody watches: no more promises than it takes.
    return this.#engine === null
      ? Promise.resolve(this.#takeIn(null))
      : this.#engine.read().then(
          (change) => this.#takeIn(change),
          () => this.#takeIn(null),
        );
  }

  #takeIn(change: EngineChange | null): TunnelChange | null {
    const now = this.#clock.now();
    if (change !== null && change.device !== null) {
      this.#device = change.device;
      this.#isHeadOld = true;
    }
    if (this.#isQuiet(change, now)) return null;
    const removedPeers = change === null ? [] : this.#forget(change);
    const read = (change?.peers ?? []).map((reading) => this.#take(reading, now));
    const turned = now < this.#nextTurn ? [] : this.#turn(read, now);
    const peers = [
      ...this.#untold.filter(
        ({ publicKey }) =>
          !removedPeers.includes(publicKey) && !read.some((other) => other.publicKey === publicKey),
      ),
      ...read,
      ...turned,
    ];
    this.#untold = [];
    if (peers.length + removedPeers.length > 0) this.#isHeadOld = true;
    return this.#difference(peers, removedPeers);
  }

  /** Forgets the peers that an engine does not have, or not any more; of a new engine's, what was counted by the one before. */
  #forget({ peers, removedPeers }: EngineChange): KeyText[] {
    if (!this.#isUnread) return removedPeers.filter((key) => this.#peers.delete(key));
    this.#isUnread = false;
    const read = new Set(peers.map(({ publicKey }) => publicKey));
    const gone = [...this.#peers.keys()].filter((key) => !read.has(key));
    this.#peers.clear();
    return gone;
  }

  /** Whether there is nothing to tell: nothing was read, and nothing follows from time or from what was done. */
  #isQuiet(change: EngineChange | null, now: number): boolean {
    const wasRead = change !== null && change.peers.length + change.removedPeers.length > 0;
    return !wasRead && !this.#isHeadOld && this.#untold.length === 0 && now < this.#nextTurn;
  }

  /** What was found at the last look. */
  status(): TunnelStatus {
    // In the order of the profile; an engine gives its peers in any.
    const keys = new Set([...this.#names.keys(), ...this.#peers.keys()]);
    const peers = [...keys].flatMap((key) => this.#peers.get(key)?.status ?? []);
    return { ...this.#head(), peers };
  }

  /** A peer that is new, or of which something changed. */
  #take(reading: PeerReading, now: number): PeerStatus {
    const known = this.#peers.get(reading.publicKey);
    const memory =
      known === undefined
        ? meetPeer(
            reading,
            now,
            this.#clock.wallTime() - reading.latestHandshake,
            reading.persistentKeepalive,
          )
        : observePeer(known.memory, reading, now);
    const status: PeerStatus = {
      publicKey: reading.publicKey,
      name: this.#names.get(reading.publicKey) ?? null,
      endpoint: reading.endpoint,
      allowedIps: reading.allowedIps,
      state: peerState(memory, now),
      latestHandshake: reading.latestHandshake === 0 ? null : new Date(reading.latestHandshake).toISOString(),
      rxBytes: reading.rxBytes,
      txBytes: reading.txBytes,
      persistentKeepalive: reading.persistentKeepalive,
    };
    this.#peers.set(reading.publicKey, { reading, memory, status });
    this.#nextTurn = Math.min(this.#nextTurn, nextTurn(memory, now));
    return status;
  }

  /** Lets time pass for all peers, and gives those whose state it changed, but for some that have been seen to already. */
  #turn(seen: readonly PeerStatus[], now: number): PeerStatus[] {
    const others = [...this.#peers.values()].filter(
      (peer) => peerState(peer.memory, now) !== peer.status.state,
    );
    for (const peer of others) peer.status = { ...peer.status, state: peerState(peer.memory, now) };
    this.#nextTurn = Math.min(...[...this.#peers.values()].map(({ memory }) => nextTurn(memory, now)));
    return others.map(({ status }) => status).filter((status) => !seen.includes(status));
  }

  #difference(peers: readonly PeerStatus[], removedPeers: readonly KeyText[]): TunnelChange | null {
    const head = this.#isHeadOld ? this.#newHead() : null;
    if (head === null && peers.length === 0 && removedPeers.length === 0) return null;
    return {
      interface: this.interface,
      ...(head === null ? {} : { head }),
      ...(peers.length === 0 ? {} : { peers }),
      ...(removedPeers.length === 0 ? {} : { removedPeers }),
    };
  }

  /** The head, if it is another than was told. */
  #newHead(): TunnelHead | null {
    this.#isHeadOld = false;
    const head = this.#head();
    const text = JSON.stringify(head);
    if (text === this.#toldHead) return null;
    this.#toldHead = text;
    return head;
  }

  #head(): TunnelHead {
    const { tunnel, ipv6, mtu, since } = this.prepared;
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
      dns: this.#nameStatus.dns,
      killSwitch: this.#killSwitch(),
      scripts: this.#scripts(),
      warnings: [
        ...shownWarnings(this.prepared),
        ...this.#nameStatus.warnings,
        ...this.#killSwitchWarnings(),
        ...this.#troubleWarnings(),
      ],
      failure: this.#failure(),
    };
  }

  #scripts(): TunnelHead['scripts'] {
    // What is not allowed is not in the tunnel any more: what is in it ran, or runs, when it came up.
    if (keysWithCommands(this.prepared.tunnel.scripts).length > 0) return 'ran';
    return this.prepared.leftOut.some((key) => key !== 'SaveConfig') ? 'refused' : 'none';
  }

  #killSwitch(): TunnelHead['killSwitch'] {
    if (this.prepared.tunnel.killSwitch === null || !this.#isGuarded) return 'off';
    return this.isConnected ? 'on' : 'blocking';
  }

  /** Traffic may go past the tunnel as long as something of it is missing. */
  #troubleWarnings(): TunnelWarning[] {
    if (this.#trouble === null) return [];
    const { code, message, hint } = this.#trouble;
    return [{ code, message: `Not all of the tunnel stands, and that is tried again: ${message}`, hint }];
  }

  #killSwitchWarnings(): TunnelWarning[] {
    if (this.prepared.tunnel.killSwitch === null) return [];
    if (!this.#isGuarded) return this.#phase.kind === 'up' ? [noKillSwitch] : [];
    return this.#uplinkClosesAt === null ? [] : [uplinkOpen(this.#uplinkClosesAt)];
  }

  #failure(): TunnelFailure | null {
    if (this.#phase.kind !== 'failed') return null;
    const { code, message, hint } = this.#phase.fault;
    return { code, message, hint };
  }

  #state(): TunnelState {
    if (this.#phase.kind !== 'up') return this.#phase.kind;
    const present = new Set([...this.#peers.values()].map(({ status }) => status.state));
    return peerStates.find((state) => present.has(state)) ?? 'idle';
  }
}

function namesOf({ tunnel }: PreparedTunnel): Map<KeyText, string | null> {
  return new Map(tunnel.peers.map((peer) => [peer.publicKey, peer.name]));
}
