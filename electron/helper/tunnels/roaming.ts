import { routesTo } from '../network/routes-to.ts';
import type { Log } from '../system/log.ts';
import type { Programs } from '../system/programs.ts';
import type { LiveTunnel } from './live-tunnel.ts';

/**
 * Milliseconds after a change of the way to the peers at which they are called again, until they answer: the first call may go
 * out before the new way is ready.
 */
const callsAfter = [300, 1_000, 2_000] as const;

/**
 * Notices that this machine reaches the peers of a tunnel another way than before (another address, gateway or interface), and
 * makes the engine use it at once; by itself wireguard-go takes 15 s.
 */
export class Roaming {
  readonly #programs: Programs;
  readonly #log: Log;
  readonly #look: (live: LiveTunnel) => Promise<void>;
  /** The ways of each tunnel when it was last looked at. */
  readonly #ways = new WeakMap<LiveTunnel, string>();
  readonly #calls = new Set<NodeJS.Timeout>();

  /** @param look asks the engine of a tunnel how things are */
  constructor(programs: Programs, log: Log, look: (live: LiveTunnel) => Promise<void>) {
    this.#programs = programs;
    this.#log = log;
    this.#look = look;
  }

  /** Looks at the ways of these tunnels now. */
  async follow(tunnels: readonly LiveTunnel[]): Promise<void> {
    await Promise.all(tunnels.map((live) => this.#followOne(live)));
  }

  /** No further call. */
  stop(): void {
    for (const call of this.#calls) clearTimeout(call);
    this.#calls.clear();
  }

  async #followOne(live: LiveTunnel): Promise<void> {
    const ways = await this.#waysOf(live);
    const before = this.#ways.get(live);
    if (ways === before) return;
    this.#ways.set(live, ways);
    // Without any way there is nobody to call; the next change brings one.
    if (before === undefined || ways === '') return;
    this.#log('way-changed', { interface: live.interface, ways });
    await live.engine?.rebind(live.readings).catch(() => undefined);
    await call(live);
    for (const delay of callsAfter) this.#callLater(live, delay);
  }

  #callLater(live: LiveTunnel, delay: number): void {
    const heard = rxBytesOf(live);
    const timer = setTimeout(() => {
      this.#calls.delete(timer);
      void this.#look(live).then(() => (rxBytesOf(live) === heard ? call(live) : undefined));
    }, delay);
    this.#calls.add(timer);
  }

  /** By which interface, gateway and source address each endpoint of a tunnel is reached, as text. */
  async #waysOf(live: LiveTunnel): Promise<string> {
    const endpoints = live.readings.flatMap(({ endpoint }) => endpoint ?? []);
    if (endpoints.length === 0) return '';
    const routes = await routesTo(endpoints, live.prepared.mark, this.#programs);
    return routes
      .map(
        ({ destination, device, gateway, source }) =>
          `${destination} ${device ?? ''} ${gateway ?? ''} ${source ?? ''}`,
      )
      .join('; ');
  }
}

async function call(live: LiveTunnel): Promise<void> {
  await live.engine?.greet(live.readingsInUse).catch(() => undefined);
}

function rxBytesOf(live: LiveTunnel): number {
  return live.readings.reduce((sum, { rxBytes }) => sum + rxBytes, 0);
}
