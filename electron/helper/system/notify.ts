import type { Programs } from './programs.ts';
import { run } from './run.ts';

/**
 * Tells systemd that the unit has started, where it waits to be told (sd_notify(3)). Node has no datagrams between Unix sockets,
 * so systemd's own program does.
 *
 * @throws FaultError `tool-missing`; ProgramError
 */
export async function tellSystemd({ NOTIFY_SOCKET }: NodeJS.ProcessEnv, programs: Programs): Promise<void> {
  if (NOTIFY_SOCKET === undefined) return;
  await run(programs.path('systemd-notify'), ['--ready'], { environment: { NOTIFY_SOCKET } });
}
