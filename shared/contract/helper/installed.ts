/** Where an installed Adit has what the system starts as root. The files of `build/linux/` hold the same paths. */

/** The only program of the polkit action; pkexec runs it as root. */
export const launcherPath = '/usr/lib/adit/start-helper';

/** The polkit action: without it pkexec would ask for another one, to run any program. */
export const actionPath = '/usr/share/polkit-1/actions/app.adit.desktop.policy';

/** The systemd unit of a user's helper. */
export function helperUnit(owner: number): string {
  return `adit-helper@${owner}.service`;
}
