import { describe, expect, it } from 'vitest';
import { addressOfEndpoint, resolveEndpoint } from '../../../electron/helper/tunnels/resolve.ts';
import { resolveEndpoints } from '../../../electron/helper/tunnels/prepare.ts';
import { keys, peerOf, tunnelOf } from '../contract/tunnels.ts';

describe('an endpoint', () => {
  it.each([
    ['203.0.113.2', '203.0.113.2:51820'],
    ['2001:db8::2', '[2001:db8::2]:51820'],
    ['fe80::1%eth0', '[fe80::1%eth0]:51820'],
  ])('that is the address %s stands for itself', async (host, endpoint) => {
    expect(await resolveEndpoint({ host, port: 51_820 }, true)).toEqual({ kind: 'resolved', endpoint });
    expect(addressOfEndpoint(endpoint)).toBe(host);
  });

  it('that is a name is looked up; without IPv6 an IPv4 answer is taken', async () => {
    expect(await resolveEndpoint({ host: 'localhost', port: 1 }, false)).toEqual({
      kind: 'resolved',
      endpoint: '127.0.0.1:1',
    });
  });

  it('that no name server can know says so', async () => {
    const outcome = await resolveEndpoint({ host: 'no such name', port: 1 }, true);
    expect(outcome).toMatchObject({ kind: 'unresolved', host: 'no such name' });
    expect(outcome.kind === 'unresolved' ? outcome.reason : '').not.toMatch(/getaddrinfo|undefined/);
  });
});

describe('the endpoints of a tunnel', () => {
  const dead = peerOf({ endpoint: { host: 'no such name', port: 1 } });

  it('fail it where none of them has an address, and name what was asked', async () => {
    await expect(resolveEndpoints(tunnelOf({ peers: [dead] }), true)).rejects.toMatchObject({
      fault: { code: 'endpoint-unresolved', command: expect.stringContaining('no such name') as string },
    });
  });

  it('do not fail it where one of them has', async () => {
    const live = peerOf({ publicKey: keys.other, endpoint: { host: '203.0.113.2', port: 1 } });
    const outcomes = await resolveEndpoints(tunnelOf({ peers: [dead, live] }), true);
    expect(outcomes.get(keys.peer)?.kind).toBe('unresolved');
    expect(outcomes.get(keys.other)).toEqual({ kind: 'resolved', endpoint: '203.0.113.2:1' });
  });

  it('are none where every peer calls us', async () => {
    expect((await resolveEndpoints(tunnelOf(), true)).size).toBe(0);
  });
});
