import { existsSync } from 'node:fs';
import { actionPath, helperUnit, launcherPath } from '../../../shared/contract/helper/installed.ts';
import { defaultSocket } from '../../../shared/contract/helper/socket-path.ts';

/** What of this machine decides how a helper is started. */
export interface StartFacts {
  /** The number of the user it is for. */
  readonly user: number;
  /** Where it is to listen. */
  readonly socket: string;
  /** Whether Adit is installed, with its polkit action. */
  readonly isInstalled: boolean;
  readonly hasPkexec: boolean;
  /** Whether systemd runs this machine (sd_booted(3)). */
  readonly hasSystemd: boolean;
}

/** Whether pkexec starts the helper that is wanted: the launcher's is for an ordinary user, at that user's usual socket. */
export function canUsePkexec({ user, socket, isInstalled, hasPkexec }: StartFacts): boolean {
  return isInstalled && hasPkexec && user > 0 && socket === defaultSocket(user);
}

/** The command by which a person starts the helper. */
export function startCommand(facts: StartFacts): string {
  const { user, socket, isInstalled, hasSystemd } = facts;
  const sudo = user === 0 ? '' : 'sudo ';
  if (canUsePkexec(facts)) return `pkexec ${launcherPath}`;
  if (!isInstalled) return `${sudo}npx adit helper --owner ${user} --socket ${socket} --dev`;
  if (hasSystemd && socket === defaultSocket(user)) return `${sudo}systemctl start ${helperUnit(user)}`;
  return `${sudo}adit helper --owner ${user} --socket ${socket}`;
}

/** What this machine says. */
export function startFacts(socket: string): StartFacts {
  return {
    user: process.getuid?.() ?? 0,
    socket,
    isInstalled: process.platform === 'linux' && [launcherPath, actionPath].every((path) => existsSync(path)),
    hasPkexec: existsSync(pkexecPath),
    hasSystemd: existsSync('/run/systemd/system'),
  };
}

/** Where every distribution has it. */
export const pkexecPath = '/usr/bin/pkexec';
