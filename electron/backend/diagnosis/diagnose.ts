import { stat } from 'node:fs/promises';
import type { Cluster } from '../../../shared/cluster/cluster.ts';
import { clusterFactsOf } from '../../../shared/cluster/diagnosis.ts';
import type { Diagnosis } from '../../../shared/diagnosis/diagnosis.ts';
import { formatDestination, probesOf } from '../../../shared/diagnosis/diagnosis.ts';
import type { ClockFacts, Facts, RouteFacts, TunnelFacts } from '../../../shared/diagnosis/facts.ts';
import { judge } from '../../../shared/diagnosis/judge.ts';
import type { Destination } from '../../../shared/diagnosis/probe.ts';
import { FaultError, faultOf } from '../../../shared/fault.ts';
import type { Fault } from '../../../shared/fault.ts';
import type { TunnelStatus } from '../../../shared/tunnel/status.ts';
import type { HelperConnection } from '../helper-client/connection.ts';
import type { Profile } from '../profiles/profile.ts';
import type { ProfileStore } from '../profiles/store.ts';
import { examineTunnel, tunnelThatIsDown } from './tunnel.ts';

/** What is to be looked into. */
export interface DiagnosisQuestion {
  /** Of a profile or an interface; null looks into every tunnel that is up. */
  readonly name: string | null;
  /** An address or name that should be reached; null looks at the tunnels as such. */
  readonly destination: Destination | null;
  /**
   * Reads the cluster behind the tunnel that is named, by its profile's name; null where nobody has said which that is.
   *
   * @throws FaultError which is told of, and is no end of the diagnosis
   */
  readonly readCluster?: (profile: string) => Promise<Cluster | null>;
}

/**
 * Finds out what is wrong with tunnels. Sends packets, changes nothing; takes from a second, where all is well, to half a minute.
 *
 * @param reachHelper gives the connection to the helper; what it throws is a finding
 * @throws FaultError `profile-not-found`, `endpoint-unresolved` for a name that has no address
 */
export async function diagnose(
  store: ProfileStore,
  reachHelper: () => HelperConnection | Promise<HelperConnection>,
  { name, destination, readCluster }: DiagnosisQuestion,
): Promise<Diagnosis> {
  const profiles = await store.all();
  const names = profiles.map((profile) => profile.name);
  const helper = await reached(reachHelper);
  if ('fault' in helper) {
    const profile = name === null ? null : await store.find(name);
    return toDiagnosis(
      { ...nothing, helper: helper.fault, clock: await readClock() },
      profile?.name ?? null,
      destination,
      names,
    );
  }
  const { connection } = helper;
  const standing = await connection.ask('status', {});
  const named = name === null ? null : await subjectNamed(name, standing, store);
  // Meanwhile: an API server that is not reached takes its time.
  const reading = named === null || readCluster === undefined ? null : factsFrom(readCluster, named.name);
  const { literal, route } = await findRoute(destination, connection);
  const subjects = named === null ? subjectsFor(standing, route, profiles) : [named];
  const tunnels: TunnelFacts[] = [];
  // One after the other: each may want the whole line for the measuring of sizes.
  for (const { status, profile } of subjects) {
    if (status === null) {
      if (profile !== null) tunnels.push(tunnelThatIsDown(profile));
    } else if (literal === null || route?.tunnel === status.name) {
      const examined = await examineTunnel(status, profile, literal, connection);
      tunnels.push({ ...examined, cluster: await reading });
    } else {
      tunnels.push({ ...tunnelInPassing, name: status.name, status });
    }
  }
  const facts = { destination: literal, helper: null, route, tunnels, clock: await readClock() };
  return toDiagnosis(facts, named?.name ?? null, destination, names);
}

/** A tunnel that the packets in question do not go into. */
const tunnelInPassing = {
  problem: null,
  peers: [],
  way: null,
  mtu: { inside: null, outside: null },
  nameServers: [],
  cluster: null,
} as const;

const nothing = { destination: null, route: null, tunnels: [] } as const;

/** A tunnel that is to be looked into: it is up, or has a profile, or both. */
interface Subject {
  readonly name: string;
  readonly status: TunnelStatus | null;
  readonly profile: Profile | null;
}

async function subjectNamed(
  name: string,
  standing: readonly TunnelStatus[],
  store: ProfileStore,
): Promise<Subject> {
  const wanted = name.normalize('NFC');
  const status =
    standing.find((tunnel) => tunnel.name === wanted) ??
    standing.find((tunnel) => tunnel.interface === wanted);
  if (status === undefined) {
    const profile = await store.find(name);
    const byProfile = standing.find((tunnel) => tunnel.name === profile.name) ?? null;
    return { name: profile.name, status: byProfile, profile };
  }
  const profile = (await store.all()).find((kept) => kept.name === status.name) ?? null;
  return { name: status.name, status, profile };
}

function subjectsFor(
  standing: readonly TunnelStatus[],
  route: RouteFacts | null,
  profiles: readonly Profile[],
): Subject[] {
  return standing
    .filter(({ name }) => route === null || route.tunnel === name)
    .map((status) => ({
      name: status.name,
      status,
      profile: profiles.find((profile) => profile.name === status.name) ?? null,
    }));
}

async function findRoute(
  destination: Destination | null,
  helper: HelperConnection,
): Promise<{ literal: Destination | null; route: RouteFacts | null }> {
  if (destination === null) return { literal: null, route: null };
  const found = await helper.ask('explain', { destination: destination.host, mark: 0 });
  return {
    literal: { ...destination, host: found.destination },
    route: {
      tunnel: found.tunnel,
      peer: found.peer?.publicKey ?? null,
      interface: found.interface,
      gateway: found.gateway,
      verdict: found.verdict,
    },
  };
}

/** Never rejects. */
async function factsFrom(
  read: (profile: string) => Promise<Cluster | null>,
  profile: string,
): Promise<TunnelFacts['cluster']> {
  try {
    const cluster = await read(profile);
    return cluster === null ? null : clusterFactsOf(cluster);
  } catch (error) {
    return { unread: faultOf(error) };
  }
}

/** The helper, or what keeps it from being asked. */
async function reached(
  reachHelper: () => HelperConnection | Promise<HelperConnection>,
): Promise<{ connection: HelperConnection } | { fault: Fault }> {
  try {
    return { connection: await reachHelper() };
  } catch (error) {
    if (error instanceof FaultError) return { fault: error.fault };
    throw error;
  }
}

async function readClock(): Promise<ClockFacts> {
  const { mtimeMs } = await stat(process.execPath);
  return { now: Date.now(), installed: mtimeMs };
}

function toDiagnosis(
  facts: Facts,
  tunnel: string | null,
  destination: Destination | null,
  profiles: readonly string[],
): Diagnosis {
  return {
    tunnel,
    address: destination === null ? null : formatDestination(destination),
    probes: probesOf(facts),
    findings: judge(facts, tunnel, profiles),
  };
}
