import { describe, expect, it } from 'vitest';
import { findConflicts } from '../../../shared/network/plan/conflicts.ts';
import type { HostNetwork } from '../../../shared/network/host/host-network.ts';
import { formatPrefix } from '../../../shared/network/prefix.ts';
import { PrefixSet } from '../../../shared/network/prefix-set.ts';
import { laptop, route, withTunnels } from './hosts.ts';
import { address, planned, prefix } from './tunnels.ts';
import type { TunnelTexts } from './tunnels.ts';

/** `0.0.0.0/0` without 10.0.0.0/8, 172.16.0.0/12 and 192.168.0.0/16. */
const withoutPrivate = PrefixSet.of([prefix('0.0.0.0/0')])
  .without(PrefixSet.of(['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'].map(prefix)))
  .texts();

/** The conflicts of a tunnel `home` on the laptop, in words. */
function conflicts(
  prefixes: readonly string[],
  given: {
    host?: HostNetwork;
    others?: readonly TunnelTexts[];
    servers?: readonly string[];
    addresses?: readonly string[];
  } = {},
): string[] {
  const others = (given.others ?? []).map(planned);
  const { addresses = ['10.200.200.11/24'] } = given;
  const found = findConflicts(planned({ prefixes, addresses }), {
    host: withTunnels(given.host ?? laptop, others),
    tunnels: new Map(others.map((other) => [other.interface, { name: `profile ${other.interface}` }])),
    nameServers: (given.servers ?? ['192.168.1.1']).map(address),
  });
  return found.map(
    ({ code, severity, prefix, against, owner }) =>
      `${severity} ${code}: ${formatPrefix(prefix)} against ${formatPrefix(against)} of ${owner.kind} ${owner.name}`,
  );
}

