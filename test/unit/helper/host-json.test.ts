import { expect, it } from 'vitest';
import { hostRoutesOf, hostRulesOf } from '../../../electron/helper/network/host-json.ts';
import { formatPrefix } from '../../../shared/network/prefix.ts';

it('a rule for some destinations, in one output with the routes, is no route', () => {
  const output =
    '[{"dst":"default","gateway":"192.168.1.1","dev":"eth0","table":"102","flags":[]}]\n' +
    '[{"priority":0,"src":"all","table":"255"},{"priority":31000,"src":"all","dst":"10.9.0.0","dstlen":16,"table":"102"}]\n';
  expect(hostRoutesOf(output, 4).map(({ prefix }) => formatPrefix(prefix))).toEqual(['0.0.0.0/0']);
  expect(hostRulesOf(output, 4).map(({ selector: { to } }) => to && formatPrefix(to))).toEqual([
    null,
    '10.9.0.0/16',
  ]);
});
