import { describe, expect, it } from 'vitest';
import { decide, planOf } from '../../../electron/helper/tunnels/advice.ts';
import type { Foreseen } from '../../../electron/helper/tunnels/advice.ts';
import { amongThemselves, shownWarnings, withoutOther } from '../../../electron/helper/tunnels/prepared.ts';
import { faultOf } from '../../../shared/fault.ts';
import type { Conflict } from '../../../shared/network/plan/conflicts.ts';
import { planned, prefix } from '../plan/tunnels.ts';
import { preparedOf } from './prepared-tunnels.ts';

const wlan = { kind: 'lan', interface: 'wlan0', name: 'wlan0', user: null } as const;
const office = { kind: 'tunnel', interface: 'office', name: 'Office', user: null } as const;

function conflict(parts: Partial<Conflict>): Conflict {
  return {
    code: 'gateway-captured',
    severity: 'error',
    prefix: prefix('192.168.1.0/24'),
    against: prefix('192.168.1.1/32'),
    owner: wlan,
    isCarried: true,
    ...parts,
  };
}

function foreseen(...conflicts: Conflict[]): Foreseen {
  return { conflicts, taken: null, lateLocal: [] };
}

const nobody = { own: [], beside: [] };

describe('what is decided about conflicts', () => {
  it('leaves a gateway that is the name server too out once, with one warning', () => {
    const both = foreseen(conflict({}), conflict({ code: 'name-server-captured' }));
    const { withheld, warnings } = decide(preparedOf(), both, { accept: [], subtract: true });
    expect(withheld).toEqual([prefix('192.168.1.1/32')]);
    expect(warnings.map(({ code }) => code)).toEqual(['subtracted']);
  });

  it('offers to leave out only what would go into the tunnel', () => {
    const kept = conflict({ code: 'route-shadowed', owner: office, isCarried: false });
    const { conflicts } = planOf(preparedOf(), foreseen(kept, conflict({})), nobody);
    expect(conflicts.map(({ choices }) => choices)).toEqual([
      ['accept', 'stop'],
      ['subtract', 'accept', 'stop'],
    ]);
    const refused = (): unknown => decide(preparedOf(), foreseen(kept), { accept: [], subtract: true });
    expect(refused).toThrow(/came up first and keeps it/);
  });

  it('is noted of another tunnel only while that is up', () => {
    const kept = conflict({ code: 'route-shadowed', owner: office, isCarried: false });
    const taken = conflict({ code: 'route-taken' });
    const accept = ['route-shadowed', 'route-taken'];
    const both = decide(preparedOf(), foreseen(kept, taken), { accept, subtract: false });
    expect(both.warnings.map(({ code }) => code)).toEqual(accept);
    expect(shownWarnings(both).map((warning) => Object.keys(warning))).toEqual([
      ['code', 'message', 'hint'],
      ['code', 'message', 'hint'],
    ]);
    expect(withoutOther(both, 'wlan0')).toBe(both);
    expect(withoutOther(both, 'office').warnings.map(({ code }) => code)).toEqual(['route-taken']);
    // After a crash the other may not come back.
    expect(amongThemselves([both])[0]?.warnings.map(({ code }) => code)).toEqual(['route-taken']);
  });
});

describe('what another user of the machine has already', () => {
  const neighbour = {
    owner: 1001,
    tunnel: planned({ interface: 'theirs', prefixes: ['0.0.0.0/0'] }),
    stands: true,
  };

  it.each([
    ['full tunnel', 'full-tunnel-taken'],
    ['kill switch', 'kill-switch-taken'],
    ['all names', 'names-taken'],
  ] as const)('stops a tunnel in the plan as in "up": the %s', (sole, code) => {
    const taken: Foreseen = { conflicts: [], taken: { sole, neighbour }, lateLocal: [] };
    const { conflicts } = planOf(preparedOf(), taken, { own: [], beside: [neighbour] });
    expect(conflicts).toMatchObject([
      { code, severity: 'error', owner: { kind: 'tunnel', interface: 'theirs' }, choices: ['stop'] },
    ]);
    const fault = ((): string => {
      try {
        decide(preparedOf(), taken, { accept: [code], subtract: true });
        return 'none';
      } catch (error) {
        return faultOf(error).code;
      }
    })();
    expect(fault).toBe(code);
  });
});
