import { describe, expect, it } from 'vitest';
import { addressOfEndpoint, endpointOf } from '../../../electron/helper/endpoints/endpoint.ts';
import { resolveEndpoints } from '../../../electron/helper/endpoints/resolve.ts';
import type { Lookups, ResolvedEndpoints } from '../../../electron/helper/endpoints/resolve.ts';
import type { Lookup } from '../../../electron/helper/endpoints/wire.ts';
import type { TunnelPeer } from '../../../shared/tunnel/tunnel.ts';
import { keys, peerOf, tunnelOf } from '../contract/tunnels.ts';
import { routeTo } from './routes.ts';

describe('an endpoint', () => {
  it.each([
    ['203.0.113.2', '203.0.113.2:51820'],
    ['2001:db8::2', '[2001:db8::2]:51820'],
    ['fe80::1%eth0', '[fe80::1%eth0]:51820'],
  ])('at the address %s is written as WireGuard writes it, and read again', (host, endpoint) => {
    expect(endpointOf(host, 51_820)).toBe(endpoint);
    expect(addressOfEndpoint(endpoint)).toBe(host);
  });
});

/** The endpoints of peers, with names that are found to be what is told, after so many milliseconds. */
function resolve(
  peers: readonly TunnelPeer[],
  names: Readonly<Record<string, readonly [after: number, lookup: Lookup]>>,
  parts: Partial<Lookups> = {},
): Promise<ResolvedEndpoints> {
  return resolveEndpoints(tunnelOf({ peers: [...peers] }), {
    lookUp: async (name) => {
      const [after, lookup] = names[name] ?? [0, { kind: 'none', reason: 'no-name' }];
      await new Promise((resolved) => setTimeout(resolved, after));
      return lookup;
    },
    routesTo: () => Promise.resolve([]),
    ...parts,
  });
}

function found(...addresses: string[]): Lookup {
  return { kind: 'found', addresses };
}

describe('the endpoints of a tunnel', () => {
  const named = (key: string, host: string): TunnelPeer =>
    peerOf({ publicKey: key, endpoint: { host, port: 1 } });
  const dead = named(keys.peer, 'dead.example');

  it('fail it where none of them has an address, and name what was asked', async () => {
    await expect(resolve([dead], {})).rejects.toMatchObject({
      fault: { code: 'endpoint-unresolved', command: expect.stringContaining('dead.example') as string },
    });
  });

  it('do not fail it where one of them has', async () => {
    const outcomes = await resolve([dead, named(keys.other, '203.0.113.2')], {});
    expect(outcomes.get(keys.peer)).toMatchObject({ kind: 'unresolved', reason: 'no such name' });
    expect(outcomes.get(keys.other)).toMatchObject({ kind: 'resolved', endpoint: '203.0.113.2:1' });
  });

  it('are none where every peer calls us', async () => {
    expect((await resolveEndpoints(tunnelOf(), { lookUp: failing, routesTo: failing })).size).toBe(0);
  });

  it('are literal addresses without anybody being asked', async () => {
    const outcomes = await resolveEndpoints(tunnelOf({ peers: [named(keys.peer, '2001:db8::2')] }), {
      lookUp: failing,
      routesTo: failing,
    });
    expect(outcomes.get(keys.peer)).toMatchObject({ endpoint: '[2001:db8::2]:1' });
  });

  it('wait a second for those that are late, once one is there', async () => {
    const began = performance.now();
    const outcomes = await resolve([dead, named(keys.other, 'live.example')], {
      'dead.example': [5_000, found('203.0.113.9')],
      'live.example': [10, found('203.0.113.2')],
    });
    expect(performance.now() - began).toBeLessThan(3_000);
    expect(outcomes.get(keys.peer)).toMatchObject({ kind: 'unresolved', reason: 'no answer yet' });
    expect(outcomes.get(keys.other)?.kind).toBe('resolved');
  });

  it('ask for a name once that two peers have', async () => {
    const asked: string[] = [];
    await resolve(
      [named(keys.peer, 'one.example'), named(keys.other, 'one.example')],
      {},
      {
        lookUp: (name) => {
          asked.push(name);
          return Promise.resolve(found('203.0.113.2'));
        },
      },
    );
    expect(asked).toEqual(['one.example']);
  });

  it('are at the address that a route leads to, and keep the others for later', async () => {
    const addresses = ['2001:db8::2', '203.0.113.2', '203.0.113.3'];
    const outcomes = await resolve(
      [named(keys.peer, 'both.example')],
      { 'both.example': [0, found(...addresses)] },
      { routesTo: () => Promise.resolve([routeTo('203.0.113.3')]) },
    );
    expect(outcomes.get(keys.peer)).toEqual({
      kind: 'resolved',
      endpoint: '203.0.113.3:1',
      addresses: ['203.0.113.3', '2001:db8::2', '203.0.113.2'],
    });
  });
});

function failing(): Promise<never> {
  return Promise.reject(new Error('nobody was to be asked'));
}
