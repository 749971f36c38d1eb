import { readFileSync } from 'node:fs';
import { resolverUser } from '../../../shared/network/plan/constants.ts';

/** A user and a group, by their numbers. */
export interface UserNumbers {
  readonly user: number;
  readonly group: number;
}

/**
 * The user of no rights as whom names are looked up outside the tunnels: `adit-resolver` where the machine has one, else a number that
 * nobody has. It stays the same for as long as the helper runs.
 */
export function resolverNumbers(): UserNumbers {
  known ??= numbersIn(readUsers()) ?? { user: resolverUser.number, group: resolverUser.number };
  return known;
}

let known: UserNumbers | null = null;

/** The numbers of the resolver's user in the text of /etc/passwd, or null. Root is not taken for it. @see passwd(5) */
export function numbersIn(passwd: string): UserNumbers | null {
  const line = passwd.split('\n').find((each) => each.startsWith(`${resolverUser.name}:`));
  const [, , user, group] = (line ?? '').split(':').map(Number);
  const isUsable = Number.isInteger(user) && Number.isInteger(group) && user !== 0 && group !== 0;
  return isUsable && user !== undefined && group !== undefined ? { user, group } : null;
}

function readUsers(): string {
  try {
    return readFileSync('/etc/passwd', 'utf8');
  } catch {
    return '';
  }
}
