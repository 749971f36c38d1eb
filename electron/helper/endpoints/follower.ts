import { isIP } from 'node:net';
import type { KeyText } from '../../../shared/tunnel/status.ts';
import type { Endpoint } from '../../../shared/tunnel/tunnel.ts';
import type { RouteFacts } from '../network/ip-json.ts';
import { isWithinReach, nextCandidate, withinReach } from './candidates.ts';
import { addressOfEndpoint, endpointOf } from './endpoint.ts';
import { wordsOfFailure } from './resolve.ts';
import type { ResolvedEndpoints, UnresolvedEndpoint } from './resolve.ts';
import type { Lookup } from './wire.ts';

/** Where an engine looks for a peer: `IP:PORT` or `[IP]:PORT`. */
interface EnginePeer {
  readonly publicKey: KeyText;
  readonly endpoint: string | null;
}

/** A tunnel as far as its endpoints matter; a live tunnel is one. */
export interface Followed {
  readonly prepared: {
    readonly tunnel: {
      readonly peers: readonly { readonly publicKey: KeyText; readonly endpoint: Endpoint | null }[];
    };
    readonly endpoints: Readonly<Record<KeyText, string>>;
    readonly mark: number;
  };
  /** Every peer, and where the engine looks for it. */
  readonly readings: readonly EnginePeer[];
  /** The peers that do not answer, where the engine looks for each, and since when. */
  readonly unanswered: readonly {
    readonly reading: EnginePeer;
    readonly since: number;
    readonly hasSession: boolean;
  }[];
}

/** What the follower finds out, and does. */
export interface Hands<Tunnel> {
  readonly lookUp: (name: string) => Promise<Lookup>;
  /** Where the machine would send packets with this mark to these literal endpoints. */
  readonly routesTo: (endpoints: readonly string[], mark: number) => Promise<readonly RouteFacts[]>;
  /** Milliseconds on a clock that never jumps and runs on while the machine sleeps. */
  readonly now: () => number;
  /**
   * Makes a tunnel use these literal endpoints.
   *
   * @param endpoints of the peers that are to be looked for elsewhere; may be none
   * @param unresolved every endpoint of the tunnel whose name has no address now
   */
  readonly redial: (
    tunnel: Tunnel,
    endpoints: ReadonlyMap<KeyText, string>,
    unresolved: readonly UnresolvedEndpoint[],
  ) => Promise<void>;
}

/**
 * Milliseconds that a peer may leave a demand unanswered before its name is looked up again: the time after which WireGuard itself
 * begins to doubt a session (KEEPALIVE_TIMEOUT + REKEY_TIMEOUT).
 */
const patience = 15_000;

/** The same soon after the machine has got another way to its peers. */
const patienceAfterMove = 3_000;

/** Milliseconds that "soon" is. */
const afterMove = 10_000;

/** The same where there are other addresses to try, and no session that would be lost: one handshake, and the one after it (REKEY_TIMEOUT). */
const patienceWithChoice = 7_000;

/** Milliseconds for which the addresses of a name are tried without asking for them again. */
const freshness = 30_000;

/** Milliseconds between lookups of a name that has no address, and of one whose peer does not answer: each time twice as long. */
const delays = { unresolved: 1_000, unanswered: 15_000, longest: 60_000 } as const;

/** One peer whose endpoint is a name. */
interface NamedPeer {
  readonly publicKey: KeyText;
  readonly host: string;
  readonly port: number;
  addresses: readonly string[];
  /** When the addresses were looked up. */
  lookedUpAt: number;
  /** Why the last lookup gave none; null where it gave some. */
  failure: string | null;
  /** Lookups in a row that did not help. */
  attempts: number;
  /** Not before this. */
  nextAt: number;
  /** When it was looked for elsewhere last. */
  dialedAt: number;
  isBusy: boolean;
}

/**
 * Keeps the endpoints of tunnels where their names say that they are: looks a name up again when its peer does not answer, when it
 * had no address, and after the machine has moved. A peer that answers is left alone, wherever it has moved to by itself.
 */
export class EndpointFollower<Tunnel extends Followed> {
  readonly #hands: Hands<Tunnel>;
  readonly #peers = new WeakMap<Tunnel, readonly NamedPeer[]>();
  readonly #movedAt = new WeakMap<Tunnel, number>();
  #isStopped = false;

