import { spawnSync } from 'node:child_process';

/** An ordinary user of this machine, for whom root does something. */
export interface Person {
  readonly uid: number;
  readonly gid: number;
  /** Null where the machine has no such user in its list. */
  readonly name: string | null;
  /** The home folder by that list. */
  readonly home: string | null;
}

/** Who became root by sudo or pkexec; null where that is not known, or was root already. */
export function personBehind(environment: NodeJS.ProcessEnv): Person | null {
  const uid = Number(environment['SUDO_UID'] ?? environment['PKEXEC_UID'] ?? 0);
  if (!Number.isInteger(uid) || uid <= 0) return null;
  const { stdout } = spawnSync('getent', ['passwd', String(uid)], { encoding: 'utf8' });
  const [name, , , group, , home] = stdout.trim().split(':');
  const gid = Number(environment['SUDO_GID'] ?? group ?? uid);
  return { uid, gid, name: name === '' ? null : (name ?? null), home: home ?? null };
}

/** What is put before a program so that it runs as a person, and ends with the process that started it. */
export function identityOf({ uid, gid, name }: Person): string[] {
  const groups = name === null ? '--clear-groups' : '--init-groups';
  return ['setpriv', '--reuid', String(uid), '--regid', String(gid), groups, '--pdeathsig', 'KILL', '--'];
}

/** The first of some files that a person may not read, or null. A checkout may be where only root can look. */
export function firstUnreadable(person: Person, paths: readonly string[]): string | null {
  const argv = [...identityOf(person), 'test', '-r'];
  const [program = '', ...words] = argv;
  return paths.find((path) => spawnSync(program, [...words, path]).status !== 0) ?? null;
}
