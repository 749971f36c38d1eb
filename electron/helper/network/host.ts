import type { Family } from '../../../shared/network/address.ts';
import type { HostNetwork, HostRule } from '../../../shared/network/host/host-network.ts';
import type { Programs } from '../system/programs.ts';
import { ProgramError, run } from '../system/run.ts';
import { hostLinksOf, hostRoutesOf, hostRulesOf } from './host-json.ts';

/** What `ip` is asked for each family, in one process: `up` waits for it. Links are of no family. */
const questions: Readonly<Record<Family, readonly string[]>> = {
  4: ['link show', 'route show table all', 'rule show'],
  6: ['route show table all', 'rule show'],
};

/** Reads a host's whole network: every link, every table and every rule. On a router with all of the internet's routes, slowly. */
export async function readHostNetwork(programs: Programs): Promise<HostNetwork> {
  const [ipv4, ipv6] = await Promise.all([answersOfIp(4, programs), answersOfIp(6, programs)]);
  return {
    links: hostLinksOf(ipv4),
    routes: [...hostRoutesOf(ipv4, 4), ...hostRoutesOf(ipv6, 6)],
    rules: [...hostRulesOf(ipv4, 4), ...hostRulesOf(ipv6, 6)],
  };
}

/** Reads a host's rules alone. */
export async function readHostRules(programs: Programs): Promise<HostRule[]> {
  const [ipv4, ipv6] = await Promise.all([
    answersOfIp(4, programs, ['rule show']),
    answersOfIp(6, programs, ['rule show']),
  ]);
  return [...hostRulesOf(ipv4, 4), ...hostRulesOf(ipv6, 6)];
}

/** An array of JSON on each line; nothing to a question that a kernel without the family cannot answer. */
async function answersOfIp(
  family: Family,
  programs: Programs,
  asked: readonly string[] = questions[family],
): Promise<string> {
  const options = [`-${family}`, '-N', '-d', '-j', '-force', '-batch', '-'];
  try {
    return (await run(programs.path('ip'), options, { input: `${asked.join('\n')}\n` })).stdout;
  } catch (error) {
    if (error instanceof ProgramError) return error.stdout;
    throw error;
  }
}
