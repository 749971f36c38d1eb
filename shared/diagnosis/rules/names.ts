import { finding } from '../catalogue.ts';
import type { Finding } from '../catalogue.ts';
import type { NameFacts, NameServerAnswer } from '../name-facts.ts';

/** What is wrong with the names of a cluster, by what was found out; nothing where a program here is told what the cluster says. */
export function judgeNames(facts: NameFacts): Finding[] {
  const { tunnel, name, domain, isUp, servers, system } = facts;
  if (!isUp) return [finding('tunnel-down', tunnel, tunnel)];
  if (servers.length === 0) return [finding('name-server-unset', tunnel, tunnel, domain)];
  const outside = servers
    .filter((server) => server.tunnel !== tunnel)
    .map((server) => finding('name-server-outside', tunnel, server, tunnel));
  const answered = servers.find(({ outcome }) => outcome === 'answered');
  if (answered === undefined)
    return [...servers.map((server) => judgeServer(server, { tunnel, name, domain })), ...outside];
  if (system === null) return outside;
  if (system.outcome !== 'answered') return [notSent(facts), ...outside];
  const isSame = system.addresses.some((address) => answered.addresses.includes(address));
  return isSame ? outside : [finding('name-differs', tunnel, name, answered, system), ...outside];
}

function judgeServer(
  server: NameServerAnswer,
  { tunnel, name, domain }: Pick<NameFacts, 'tunnel' | 'name' | 'domain'>,
): Finding {
  switch (server.outcome) {
    case 'silent':
      return finding('name-server-silent', tunnel, server.server, server.peer !== null);
    case 'refused':
    case 'failed':
      return finding('name-server-fails', tunnel, server, name);
    case 'no-such-name':
    case 'no-address':
    case 'answered':
      return finding('name-unknown', tunnel, server, name, domain);
  }
}

function notSent({ tunnel, name, domain, mode, reason, domains }: NameFacts): Finding {
  const has = domains.some((known) => name === known || name.endsWith(`.${known}`));
  return finding('name-not-sent', tunnel, tunnel, name, domain, { mode, reason, has });
}
