/** What an installed Adit has on Linux beside its program: the one table from which packages and tests are made. */
import { actionPath, launcherPath } from '../../shared/contract/helper/installed.ts';

/** Where the packaged program stands, as electron-builder makes it. `start-helper`, `adit` and the unit hold the same path. */
export const programFolder = '/usr/lib/adit';

/** The program in {@link programFolder}. */
export const programName = 'adit-desktop';

/** The bundles that are files of their own, in {@link programFolder}. */
export const bundleFolder = 'resources/app.asar.unpacked/dist';

/** A file of this folder, and where it is installed: root's, with this mode. */
export interface InstalledFile {
  readonly source: string;
  readonly path: string;
  readonly mode: 0o644 | 0o755;
}

/** All that the system has to find outside of {@link programFolder}, and the launcher within. */
export const installedFiles: readonly InstalledFile[] = [
  { source: 'start-helper', path: launcherPath, mode: 0o755 },
  { source: 'adit', path: '/usr/bin/adit', mode: 0o755 },
  { source: 'kubectl-adit', path: '/usr/bin/kubectl-adit', mode: 0o755 },
  { source: 'app.adit.desktop.policy', path: actionPath, mode: 0o644 },
  { source: 'adit-helper@.service', path: '/usr/lib/systemd/system/adit-helper@.service', mode: 0o644 },
  { source: 'adit-helper@.socket', path: '/usr/lib/systemd/system/adit-helper@.socket', mode: 0o644 },
];
