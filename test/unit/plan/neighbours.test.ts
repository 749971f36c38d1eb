import { describe, expect, it } from 'vitest';
import { desiredNetwork } from '../../../shared/network/plan/desired.ts';
import { desiredBeside, isShared, takenBy } from '../../../shared/network/plan/neighbours.ts';
import type { Neighbour } from '../../../shared/network/plan/neighbours.ts';
import { resourceIdentity } from '../../../shared/network/plan/resources.ts';
import type { Resource } from '../../../shared/network/plan/resources.ts';
import { planned } from './tunnels.ts';
import type { TunnelTexts } from './tunnels.ts';

const resolver = 60_853;

function neighbour(texts: TunnelTexts, stands = true): Neighbour {
  return { owner: 1001, tunnel: planned({ interface: 'theirs', order: 1, ...texts }), stands };
}

function identities(resources: readonly Resource[]): string[] {
  return resources.map(resourceIdentity).sort();
}

describe('the network beside the tunnels of another user', () => {
  const own = planned({
    interface: 'ours',
    prefixes: ['10.42.0.0/16'],
    addresses: ['10.0.0.5/32'],
    order: 2,
  });
  const theirs = neighbour({ prefixes: ['10.43.0.0/24'], addresses: ['10.0.0.6/32'] });

  it('is, of both together, what both would make: each his own, and what they share', () => {
    const whole = desiredNetwork([own, theirs.tunnel], resolver);
    const ours = desiredBeside([own], [theirs], resolver);
    const others = desiredBeside([theirs.tunnel], [{ ...theirs, tunnel: own }], resolver);
    expect(new Set([...identities(ours), ...identities(others)])).toEqual(new Set(identities(whole)));
    expect(
      ours
        .filter((resource) => !isShared(resource))
        .every((one) => 'interface' in one && one.interface === 'ours'),
    ).toBe(true);
    // Or each would undo the other's.
    expect(ours.filter(isShared)).toEqual(others.filter(isShared));
  });

  it('keeps what the others need when ours go', () => {
    expect(identities(desiredBeside([], [theirs], resolver))).toEqual(
      identities(desiredNetwork([theirs.tunnel], resolver).filter(isShared)),
    );
    expect(desiredBeside([], [], resolver)).toEqual([]);
  });
});

describe('what there is once', () => {
  const halves = ['0.0.0.0/1', '128.0.0.0/1'];
  const quarters = ['0.0.0.0/2', '64.0.0.0/2', '128.0.0.0/2', '192.0.0.0/2'];

  it.each([
    ['full tunnel', { prefixes: ['0.0.0.0/0'] }, { prefixes: halves }],
    ['full tunnel', { prefixes: quarters }, { prefixes: ['0.0.0.0/0'] }],
    ['full tunnel', { prefixes: ['::/0'] }, { prefixes: halves }],
    ['full tunnel', { prefixes: ['2000::/3'] }, { prefixes: quarters.slice(1) }],
    ['kill switch', { killSwitch: { allowLan: false } }, { killSwitch: { allowLan: true } }],
    ['all names', { allNames: true }, { allNames: true }],
  ] as const)('%s: the first has it', (sole, first, second) => {
    const theirs = neighbour(first);
    expect(takenBy([planned(second)], [theirs])).toEqual({ sole, neighbour: theirs });
    expect(takenBy([planned(second)], [neighbour(first, false)])).toBeNull();
    expect(takenBy([planned({ prefixes: ['10.42.0.0/16'] })], [theirs])).toBeNull();
    expect(takenBy([planned(second)], [neighbour({ prefixes: ['10.42.0.0/16'] })])).toBeNull();
  });

  it('is not taken by a tunnel whose routes go to a table of its own', () => {
    expect(
      takenBy([planned({ prefixes: halves })], [neighbour({ prefixes: halves, table: 100 })]),
    ).toBeNull();
  });
});