describe('the conflicts of a tunnel', () => {
  it.each([
    ['the whole internet', ['0.0.0.0/0', '::/0']],
    ['its halves', ['0.0.0.0/1', '128.0.0.0/1', '::/1', '8000::/1']],
    ['its quarters', ['0.0.0.0/2', '64.0.0.0/2', '128.0.0.0/2', '192.0.0.0/2']],
    ['all of it but the private networks', withoutPrivate],
    ['all global addresses of IPv6', ['2000::/3']],
    ['a cluster’s Pods and Services', ['10.42.0.0/16', '10.43.0.0/16', '10.4.0.0/16']],
    ['one address elsewhere', ['203.0.113.7/32']],
  ])('are none at home for %s', (_, prefixes) => {
    expect(conflicts(prefixes)).toEqual([]);
  });

  it('are none with a LAN that is more specific: it stays', () => {
    expect(conflicts(['192.168.0.0/18'])).toEqual([]);
  });

  it('are an error where the office has the numbers of the home', () => {
    expect(conflicts(['192.168.1.0/24'])).toEqual([
      'error route-taken: 192.168.1.0/24 against 192.168.1.0/24 of lan wlan0',
      'error gateway-captured: 192.168.1.0/24 against 192.168.1.1/32 of lan wlan0',
      'error name-server-captured: 192.168.1.0/24 against 192.168.1.1/32 of lan wlan0',
    ]);
  });

  it('name part of the LAN that would go into the tunnel, and the name server in it', () => {
    expect(conflicts(['192.168.1.128/25'])).toEqual([
      'warning route-split: 192.168.1.128/25 against 192.168.1.0/24 of lan wlan0',
    ]);
    expect(conflicts(['192.168.1.128/25'], { servers: ['192.168.1.250'] })).toContain(
      'error name-server-captured: 192.168.1.128/25 against 192.168.1.250/32 of lan wlan0',
    );
  });

  it('name Docker’s bridge, taken or in the way', () => {
    expect(conflicts(['172.17.0.0/16'])).toEqual([
      'error route-taken: 172.17.0.0/16 against 172.17.0.0/16 of bridge docker0',
    ]);
    expect(conflicts(['172.16.0.0/12'])).toEqual([
      'warning route-shadowed: 172.16.0.0/12 against 172.17.0.0/16 of bridge docker0',
    ]);
  });

  it('name another VPN, of which a full tunnel takes nothing', () => {
    expect(conflicts(['10.99.0.0/16'])).toEqual([
      'error route-taken: 10.99.0.0/16 against 10.99.0.0/16 of vpn tun0',
    ]);
    expect(conflicts(['10.0.0.0/8'])).toEqual([
      'warning route-shadowed: 10.0.0.0/8 against 10.99.0.0/16 of vpn tun0',
    ]);
  });

  it('name an address that another interface has, whatever is routed', () => {
    expect(conflicts([], { addresses: ['192.168.1.5/32', '10.7.0.1/32'] })).toEqual([
      'error address-taken: 192.168.1.5/32 against 192.168.1.5/32 of lan wlan0',
    ]);
    expect(conflicts([], { addresses: ['127.0.0.1/32'] })).toEqual([]);
  });

  it('are none between two tunnels of ours with one address, or with one’s own interface', () => {
    const held = (device: string): HostNetwork => ({
      ...laptop,
      routes: [...laptop.routes, route('10.7.0.1/32', device, { table: 255, kind: 'local' })],
    });
    const others = [{ interface: 'office', addresses: ['10.7.0.1/24'], order: 2 }];
    const addresses = ['10.7.0.1/24'];
    expect(conflicts([], { host: held('office'), others, addresses })).toEqual([]);
    expect(conflicts([], { host: held('home'), addresses })).toEqual([]);
    expect(conflicts([], { host: held('office'), addresses })).toHaveLength(1);
  });

  it('name the LAN where the network around an address would go before it', () => {
    const around = (...addresses: string[]): string[] => conflicts([], { addresses });
    expect(around('192.168.1.77/24')).toEqual([
      'error address-network-taken: 192.168.1.0/24 against 192.168.1.0/24 of lan wlan0',
    ]);
    expect(around('192.168.1.77/26')).toEqual([
      'warning address-network-taken: 192.168.1.64/26 against 192.168.1.0/24 of lan wlan0',
    ]);
    // Of routes that are alike the first carries, and a more specific one stays.
    expect(around('172.17.0.9/16', '192.168.0.1/16', '192.168.1.77/32', 'fe80::7/64')).toEqual([]);
  });

  it('name a VPN that wants everything too', () => {
    const host = {
      ...laptop,
      routes: [...laptop.routes, route('0.0.0.0/1', 'tun0'), route('128.0.0.0/1', 'tun0')],
    };
    expect(conflicts(['0.0.0.0/0'], { host })).toEqual([
      'error full-tunnel-twice: 0.0.0.0/0 against 0.0.0.0/1 of vpn tun0',
      'error full-tunnel-twice: 0.0.0.0/0 against 128.0.0.0/1 of vpn tun0',
    ]);
  });

  it('name another tunnel of ours by its profile', () => {
    const office = { interface: 'office', prefixes: ['10.42.0.0/16'], order: 2 };
    const of = (...prefixes: string[]): string[] => conflicts(prefixes, { others: [office] });
    expect(of('10.42.0.0/16')).toEqual([
      'error route-taken: 10.42.0.0/16 against 10.42.0.0/16 of tunnel profile office',
    ]);
    expect(of('10.42.1.0/24')).toEqual([
      'warning route-split: 10.42.1.0/24 against 10.42.0.0/16 of tunnel profile office',
    ]);
    expect(of('10.40.0.0/13')).toEqual([
      'warning route-shadowed: 10.40.0.0/13 against 10.42.0.0/16 of tunnel profile office',
    ]);
    expect(of('0.0.0.0/0')).toEqual([]);
  });

  it('are none for a split tunnel beside a full one, and an error for a second full one', () => {
    const full = { interface: 'full', prefixes: ['0.0.0.0/0'], order: 2 };
    expect(conflicts(['10.42.0.0/16'], { others: [full] })).toEqual([]);
    expect(conflicts(['0.0.0.0/1', '128.0.0.0/1'], { others: [full] })).toEqual([
      'error full-tunnel-twice: 0.0.0.0/1 against 0.0.0.0/0 of tunnel profile full',
      'error full-tunnel-twice: 128.0.0.0/1 against 0.0.0.0/0 of tunnel profile full',
    ]);
  });

  it('name another full tunnel in whatever pieces either is written', () => {
    const quarters = ['0.0.0.0/2', '64.0.0.0/2', '128.0.0.0/2', '192.0.0.0/2'];
    const full = { interface: 'full', prefixes: ['0.0.0.0/0'] };
    expect(conflicts(quarters, { others: [full] })).toEqual(
      quarters.map((each) => `error full-tunnel-twice: ${each} against 0.0.0.0/0 of tunnel profile full`),
    );
    const inQuarters = { interface: 'full', prefixes: quarters };
    expect(conflicts(['0.0.0.0/0'], { others: [inQuarters] })).toEqual(
      quarters.map((each) => `error full-tunnel-twice: 0.0.0.0/0 against ${each} of tunnel profile full`),
    );
    expect(conflicts(withoutPrivate, { others: [full] })).toContain(
      'error full-tunnel-twice: 128.0.0.0/3 against 0.0.0.0/0 of tunnel profile full',
    );
  });

  it('do not take one quarter for everything', () => {
    expect(conflicts(['172.0.0.0/6'])).toEqual([
      'warning route-shadowed: 172.0.0.0/6 against 172.17.0.0/16 of bridge docker0',
    ]);
  });

  it('name a name server outside that a split tunnel would ask for itself, but not one on this machine', () => {
    expect(conflicts(['10.0.0.0/16'], { servers: ['10.0.0.53', '127.0.0.53', '192.168.1.5'] })).toEqual([
      'error name-server-captured: 10.0.0.0/16 against 10.0.0.53/32 of lan wlan0',
    ]);
  });

  it('are none for a tunnel that makes no routes, or has a table of its own', () => {
    for (const table of ['off', 100] as const) {
      const tunnel = planned({ prefixes: ['192.168.1.0/24'], table });
      expect(findConflicts(tunnel, { host: laptop, tunnels: new Map(), nameServers: [] })).toEqual([]);
    }
  });
});