  constructor(hands: Hands<Tunnel>) {
    this.#hands = hands;
  }

  /** Takes over what was found out about a tunnel before it came up, or got other peers. */
  remember(tunnel: Tunnel, resolved: ResolvedEndpoints): void {
    this.#peers.delete(tunnel);
    const now = this.#hands.now();
    for (const peer of this.#peersOf(tunnel)) {
      const outcome = resolved.get(peer.publicKey);
      if (outcome?.kind === 'unresolved') peer.failure = outcome.reason;
      if (outcome?.kind !== 'resolved') continue;
      peer.addresses = outcome.addresses;
      peer.lookedUpAt = now;
    }
  }

  /** Looks whether a name of a tunnel has to be looked up now, and goes about it. To be called whenever the tunnel was looked at. */
  consider(tunnel: Tunnel): Promise<void> {
    const peers = this.#peersOf(tunnel);
    if (peers.length === 0 || this.#isStopped) return Promise.resolve();
    const now = this.#hands.now();
    const unanswered = new Map(tunnel.unanswered.map((one) => [one.reading.publicKey, one]));
    const due: NamedPeer[] = [];
    let isBack = false;
    for (const peer of peers) {
      const silence = unanswered.get(peer.publicKey);
      const isKnown = presentOf(peer, tunnel) !== null;
      if (isKnown && silence === undefined) {
        isBack ||= peer.failure !== null;
        peer.failure = null;
        peer.attempts = 0;
        peer.nextAt = 0;
      } else if (!peer.isBusy && now >= peer.nextAt && (!isKnown || this.#isTooLong(silence, peer, tunnel))) {
        due.push(peer);
      }
    }
    const told = isBack ? this.#hands.redial(tunnel, new Map(), unresolvedAmong(peers)) : null;
    return Promise.all([told, this.#lookUpAgain(tunnel, due)]).then(() => undefined);
  }

  /** The machine has got another way to the peers of a tunnel, or woke up: whoever does not answer soon is looked up again. */
  moved(tunnel: Tunnel): void {
    this.#movedAt.set(tunnel, this.#hands.now());
    for (const peer of this.#peersOf(tunnel)) {
      peer.nextAt = 0;
      peer.attempts = 0;
    }
  }

  /** The machine's routes have changed: a peer that none leads to is looked for at another address of its name that one leads to. */
  async routesChanged(tunnel: Tunnel): Promise<void> {
    const peers = this.#peersOf(tunnel).filter(({ addresses, isBusy }) => addresses.length > 1 && !isBusy);
    if (peers.length === 0 || this.#isStopped) return;
    const routes = await this.#routesTo(tunnel, peers);
    const changes = new Map<KeyText, string>();
    for (const peer of peers) {
      const present = presentOf(peer, tunnel);
      const [best] = withinReach(peer.addresses, routes);
      if (present === null || best === undefined || !isWithinReach(best, routes)) continue;
      const isOurs = peer.addresses.includes(addressOfEndpoint(present));
      if (isOurs && !isWithinReach(addressOfEndpoint(present), routes))
        this.#send(peer, endpointOf(best, peer.port), changes);
    }
    if (changes.size > 0) await this.#hands.redial(tunnel, changes, unresolvedAmong(this.#peersOf(tunnel)));
  }

  /** No further lookup. */
  stop(): void {
    this.#isStopped = true;
  }

  #isTooLong(silence: Followed['unanswered'][number] | undefined, peer: NamedPeer, tunnel: Tunnel): boolean {
    if (silence === undefined) return false;
    const now = this.#hands.now();
    const hasMoved = now - (this.#movedAt.get(tunnel) ?? -Infinity) < afterMove;
    const hasChoice = peer.addresses.length > 1 && !silence.hasSession;
    const limit = hasMoved ? patienceAfterMove : hasChoice ? patienceWithChoice : patience;
    return now - Math.max(silence.since, peer.dialedAt, this.#movedAt.get(tunnel) ?? 0) >= limit;
  }

  async #lookUpAgain(tunnel: Tunnel, due: readonly NamedPeer[]): Promise<void> {
    if (due.length === 0) return;
    for (const peer of due) peer.isBusy = true;
    const before = unresolvedAmong(this.#peersOf(tunnel));
    try {
      await Promise.all(due.map((peer) => this.#lookUp(peer, tunnel)));
      if (this.#isStopped) return;
      const routes = await this.#routesTo(tunnel, due);
      const unanswered = new Set(tunnel.unanswered.map(({ reading }) => reading.publicKey));
      const changes = new Map<KeyText, string>();
      for (const peer of due) {
        const present = presentOf(peer, tunnel);
        // Whoever has answered meanwhile is left alone.
        if (present !== null && !unanswered.has(peer.publicKey)) continue;
        const address = present === null ? null : addressOfEndpoint(present);
        const next = nextCandidate(withinReach(peer.addresses, routes), address);
        if (next === undefined || next === address) continue;
        this.#send(peer, endpointOf(next, peer.port), changes);
      }
      const after = unresolvedAmong(this.#peersOf(tunnel));
      if (changes.size > 0 || JSON.stringify(before) !== JSON.stringify(after))
        await this.#hands.redial(tunnel, changes, after);
    } finally {
      for (const peer of due) peer.isBusy = false;
    }
  }

  #send(peer: NamedPeer, endpoint: string, changes: Map<KeyText, string>): void {
    changes.set(peer.publicKey, endpoint);
    peer.dialedAt = this.#hands.now();
    // The next address has its own time to answer in.
    peer.nextAt = 0;
  }

  async #lookUp(peer: NamedPeer, tunnel: Tunnel): Promise<void> {
    const isUnknown = presentOf(peer, tunnel) === null;
    const isFresh = peer.addresses.length > 1 && this.#hands.now() - peer.lookedUpAt < freshness;
    if (!isFresh) {
      const outcome = await this.#hands.lookUp(peer.host);
      peer.failure = outcome.kind === 'found' ? null : wordsOfFailure(outcome.reason);
      // Servers answer in turn: whoever goes through all addresses must keep one order.
      if (outcome.kind === 'found' && !sameSet(outcome.addresses, peer.addresses))
        peer.addresses = outcome.addresses;
      peer.lookedUpAt = this.#hands.now();
    }
    const base = isUnknown || peer.failure !== null ? delays.unresolved : delays.unanswered;
    peer.nextAt = this.#hands.now() + Math.min(base * 2 ** Math.min(peer.attempts, 10), delays.longest);
    peer.attempts += 1;
  }

  #routesTo(tunnel: Tunnel, peers: readonly NamedPeer[]): Promise<readonly RouteFacts[]> {
    const endpoints = new Set(peers.flatMap(({ addresses }) => addresses.map((each) => endpointOf(each, 0))));
    if (endpoints.size === 0) return Promise.resolve([]);
    return this.#hands.routesTo([...endpoints], tunnel.prepared.mark);
  }

  #peersOf(tunnel: Tunnel): readonly NamedPeer[] {
    const known = this.#peers.get(tunnel);
    if (known !== undefined) return known;
    const peers = tunnel.prepared.tunnel.peers.flatMap(({ publicKey, endpoint }): NamedPeer[] =>
      endpoint === null || isIP(endpoint.host) !== 0
        ? []
        : [{ publicKey, ...endpoint, ...newcomer, lookedUpAt: -Infinity }],
    );
    this.#peers.set(tunnel, peers);
    return peers;
  }
}

const newcomer = {
  addresses: [],
  failure: null,
  attempts: 0,
  nextAt: 0,
  dialedAt: 0,
  isBusy: false,
} as const;

/** Where a peer is looked for now; null where nobody knows. */
function presentOf({ publicKey }: NamedPeer, { readings, prepared }: Followed): string | null {
  const reading = readings.find((each) => each.publicKey === publicKey);
  return reading?.endpoint ?? prepared.endpoints[publicKey] ?? null;
}

function sameSet(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((each) => b.includes(each));
}

/** The names that have no address now. */
function unresolvedAmong(peers: readonly NamedPeer[]): UnresolvedEndpoint[] {
  return peers.flatMap(({ host, failure }) =>
    failure === null ? [] : [{ kind: 'unresolved' as const, host, reason: failure }],
  );
}
