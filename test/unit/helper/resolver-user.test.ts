import { describe, expect, it } from 'vitest';
import { numbersIn } from '../../../electron/helper/system/resolver-user.ts';

describe('the user who looks up names', () => {
  it('is the one whom the machine has by that name', () => {
    const users = 'root:x:0:0::/root:/bin/sh\nadit-resolver:x:987:986:names:/:/usr/sbin/nologin\n';
    expect(numbersIn(users)).toEqual({ user: 987, group: 986 });
  });

  it.each([
    ['nobody of that name', 'adit:x:987:986:::\n'],
    ['root under that name', 'adit-resolver:x:0:0:::\n'],
    ['root’s group', 'adit-resolver:x:987:0:::\n'],
    ['no number', 'adit-resolver:x:987:::\n'],
    ['a line that is cut', 'adit-resolver'],
    ['an empty file', ''],
  ])('is left to the fixed number where there is %s', (_, users) => {
    expect(numbersIn(users)).toBeNull();
  });
});
