import { describe, expect, it } from 'vitest';
import { killSwitchOf } from '../../../shared/network/plan/kill-switch.ts';
import { openingPriorities, openingRules } from '../../../shared/network/plan/opening.ts';
import { planned } from './tunnels.ts';
import type { TunnelTexts } from './tunnels.ts';

const opening = { user: 1000, until: 300_000, seconds: 300 };

function prioritiesOf(...tunnels: TunnelTexts[]): string[] {
  return openingRules(tunnels.map(planned), opening).map(({ family, priority }) => `${family} ${priority}`);
}

describe('an uplink that is opened', () => {
  it('needs a way past tunnels that take everything, behind what is more specific', () => {
    expect(prioritiesOf({ prefixes: ['0.0.0.0/0'] })).toEqual([`4 ${openingPriorities.late}`]);
    expect(
      prioritiesOf({ prefixes: ['0.0.0.0/1', '128.0.0.0/1', '::/1', '8000::/1', '10.42.0.0/16'] }),
    ).toEqual([`4 ${openingPriorities.late}`, `6 ${openingPriorities.late}`]);
    expect(prioritiesOf({ prefixes: ['0.0.0.0/2', '64.0.0.0/2', '128.0.0.0/2', '192.0.0.0/2'] })).toEqual([
      `4 ${openingPriorities.late}`,
    ]);
  });

  it('needs one past everything where all is taken in pieces, and none past a tunnel that takes little', () => {
    expect(prioritiesOf({ prefixes: ['0.0.0.0/3', '32.0.0.0/3', '64.0.0.0/2', '128.0.0.0/3'] })).toEqual([
      `4 ${openingPriorities.early}`,
    ]);
    expect(prioritiesOf({ prefixes: ['10.0.0.0/8', 'fd00::/8'] })).toEqual([]);
    expect(prioritiesOf({ prefixes: ['0.0.0.0/0'], table: 'off' })).toEqual([]);
  });

  it('is open by elements that the kernel takes out, and the same table until it is opened anew', () => {
    const tunnel = planned({ killSwitch: { allowLan: false } });
    const tables = [
      opening,
      { ...opening, seconds: 290 },
      { ...opening, until: 400_000 },
      { ...opening, user: 1001 },
      null,
    ].map((each) => killSwitchOf([tunnel], { resolver: 60_853, lan: [], opening: each }));
    expect(tables[0]?.ruleset).toContain('elements = { ipv4 timeout 300s, ipv6 timeout 300s }');
    expect(tables[1]?.digest).toBe(tables[0]?.digest);
    expect(new Set(tables.map((table) => table?.digest)).size).toBe(4);
    expect(tables[4]?.ruleset).not.toContain('open');
  });
});
