import { expect, it } from 'vitest';
import { desiredNetwork } from '../../../shared/network/plan/desired.ts';
import { familiesWithLateLocal } from '../../../shared/network/plan/late-local.ts';
import { resourceIdentity } from '../../../shared/network/plan/resources.ts';
import { rule, selecting } from './hosts.ts';
import { planned } from './tunnels.ts';

const local = 255;
const ofIPv6 = { family: 6 } as const;

it('own addresses are asked for late where no rule for every packet asks for them before ours', () => {
  expect(familiesWithLateLocal([rule(0, local), rule(0, local, ofIPv6)])).toEqual([]);
  expect(familiesWithLateLocal([rule(1000, local), rule(32_765, local, ofIPv6)])).toEqual([6]);
  const some = selecting(rule(0, local), { mark: { value: 7, mask: 0xff } });
  expect(familiesWithLateLocal([some, rule(32_765, local)])).toEqual([4]);
  expect(familiesWithLateLocal([rule(0, local), rule(32_765, local)])).toEqual([]);
});

it('the rule for them comes before all others of ours, and with those of its family only', () => {
  const priorities = (prefixes: readonly string[]): string[] =>
    desiredNetwork([planned({ prefixes })], undefined, [4, 6])
      .filter(({ kind }) => kind.endsWith('rule'))
      .map((resource) => resourceIdentity(resource).replace(/:.*/, ''));
  expect(priorities(['0.0.0.0/0'])[0]).toBe('IPv4 rule 29997');
  expect(priorities(['0.0.0.0/0'])).not.toContain('IPv6 rule 29997');
  expect(priorities(['::/0'])[0]).toBe('IPv6 rule 29997');
});
