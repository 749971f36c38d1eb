import { readFileSync } from 'node:fs';

/** A user and a group, by their numbers. */
export interface UserNumbers {
  readonly user: number;
  readonly group: number;
}

/** The numbers of a user in the text of /etc/passwd, or null where nobody has the name. @see passwd(5) */
export function userNamed(name: string, passwd: string): UserNumbers | null {
  const line = passwd.split('\n').find((each) => each.startsWith(`${name}:`));
  const [user, group] = (line ?? '')
    .split(':')
    .slice(2, 4)
    .map((field) => (/^\d{1,10}$/.test(field) ? Number(field) : null));
  return typeof user === 'number' && typeof group === 'number' ? { user, group } : null;
}

/** The text of /etc/passwd, empty where there is none. */
export function readPasswd(): string {
  try {
    return readFileSync('/etc/passwd', 'utf8');
  } catch {
    return '';
  }
}
