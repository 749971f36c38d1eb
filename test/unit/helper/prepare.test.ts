import { describe, expect, it } from 'vitest';
import { prepare } from '../../../electron/helper/tunnels/prepare.ts';
import type { PreparedTunnel } from '../../../electron/helper/tunnels/prepared.ts';
import { faultOf } from '../../../shared/fault.ts';
import { outerMark, routingTable } from '../../../shared/network/plan/constants.ts';
import type { Tunnel } from '../../../shared/tunnel/tunnel.ts';
import { interfaceAddress, tunnelOf } from '../contract/tunnels.ts';

function prepared(parts: Partial<Tunnel>, ipv6 = true): Promise<PreparedTunnel> {
  const ruling = { tunnel: tunnelOf(parts), leftOut: [], warnings: [] };
  return prepare({ ruling, endpoints: new Map(), ipv6, order: 1, wallTime: 0 });
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'none',
    (error: unknown) => faultOf(error).code,
  );
}

describe('preparing a tunnel', () => {
  it.each([255, routingTable(0), routingTable(24), routingTable(128)])(
    'refuses routes in table %i, which is not for profiles to fill',
    async (table) => {
      expect(await codeOf(prepared({ table }))).toBe('table-reserved');
    },
  );

  it.each(['auto', 'off', 1, 254, 51_820, routingTable(0) - 1, routingTable(128) + 1] as const)(
    'takes table %s',
    async (table) => {
      expect((await prepared({ table })).tunnel.table).toBe(table);
    },
  );

  it('keeps a mark of the profile’s own only where the routes are the profile’s own too', async () => {
    const own = await prepared({ fwMark: 77, table: 'off' });
    expect([own.mark, own.warnings]).toEqual([77, []]);
    const replaced = await prepared({ fwMark: 77, table: 'auto' });
    expect([replaced.mark, replaced.warnings.map(({ code }) => code)]).toEqual([
      outerMark,
      ['fwmark-replaced'],
    ]);
  });

  it('takes Adit’s mark wherever there is a kill switch, which passes no other', async () => {
    for (const fwMark of [51_820, 0, null]) {
      const tunnel = await prepared({ fwMark, table: 77, killSwitch: { allowLan: false } });
      const codes = fwMark === null ? [] : ['fwmark-replaced'];
      expect([tunnel.mark, tunnel.warnings.map(({ code }) => code)]).toEqual([outerMark, codes]);
    }
  });

  it('takes a free port where the profile leaves it open, and the profile’s where not', async () => {
    expect((await prepared({ listenPort: null })).listenPort).toBeGreaterThan(1023);
    expect((await prepared({ listenPort: 51_820 })).listenPort).toBe(51_820);
  });

  it('leaves IPv6 out where the interface could not hold it, and says so', async () => {
    const addresses = [interfaceAddress('fd00::2/64')];
    const small = await prepared({ mtu: 1279, addresses });
    expect([small.ipv6, small.warnings.map(({ code }) => code)]).toEqual([false, ['ipv6-needs-mtu']]);
    const large = await prepared({ mtu: 1280, addresses });
    expect([large.ipv6, large.warnings]).toEqual([true, []]);
    const without = await prepared({ addresses }, false);
    expect([without.ipv6, without.warnings.map(({ code }) => code)]).toEqual([false, ['ipv6-disabled']]);
  });
});
