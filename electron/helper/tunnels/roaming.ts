import type { KeyText } from '../../../shared/tunnel/status.ts';
import { waysTo } from '../network/routes-to.ts';
import type { Log } from '../system/log.ts';
import type { Programs } from '../system/programs.ts';
import type { PeerReading } from '../engine/reading.ts';
import type { LiveTunnel } from './live-tunnel.ts';

/**
 * Milliseconds after a change of the way to the peers at which they are called again, until they answer: the first call may go
 * out before the new way is ready.
 */
const callsAfter = [200, 500, 1_000, 1_750, 2_500, 3_500, 5_000] as const;

/** With more peers than this in use, none is made to begin a new session: a burst of handshakes helps nobody. */
const mostRenewals = 32;

/** What {@link Roaming} tells and asks for. */
export interface RoamingHands {
  /** Asks the engine of a tunnel how things are. */
  readonly look: (live: LiveTunnel) => Promise<void>;
  /** A tunnel's peers are reached another way from now on. */
  readonly moved: (live: LiveTunnel) => void;
}

/**
 * Notices that this machine reaches the peers of a tunnel another way than before (another address, gateway or interface, a cable that
 * is in again), and makes the engine use it at once; by itself wireguard-go takes 15 s.
 */
export class Roaming {
  readonly #programs: Programs;
  readonly #log: Log;
  readonly #hands: RoamingHands;
  /** The ways of each tunnel when it was last looked at. */
  readonly #ways = new WeakMap<LiveTunnel, ReadonlyMap<string, string>>();
  readonly #calls = new Set<NodeJS.Timeout>();

  constructor(programs: Programs, log: Log, hands: RoamingHands) {
    this.#programs = programs;
    this.#log = log;
    this.#hands = hands;
  }

  /** Looks at the ways of these tunnels now. */
  async follow(tunnels: readonly LiveTunnel[]): Promise<void> {
    await Promise.all(tunnels.map((live) => this.#followOne(live)));
  }

  /** Calls the peers of a tunnel until they answer: the machine has slept, and no session of its engine can be relied on. */
  async wakeUp(live: LiveTunnel): Promise<void> {
    this.#hands.moved(live);
    await renew(live, live.readingsInUse);
    await this.#callUntilAnswered(live);
  }

  /** Calls some peers of a tunnel that are looked for elsewhere from now on; a session they had is not known there. */
  async call(live: LiveTunnel, peers: readonly KeyText[]): Promise<void> {
    await renew(
      live,
      live.readings.filter(({ publicKey }) => peers.includes(publicKey)),
    );
  }

  /** No further call. */
  stop(): void {
    for (const call of this.#calls) clearTimeout(call);
    this.#calls.clear();
  }

  async #followOne(live: LiveTunnel): Promise<void> {
    const ways = await this.#waysOf(live);
    const before = this.#ways.get(live);
    this.#ways.set(live, ways);
    // A peer that is new, or elsewhere now, says nothing of where this machine is.
    const changed = [...ways].filter(([address, way]) => (before?.get(address) ?? way) !== way);
    // Without any way there is nobody to call; the next change brings one.
    if (changed.length === 0 || [...ways.values()].every((way) => way === '')) return;
    this.#log('way-changed', {
      interface: live.interface,
      ways: changed.map(([address, way]) => `${address} ${way === '' ? 'unreachable' : way}`).join('; '),
    });
    this.#hands.moved(live);
    await live.engine?.rebind(live.readings).catch(() => undefined);
    await greet(live, live.readingsInUse);
    await this.#callUntilAnswered(live);
  }

  async #callUntilAnswered(live: LiveTunnel): Promise<void> {
    // What was heard before counts for nothing.
    await this.#hands.look(live);
    for (const delay of callsAfter) this.#callLater(live, delay);
  }

  #callLater(live: LiveTunnel, delay: number): void {
    const heard = new Map(live.readings.map(({ publicKey, rxBytes }) => [publicKey, rxBytes]));
    const timer = setTimeout(() => {
      this.#calls.delete(timer);
      void this.#hands.look(live).then(() => {
        const silent = live.readingsInUse.filter(
          ({ publicKey, rxBytes }) => rxBytes === (heard.get(publicKey) ?? rxBytes),
        );
        return renew(live, silent);
      });
    }, delay);
    this.#calls.add(timer);
  }

  #waysOf(live: LiveTunnel): Promise<ReadonlyMap<string, string>> {
    const endpoints = live.readings.flatMap(({ endpoint }) => endpoint ?? []);
    return endpoints.length === 0
      ? Promise.resolve(new Map<string, string>())
      : waysTo(endpoints, live.prepared.mark, this.#programs);
  }
}

function greet(live: LiveTunnel, peers: readonly PeerReading[]): Promise<void> {
  return live.engine?.greet(peers).catch(() => undefined) ?? Promise.resolve();
}

/**
 * Makes an engine begin a new session with some peers at once: what it has sent to them may have gone nowhere, and by itself it tries
 * again after 5 s only.
 */
async function renew(live: LiveTunnel, peers: readonly PeerReading[]): Promise<void> {
  if (peers.length === 0) return;
  if (peers.length <= mostRenewals)
    await live.engine?.renew(live.prepared.tunnel.privateKey).catch(() => undefined);
  await greet(live, peers);
}
