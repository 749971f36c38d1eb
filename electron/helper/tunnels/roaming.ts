import type { KeyText } from '../../../shared/tunnel/status.ts';
import { waysTo } from '../network/routes-to.ts';
import type { Log } from '../system/log.ts';
import type { Programs } from '../system/programs.ts';
import { callUntilAnswered, greet, renew } from './calls.ts';
import type { LiveTunnel } from './live-tunnel.ts';

/** What {@link Roaming} tells and asks for. */
export interface RoamingHands {
  /** Asks the engine of a tunnel how things are. */
  readonly look: (live: LiveTunnel) => Promise<void>;
  /** A tunnel's peers are reached another way from now on. */
  readonly moved: (live: LiveTunnel) => void;
  /** Milliseconds, on the clock that the helper goes by. */
  readonly now: () => number;
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
  /** What ends the calls of a tunnel that are under way. */
  readonly #calls = new Map<LiveTunnel, AbortController>();

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
    this.#callUntilAnswered(live, await renew(live, live.readingsInUse));
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
    for (const calls of this.#calls.values()) calls.abort();
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
    this.#callUntilAnswered(live, null);
  }

  /** Calls the peers until they answer, in place of calls that are under way. */
  #callUntilAnswered(live: LiveTunnel, renewedAt: number | null): void {
    const calls = new AbortController();
    this.#calls.get(live)?.abort();
    this.#calls.set(live, calls);
    const look = (): Promise<void> => this.#hands.look(live);
    const { now } = this.#hands;
    void callUntilAnswered(live, { look, now, renewedAt, signal: calls.signal }).finally(() => {
      if (this.#calls.get(live) === calls) this.#calls.delete(live);
    });
  }

  #waysOf(live: LiveTunnel): Promise<ReadonlyMap<string, string>> {
    const endpoints = live.readings.flatMap(({ endpoint }) => endpoint ?? []);
    return endpoints.length === 0
      ? Promise.resolve(new Map<string, string>())
      : waysTo(endpoints, live.prepared.mark, this.#programs);
  }
}
