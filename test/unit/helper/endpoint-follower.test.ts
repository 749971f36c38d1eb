import { describe, expect, it } from 'vitest';
import { EndpointFollower } from '../../../electron/helper/endpoints/follower.ts';
import type { Followed } from '../../../electron/helper/endpoints/follower.ts';
import type { Lookup } from '../../../electron/helper/endpoints/wire.ts';
import { routeTo } from './routes.ts';

const key = 'peer';

/** One tunnel with one peer, `relay.example:51820`, in a world that a test changes; times are seconds. */
class World implements Followed {
  /** The addresses of the name; none is a name that nobody knows. */
  addresses: string[] = ['203.0.113.10'];
  /** The addresses that a route leads to. */
  routed: string[] = ['203.0.113.10', '203.0.113.11', '203.0.113.12', '2001:db8::10'];
  lookups = 0;
  /** Where the engine looks for the peer. */
  endpoint: string | null;
  unresolved: string[] = [];
  hasSession = false;
  readonly dialed: string[] = [];
  readonly follower: EndpointFollower<Followed>;
  #now = 1_000;
  #endpoints: Record<string, string>;
  /** Since when the peer does not answer; null where it does. */
  #silentSince: number | null = null;

  constructor(endpoint: string | null = '203.0.113.10:51820') {
    this.endpoint = endpoint;
    this.#endpoints = endpoint === null ? {} : { [key]: endpoint };
    this.follower = new EndpointFollower<Followed>({
      lookUp: () => {
        this.lookups += 1;
        const found = this.addresses.length > 0;
        const lookup: Lookup = found
          ? { kind: 'found', addresses: this.addresses }
          : { kind: 'none', reason: 'no-name' };
        return Promise.resolve(lookup);
      },
      routesTo: () => Promise.resolve(this.routed.map((address) => routeTo(address))),
      now: () => this.#now * 1_000,
      redial: (_, endpoints, unresolved) => {
        this.unresolved = unresolved.map(({ host }) => host);
        for (const [name, endpoint] of endpoints) {
          this.endpoint = endpoint;
          this.#endpoints = { [name]: endpoint };
          this.dialed.push(endpoint);
        }
        return Promise.resolve();
      },
    });
  }

  get prepared(): Followed['prepared'] {
    const peers = [{ publicKey: key, endpoint: { host: 'relay.example', port: 51_820 } }];
    return { tunnel: { peers }, endpoints: this.#endpoints, mark: 1 };
  }

  get readings(): Followed['readings'] {
    return [{ publicKey: key, endpoint: this.endpoint }];
  }

  get unanswered(): Followed['unanswered'] {
    if (this.#silentSince === null) return [];
    const since = this.#silentSince * 1_000;
    return this.readings.map((reading) => ({ reading, since, hasSession: this.hasSession }));
  }

  silent(): void {
    this.#silentSince = this.#now;
  }

  answers(): void {
    this.#silentSince = null;
  }

  /** Lets time pass, with a look each second. */
  async pass(seconds: number): Promise<void> {
    for (let second = 0; second < seconds; second += 1) {
      this.#now += 1;
      await this.follower.consider(this);
    }
  }
}

describe('a peer whose endpoint is a name', () => {
  it('is not looked up again while it answers', async () => {
    const world = new World();
    world.addresses = ['203.0.113.11'];
    await world.pass(3_600);
    expect([world.lookups, world.dialed]).toEqual([0, []]);
  });

  it('is looked up again after 15 s without an answer, and looked for where the name says', async () => {
    const world = new World();
    world.hasSession = true;
    world.addresses = ['203.0.113.11'];
    world.silent();
    await world.pass(14);
    expect(world.lookups).toBe(0);
    await world.pass(2);
    expect(world.dialed).toEqual(['203.0.113.11:51820']);
  });

  it('is left where it is while its name says the same, and looked up seldom', async () => {
    const world = new World();
    world.silent();
    await world.pass(300);
    expect(world.dialed).toEqual([]);
    expect(world.lookups).toBeGreaterThan(4);
    expect(world.lookups).toBeLessThan(9);
  });

  it('is looked for at each address of its name in turn, and at the first again after the last', async () => {
    const world = new World();
    world.addresses = ['203.0.113.10', '203.0.113.11', '203.0.113.12'];
    world.silent();
    await world.pass(60);
    const [, ...rest] = world.dialed;
    expect(world.dialed.slice(0, 4)).toEqual(
      ['11', '12', '10', '11'].map((last) => `203.0.113.${last}:51820`),
    );
    expect(rest.length).toBeGreaterThan(3);
    const lookups = world.lookups;
    world.answers();
    await world.pass(600);
    expect(world.lookups).toBe(lookups);
  });

  it('keeps the order of its addresses though servers answer in turn', async () => {
    const world = new World();
    const all = Array.from({ length: 50 }, (_, last) => `203.0.113.${last + 10}`);
    world.routed = all;
    world.addresses = all;
    world.silent();
    for (let turn = 0; turn < 50; turn += 1) {
      world.addresses = [...all.slice(turn), ...all.slice(0, turn)];
      await world.pass(12);
    }
    expect(new Set(world.dialed).size).toBe(50);
  });

  it('that had no address is looked up until it has one, less and less often, and the warning goes', async () => {
    const world = new World(null);
    world.addresses = [];
    await world.pass(120);
    expect(world.unresolved).toEqual(['relay.example']);
    expect(world.lookups).toBeGreaterThan(5);
    expect(world.lookups).toBeLessThan(12);
    world.addresses = ['203.0.113.11'];
    await world.pass(61);
    expect([world.dialed, world.unresolved]).toEqual([['203.0.113.11:51820'], []]);
    const { lookups } = world;
    await world.pass(600);
    expect(world.lookups).toBe(lookups);
  });

  it('that had no address and called us is left where it called from', async () => {
    const world = new World(null);
    world.addresses = [];
    await world.pass(5);
    world.endpoint = '198.51.100.7:4444';
    world.addresses = ['203.0.113.11'];
    await world.pass(600);
    expect([world.dialed, world.unresolved]).toEqual([[], []]);
  });

  it('whose name is gone stays where it was, with a warning until it answers', async () => {
    const world = new World();
    world.addresses = [];
    world.silent();
    await world.pass(20);
    expect([world.dialed, world.unresolved]).toEqual([[], ['relay.example']]);
    world.answers();
    await world.pass(1);
    expect(world.unresolved).toEqual([]);
  });

  it('is looked up soon after the machine has moved, if it does not answer there', async () => {
    const world = new World();
    world.hasSession = true;
    world.addresses = ['203.0.113.11'];
    world.silent();
    await world.pass(5);
    world.follower.moved(world);
    await world.pass(4);
    expect(world.dialed).toEqual(['203.0.113.11:51820']);
  });

  it('goes over to the family that a route leads to when the other has none', async () => {
    const world = new World('[2001:db8::10]:51820');
    world.addresses = ['2001:db8::10', '203.0.113.10'];
    world.follower.remember(
      world,
      new Map([[key, { kind: 'resolved', endpoint: '', addresses: world.addresses }]]),
    );
    await world.follower.routesChanged(world);
    expect(world.dialed).toEqual([]);
    world.routed = [];
    await world.follower.routesChanged(world);
    expect(world.dialed).toEqual([]);
    world.routed = ['203.0.113.10'];
    await world.follower.routesChanged(world);
    expect(world.dialed).toEqual(['203.0.113.10:51820']);
  });

  it('is looked for nowhere else once that was ended', async () => {
    const world = new World(null);
    world.follower.stop();
    await world.pass(60);
    expect(world.lookups).toBe(0);
  });
});
