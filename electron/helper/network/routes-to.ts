import type { Programs } from '../system/programs.ts';
import { ProgramError, run } from '../system/run.ts';
import { addressOfEndpoint } from '../tunnels/resolve.ts';
import { routesOf } from './ip-json.ts';
import type { RouteFacts } from './ip-json.ts';

/**
 * The routes that packets with this mark would take to some endpoints now; the default routes where none is given. An endpoint
 * that no route leads to has none in the answer.
 *
 * @param endpoints `IP:PORT` or `[IP]:PORT`
 */
export async function routesTo(
  endpoints: readonly string[],
  mark: number,
  programs: Programs,
): Promise<RouteFacts[]> {
  const ip = programs.path('ip');
  if (endpoints.length === 0) {
    return routesOf((await run(ip, ['-N', '-j', '-4', 'route', 'show', 'default'])).stdout, 4);
  }
  const addresses = [...new Set(endpoints.map(addressOfEndpoint))];
  const lines = addresses.map((address) => `route get ${address} mark ${mark}\n`);
  try {
    return routesOf(
      (await run(ip, ['-N', '-j', '-force', '-batch', '-'], { input: lines.join('') })).stdout,
      4,
    );
  } catch (error) {
    if (error instanceof ProgramError) return routesOf(error.stdout, 4);
    throw error;
  }
}
