import { resolverUser } from '../../../shared/network/plan/constants.ts';
import { readPasswd, userNamed } from './passwd.ts';
import type { UserNumbers } from './passwd.ts';

/**
 * The user of no rights as whom names are looked up outside the tunnels: `adit-resolver` where the machine has one, else a number that
 * nobody has. It stays the same for as long as the helper runs.
 */
export function resolverNumbers(): UserNumbers {
  known ??= numbersIn(readPasswd()) ?? { user: resolverUser.number, group: resolverUser.number };
  return known;
}

let known: UserNumbers | null = null;

/** The numbers of the resolver's user in the text of /etc/passwd, or null. Root is not taken for it. @see passwd(5) */
export function numbersIn(passwd: string): UserNumbers | null {
  const found = userNamed(resolverUser.name, passwd);
  return found === null || found.user === 0 || found.group === 0 ? null : found;
}
