import { finding } from './catalogue.ts';
import type { Finding } from './catalogue.ts';
import { probesOf } from './diagnosis.ts';
import type { Facts, TunnelFacts } from './facts.ts';
import { judgeCluster } from './rules/cluster.ts';
import { judgeEndpoints, judgeHandshakes } from './rules/handshake.ts';
import { judgeSize } from './rules/size.ts';
import { judgeClock, judgeNameServers, judgeRefusals, judgeRoute, judgeStanding } from './rules/standing.ts';
import { judgeWay } from './rules/way.ts';

/**
 * What is wrong, by what was found out; the worst first.
 *
 * @param asked the profile that was named; null where all tunnels that are up were looked into
 * @param profiles the names of all profiles
 */
export function judge(facts: Facts, asked: string | null, profiles: readonly string[]): Finding[] {
  if (facts.helper !== null) return [finding('helper-not-running', asked, facts.helper)];
  const named = asked === null ? null : (facts.tunnels[0] ?? null);
  if (facts.tunnels.length === 0 && facts.route === null) return [finding('no-tunnel-up', null, profiles)];
  const isUp = named?.status !== null;
  const findings = [
    ...judgeClock(facts.clock, facts.tunnels),
    ...(isUp ? judgeRoute(facts, named) : []),
    ...facts.tunnels.flatMap((tunnel) => judgeTunnel(tunnel, facts)),
    ...judgeTools(facts),
  ];
  const order = ['error', 'warning', 'note'];
  return findings.sort((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity));
}

function judgeTunnel(tunnel: TunnelFacts, { clock }: Facts): Finding[] {
  return [
    ...judgeStanding(tunnel),
    ...judgeRefusals(tunnel),
    ...judgeHandshakes(tunnel, clock),
    ...judgeCluster(tunnel),
    ...judgeWay(tunnel),
    ...judgeSize(tunnel),
    ...judgeNameServers(tunnel),
    ...judgeEndpoints(tunnel),
  ];
}

function judgeTools(facts: Facts): Finding[] {
  const failed = probesOf(facts).find(({ method, outcome }) => method === 'ping' && outcome === 'impossible');
  return failed === undefined ? [] : [finding('ping-unusable', null, failed.detail ?? '')];
}
