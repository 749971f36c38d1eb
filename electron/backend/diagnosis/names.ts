import { lookup, Resolver } from 'node:dns/promises';
import { clusterDomainIn, serviceName } from '../../../shared/cluster/names.ts';
import { judgeNames } from '../../../shared/diagnosis/rules/names.ts';
import type { Finding } from '../../../shared/diagnosis/catalogue.ts';
import type {
  NameAnswer,
  NameFacts,
  NameOutcome,
  NameServerAnswer,
} from '../../../shared/diagnosis/name-facts.ts';
import { peerLabel } from '../../../shared/diagnosis/names.ts';
import { carrierOf } from '../../../shared/diagnosis/targets.ts';
import { parseAddress } from '../../../shared/network/address.ts';
import type { TunnelStatus } from '../../../shared/tunnel/status.ts';
import type { HelperConnection } from '../helper-client/connection.ts';
import type { Profile } from '../profiles/profile.ts';

/** Milliseconds a name server may take: a pod that is far away, and one question that is lost. */
const patience = 6_000;

/** Milliseconds for this machine's own way of looking names up, which asks several servers twice. */
const systemPatience = 20_000;

/** Domains of a cluster whose profile says none. */
const usualDomain = 'cluster.local';

/** What is known of a cluster's name, and what is wrong with it. */
export interface NameCheck extends NameFacts {
  readonly findings: readonly Finding[];
}

/**
 * Asks the name servers of a profile for a name of the cluster, and this machine as its programs do.
 *
 * @param wanted a Service (`web`, `web.shop`) or a whole name; null for the one that every cluster has, `kubernetes`
 * @throws FaultError of the profile
 */
export async function checkNames(
  profile: Profile,
  helper: HelperConnection,
  wanted: string | null,
): Promise<NameCheck> {
  const { dns } = profile.tunnel();
  const status = (await helper.ask('status', {})).find(({ name }) => name === profile.name) ?? null;
  const domain = clusterDomainIn(dns.domains) ?? usualDomain;
  const name = serviceName(wanted ?? 'kubernetes', domain);
  const asked = status === null ? [] : dns.servers;
  const [servers, system] = await Promise.all([
    Promise.all(asked.map((server) => askServer(server, name, status, helper))),
    asked.length === 0 ? null : askSystem(name),
  ]);
  const { mode, reason, domains } = status?.dns ?? {
    mode: 'none' as const,
    reason: 'it is down',
    domains: [],
  };
  const facts = { tunnel: profile.name, name, domain, isUp: status !== null, mode, reason, domains };
  const found = { ...facts, servers, system };
  return { ...found, findings: judgeNames(found) };
}

async function askServer(
  server: string,
  name: string,
  status: TunnelStatus | null,
  helper: HelperConnection,
): Promise<NameServerAnswer> {
  const address = parseAddress(server);
  const carrier = address === null ? null : carrierOf(address, status?.peers ?? []);
  const peer = status?.peers.find(({ publicKey }) => publicKey === carrier?.publicKey);
  const [{ tunnel }, answer] = await Promise.all([
    helper.ask('explain', { destination: server, mark: 0 }),
    lookUp(server, name),
  ]);
  return { server, tunnel, peer: peer === undefined ? null : peerLabel(peer), ...answer };
}

/** Asks one name server for both kinds of addresses. Never rejects. */
async function lookUp(server: string, name: string): Promise<NameAnswer> {
  const begin = Date.now();
  const resolver = new Resolver({ timeout: patience / 2, tries: 2 });
  resolver.setServers([server.includes(':') ? `[${server}]` : server]);
  const deadline = setTimeout(() => resolver.cancel(), patience);
  try {
    const results = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
    return answerOf(
      results.flatMap((result) => (result.status === 'fulfilled' ? result.value : [])),
      results.flatMap((result) => (result.status === 'rejected' ? codeOf(result.reason) : [])),
      begin,
    );
  } finally {
    clearTimeout(deadline);
  }
}

async function askSystem(name: string): Promise<NameAnswer> {
  const begin = Date.now();
  const late = { timer: null as NodeJS.Timeout | null };
  try {
    const found = await Promise.race([
      lookup(name, { all: true }),
      new Promise<never>((_, reject) => {
        late.timer = setTimeout(() => reject(new Error('late')), systemPatience);
      }),
    ]);
    const addresses = found.map(({ address }) => address);
    return answerOf([...new Set(addresses)], [], begin);
  } catch (error) {
    return answerOf([], [codeOf(error)], begin);
  } finally {
    if (late.timer !== null) clearTimeout(late.timer);
  }
}

const meanings: Readonly<Record<string, NameOutcome>> = {
  ENOTFOUND: 'no-such-name',
  EAI_NONAME: 'no-such-name',
  ENODATA: 'no-address',
  EAI_NODATA: 'no-address',
  ECONNREFUSED: 'refused',
  ESERVFAIL: 'failed',
  EREFUSED: 'failed',
  ENOTIMP: 'failed',
  EFORMERR: 'failed',
};

function answerOf(addresses: readonly string[], codes: readonly string[], begin: number): NameAnswer {
  const milliseconds = Date.now() - begin;
  if (addresses.length > 0) return { outcome: 'answered', addresses, milliseconds };
  const outcomes = codes.map((code) => meanings[code] ?? 'silent');
  // Of two questions, the one that was answered tells more.
  const outcome = outcomes.find((each) => each !== 'silent') ?? 'silent';
  return { outcome, addresses: [], milliseconds: outcome === 'silent' ? null : milliseconds };
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
