import { describe, expect, it } from 'vitest';
import { planOf } from '../../../electron/helper/tunnels/advice.ts';
import type { PreparedTunnel } from '../../../electron/helper/tunnels/prepared.ts';
import { desiredBeside } from '../../../shared/network/plan/neighbours.ts';
import { findConflicts } from '../../../shared/network/plan/conflicts.ts';
import { laptop, withTunnels } from '../plan/hosts.ts';
import { tunnelOf } from '../contract/tunnels.ts';
import { planned, prefix } from '../plan/tunnels.ts';
import { preparedOf } from './prepared-tunnels.ts';

/** As many peers, and prefixes of each, as a message can hold. */
const size = { peers: 9_000, prefixesEach: 8 } as const;

/** Milliseconds of the processor; a look at each prefix for each peer takes thirty seconds more. */
const limit = 5_000;

function ipv4(first: number, count: number): string {
  return [first, (count >> 16) & 0xff, (count >> 8) & 0xff, count & 0xff].join('.');
}

const nothing = { conflicts: [], taken: null, lateLocal: [] };
const nobody = { own: [], beside: [] };

/** A tunnel of that size, its last peer inside it and the others not. */
function largeTunnel(): PreparedTunnel {
  const peers = Array.from({ length: size.peers }, (_, peer) => ({
    publicKey: `peer ${peer}`,
    presharedKey: null,
    endpoint: null,
    allowedIps: Array.from({ length: size.prefixesEach }, (_, each) =>
      prefix(ipv4(10, peer * size.prefixesEach + each)),
    ),
    persistentKeepalive: null,
    name: null,
  }));
  const endpoints = peers.map(({ publicKey }, peer) => [publicKey, `${ipv4(203, peer)}:51820`] as const);
  return preparedOf({
    tunnel: { ...tunnelOf(), peers },
    endpoints: { ...Object.fromEntries(endpoints), [`peer ${size.peers - 1}`]: '10.0.0.1:51820' },
  });
}

/** Milliseconds of the processor that work takes. */
function timeOf(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

describe('a tunnel of 9,000 peers', () => {
  it('is planned without a look at every prefix for every peer', { timeout: 120_000 }, () => {
    const prepared = largeTunnel();
    let plan: ReturnType<typeof planOf> | null = null;
    const time = timeOf(() => (plan = planOf(prepared, nothing, nobody)));
    expect(plan).toMatchObject({ exempt: ['10.0.0.1:51820'] });
    expect(time).toBeLessThan(limit);
  });

  it('is held against a host, and against another of that size, part by part', { timeout: 120_000 }, () => {
    const { tunnel } = largeTunnel();
    const prefixes = tunnel.peers.flatMap(({ allowedIps }) => allowedIps);
    const other = { ...planned({ interface: 'other' }), prefixes };
    const host = withTunnels(laptop, [other]);
    const tunnels = new Map([['other', { name: 'other', user: null }]]);
    let found = 0;
    const time = timeOf(() => {
      const home = { ...planned({ order: 2 }), prefixes };
      found = findConflicts(home, { host, tunnels, nameServers: [] }).length;
    });
    expect(found).toBe(prefixes.length);
    expect(time).toBeLessThan(limit);
  });

  it('of another user costs no more either', { timeout: 120_000 }, () => {
    const { tunnel, endpoints } = largeTunnel();
    const theirs = planned({
      interface: 'theirs',
      endpoints: Object.values(endpoints).map((endpoint) => endpoint.replace(':51820', '')),
    });
    const prefixes = tunnel.peers.flatMap(({ allowedIps }) => allowedIps);
    const beside = [{ owner: 1000, tunnel: { ...theirs, prefixes }, stands: true }];
    expect(timeOf(() => desiredBeside([planned()], beside, 990))).toBeLessThan(limit);
  });
});
