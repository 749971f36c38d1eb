import type { Fault } from '../../shared/fault.ts';

/** What every question gets for an answer while the app process cannot be reached. */
export const lostFault: Fault = {
  code: 'app-lost',
  message: 'Adit’s own process does not answer.',
  hint: 'Tunnels that are up stay up. If "adit serve" was ended, start it again and open the address it prints.',
  command: 'adit serve',
};
