import { homedir } from 'node:os';
import { join } from 'node:path';
import { defaultSocket } from '../../shared/contract/helper/socket-path.ts';

/** Where things are, for one user. */
export interface Places {
  /** The state folder. */
  readonly home: string;
  /** The helper's socket. */
  readonly socket: string;
}

/** Reads `ADIT_HOME` and `ADIT_SOCKET`; without them, the XDG configuration folder and the user's own helper. */
export function placesOf(environment: NodeJS.ProcessEnv): Places {
  const config = given(environment['XDG_CONFIG_HOME']) ?? join(homedir(), '.config');
  return {
    home: given(environment['ADIT_HOME']) ?? join(config, 'adit'),
    socket: given(environment['ADIT_SOCKET']) ?? defaultSocket(process.getuid?.() ?? 0),
  };
}

/** An empty variable counts as none. */
function given(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}
