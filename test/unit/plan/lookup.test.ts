import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressBits } from '../../../shared/network/address.ts';
import type { Address } from '../../../shared/network/address.ts';
import { outerMark } from '../../../shared/network/plan/constants.ts';
import { desiredNetwork } from '../../../shared/network/plan/desired.ts';
import { routedPrefixes } from '../../../shared/network/plan/planned-tunnel.ts';
import type { PlannedTunnel } from '../../../shared/network/plan/planned-tunnel.ts';
import { contains } from '../../../shared/network/prefix.ts';
import type { Prefix } from '../../../shared/network/prefix.ts';
import { HostModel } from './host-model.ts';
import type { Route } from './host-model.ts';
import { address, anyPrefix, anyTunnels, planned, prefix } from './tunnels.ts';

/** The routes that a host has before any tunnel is up, in its main table. */
const mainRoutes: fc.Arbitrary<Route[]> = fc.uniqueArray(
  fc.record({ prefix: anyPrefix, device: fc.constantFrom('eth0', 'wlan0', 'docker0'), metric: fc.nat(3) }),
  {
    maxLength: 8,
    selector: ({ prefix: { family, words, length }, metric }) =>
      JSON.stringify([family, words, length, metric]),
  },
);

/** An address in a prefix, at its edge, or just beside it. */
const destination: fc.Arbitrary<Address> = fc
  .tuple(anyPrefix, fc.nat(127), fc.boolean())
  .map(([{ family, words }, bit, flips]) => {
    const at = bit % addressBits[family];
    const flipped = words.map((word, index) =>
      flips && index === Math.floor(at / 32) ? (word ^ (1 << (at % 32))) >>> 0 : word,
    );
    return { family, words: flipped };
  });

/** What should carry a packet: of all routes the longest, a tunnel's before the main table's, then the first tunnel's. */
function wanted(
  destination: Address,
  main: readonly Route[],
  tunnels: readonly PlannedTunnel[],
): string | null {
  const candidates = [
    ...main.map((route) => ({ ...route, rank: 1 })),
    ...tunnels
      .filter(({ table }) => table === 'auto')
      .flatMap((tunnel) =>
        routedPrefixes(tunnel).map((range: Prefix) => ({
          prefix: range,
          device: tunnel.interface,
          metric: tunnel.order,
          rank: 0,
        })),
      ),
  ].filter((route) => contains(route.prefix, destination));
  candidates.sort((a, b) => b.prefix.length - a.prefix.length || a.rank - b.rank || a.metric - b.metric);
  return candidates[0]?.device ?? null;
}

const many = { numRuns: 4_000 };

describe('the plan, looked up as Linux does', () => {
  it('sends every packet by the longest prefix of the main table and the tunnels', () => {
    fc.assert(
      fc.property(
        mainRoutes,
        anyTunnels,
        destination,
        fc.constantFrom(0, 51_820),
        (main, tunnels, to, mark) => {
          const host = new HostModel(main, desiredNetwork(tunnels));
          expect(host.lookUp(to, mark)?.device ?? null).toBe(wanted(to, main, tunnels));
        },
      ),
      many,
    );
  });

  it('never sends a tunnel’s own packets into a tunnel', () => {
    fc.assert(
      fc.property(mainRoutes, anyTunnels, destination, (main, tunnels, to) => {
        const host = new HostModel(main, desiredNetwork(tunnels));
        const before = new HostModel(main, []);
        expect(host.lookUp(to, outerMark)).toEqual(before.lookUp(to, outerMark));
      }),
      many,
    );
  });

  it('leaves a host’s routing alone for a tunnel with a table of its own, or none', () => {
    const quiet = anyTunnels.map((tunnels) =>
      tunnels.map((tunnel, index) => ({ ...tunnel, table: index % 2 === 0 ? ('off' as const) : 100 })),
    );
    fc.assert(
      fc.property(mainRoutes, quiet, destination, (main, tunnels, to) => {
        const host = new HostModel(main, desiredNetwork(tunnels));
        expect(host.lookUp(to, 0)).toEqual(new HostModel(main, []).lookUp(to, 0));
      }),
    );
  });

  it('of two tunnels with one prefix takes the first, and the other when that goes', () => {
    const home = planned({ prefixes: ['0.0.0.0/0'], order: 4 });
    const office = planned({ interface: 'office', prefixes: ['0.0.0.0/0'], order: 2 });
    const carrier = (...tunnels: PlannedTunnel[]): string | undefined =>
      new HostModel(
        [{ prefix: prefix('0.0.0.0/0'), device: 'eth0', metric: 0 }],
        desiredNetwork(tunnels),
      ).lookUp(address('198.51.100.80'), 0)?.device;
    expect([carrier(home, office), carrier(home), carrier()]).toEqual(['office', 'home', 'eth0']);
  });

  it('leaves the LAN its own routes under a full tunnel, and takes the rest', () => {
    const main = ['0.0.0.0/0', '192.168.1.0/24'].map((text) => ({
      prefix: prefix(text),
      device: 'eth0',
      metric: 0,
    }));
    const host = new HostModel(main, desiredNetwork([planned({ prefixes: ['0.0.0.0/1', '128.0.0.0/1'] })]));
    const carriers = ['192.168.1.7', '198.51.100.80'].map((text) => host.lookUp(address(text), 0)?.device);
    expect(carriers).toEqual(['eth0', 'home']);
  });
});
