import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { defaultSocket } from '../../shared/contract/helper/socket-path.ts';

/** Where things are, for one user; absolute paths, whatever folder we stand in later. */
export interface Places {
  /** The state folder. */
  readonly home: string;
  /** The helper's socket. */
  readonly socket: string;
}

/** XDG's folder for what the user has set, programs each having a folder of their own in it. */
export function configurationFolder(environment: NodeJS.ProcessEnv): string {
  return given(environment['XDG_CONFIG_HOME']) ?? join(homedir(), '.config');
}

/** Reads `ADIT_HOME` and `ADIT_SOCKET`; without them, the XDG configuration folder and the user's own helper. */
export function placesOf(environment: NodeJS.ProcessEnv): Places {
  return {
    home: resolve(given(environment['ADIT_HOME']) ?? join(configurationFolder(environment), 'adit')),
    socket: resolve(given(environment['ADIT_SOCKET']) ?? defaultSocket(process.getuid?.() ?? 0)),
  };
}

/** An empty variable counts as none. */
function given(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}
