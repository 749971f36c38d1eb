import type { HostNetwork } from '../../../shared/network/host/host-network.ts';
import type { Programs } from '../system/programs.ts';
import { ProgramError, run } from '../system/run.ts';
import { hostLinksOf, hostRoutesOf, hostRulesOf } from './host-json.ts';

/** Reads a host's whole network: every link, every table and every rule. On a router with all of the internet's routes, slowly. */
export async function readHostNetwork(programs: Programs): Promise<HostNetwork> {
  const ip = programs.path('ip');
  const [links, routes4, routes6, rules4, rules6] = await Promise.all([
    run(ip, ['-d', '-j', 'addr', 'show']),
    run(ip, ['-N', '-j', '-4', 'route', 'show', 'table', 'all']).catch(withoutFamily),
    run(ip, ['-N', '-j', '-6', 'route', 'show', 'table', 'all']).catch(withoutFamily),
    run(ip, ['-N', '-j', '-4', 'rule', 'show']).catch(withoutFamily),
    run(ip, ['-N', '-j', '-6', 'rule', 'show']).catch(withoutFamily),
  ]);
  return {
    links: hostLinksOf(links.stdout),
    routes: [...hostRoutesOf(routes4.stdout, 4), ...hostRoutesOf(routes6.stdout, 6)],
    rules: [...hostRulesOf(rules4.stdout, 4), ...hostRulesOf(rules6.stdout, 6)],
  };
}

/** A kernel without one of the families fails where it should find nothing. */
function withoutFamily(error: unknown): { stdout: string } {
  if (error instanceof ProgramError) return { stdout: '' };
  throw error;
}
