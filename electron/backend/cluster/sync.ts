import { chosenServiceCidrs } from '../../../shared/cluster/chosen-service-cidrs.ts';
import { clusterOf } from '../../../shared/cluster/cluster.ts';
import type { Cluster } from '../../../shared/cluster/cluster.ts';
import type { Attendance } from '../../../shared/cluster/following/attendance.ts';
import type { PeerDifference } from '../../../shared/cluster/following/differences.ts';
import type { ClusterReadings } from '../../../shared/cluster/readings.ts';
import type { ClusterWarning } from '../../../shared/cluster/warnings/catalogue.ts';
import { FaultError } from '../../../shared/fault.ts';
import { formatPrefix, parsePrefix } from '../../../shared/network/prefix.ts';
import type { Prefix } from '../../../shared/network/prefix.ts';
import type { Wanted } from './api/read-cluster.ts';
import { clusterOptionsOf, follow, wantedFor } from './followed.ts';
import type { StaleNode } from './followed.ts';
import type { ClusterSource, KeptCluster, KeptClusters } from './kept.ts';
import { renewProfile } from './renew.ts';
import type { RenewHands } from './renew.ts';

/** What one look at a cluster led to. */
export interface SyncStep {
  readonly differences: readonly PeerDifference[];
  /** The nodes that do not do well, and have their peers still. */
  readonly stale: readonly StaleNode[];
  /** The node through which Services are reached; null where they are not. */
  readonly gateway: string | null;
  /** Whether the tunnel is up, and has the differences. */
  readonly isApplied: boolean;
  /** What keeps a part of the cluster from being reached. */
  readonly warnings: readonly ClusterWarning[];
}

/** What a sync works with. */
export interface SyncHands extends RenewHands {
  readonly kept: KeptClusters;
  /** Reads a cluster, afresh. */
  readonly read: (source: ClusterSource, wanted: Wanted) => Promise<ClusterReadings>;
}

/** Networks of Services, and whether they are a guess. */
interface Services {
  readonly cidrs: readonly Prefix[];
  readonly guessed: boolean;
}

/** Milliseconds for which the addresses of Services are taken for what they were: they hardly ever change. */
const servicesStay = 600_000;

/**
 * Keeps a profile in step with its cluster, and its tunnel if it is up. Each step is whole: what fails leaves profile and tunnel as they
 * were, and the next one is another.
 */
export class ClusterSync {
  readonly #hands: SyncHands;
  readonly #profile: string;
  #attendance: Attendance | null = null;
  /** Whether the cluster has not answered since it did last. */
  #wasAway = false;
  /** When the addresses of Services were read last; milliseconds of a clock that never jumps. */
  #servicesAt = -Infinity;

  /** @param profile the name of a profile that is of a cluster */
  constructor(profile: string, hands: SyncHands) {
    this.#profile = profile;
    this.#hands = hands;
  }

  /**
   * Reads the cluster, and makes the profile and its tunnel what it says.
   *
   * @param gateway the node through which Services are to be reached from now on; it has to be there
   * @throws FaultError of the API, of a mesh without nodes, `kilo-peer-not-found`, `gateway-not-found`, `peer-key-changed`, `cluster-range-wide`,
   *   of the helper
   */
  async step(gateway?: string): Promise<SyncStep> {
    const { store, kept: records } = this.#hands;
    const { name } = await store.find(this.#profile);
    const { readings, hasServices } = await this.#read(name, await records.get(name));
    // Reading takes its time, in which somebody may have changed the profile, or moved the gateway.
    const profile = await store.find(name);
    const known = await records.get(profile.name);
    const cluster = clusterOf(readings, clusterOptionsOf(known));
    const services = servicesOf(known, cluster, readings, hasServices);
    const { kept, content, attendance, stale, warnings } = follow(known, {
      profile,
      cluster,
      serviceCidrs: services.cidrs,
      gateway: gateway ?? known.gateway ?? known.usedGateway ?? null,
      isGatewayMeant: gateway !== undefined,
      attendance: this.#attendance,
      wasAway: this.#wasAway,
    });
    const { differences, isApplied } = await renewProfile(this.#hands, profile, content, known.written);
    const next: KeptCluster = {
      ...kept,
      gateway: gateway ?? known.gateway,
      services: services.cidrs.map(formatPrefix),
      servicesGuessed: services.guessed,
      usedGateway: content.gateway,
      written: content.peers.map(({ publicKey }) => publicKey),
    };
    await this.#keep(profile.name, known, next, gateway);
    this.#attendance = attendance;
    this.#wasAway = false;
    return { differences, stale, gateway: content.gateway, isApplied, warnings };
  }

  /** Keeps what was found out, unless somebody has chosen something else meanwhile: the next look is by that. */
  async #keep(
    profile: string,
    known: KeptCluster,
    next: KeptCluster,
    gateway: string | undefined,
  ): Promise<void> {
    const { kept: records } = this.#hands;
    const latest = await records.get(profile);
    if (JSON.stringify(latest) !== JSON.stringify(known)) {
      if (gateway !== undefined) await records.keep(profile, { ...latest, gateway });
    } else if (JSON.stringify(next) !== JSON.stringify(known)) await records.keep(profile, next);
  }

  async #read(profile: string, kept: KeptCluster): Promise<Read> {
    const { source } = kept;
    if (source === null) throw new FaultError(gone(profile));
    const isWanted =
      kept.serviceCidrs.includes('auto') &&
      (kept.services === undefined || performance.now() - this.#servicesAt > servicesStay);
    try {
      const readings = await this.#hands.read(source, wantedFor(kept, isWanted));
      if (isWanted) this.#servicesAt = performance.now();
      // Files have what they have.
      return { readings, hasServices: isWanted || source.kind === 'files' };
    } catch (error) {
      this.#wasAway = true;
      throw error;
    }
  }
}

/** What was read, and whether what tells of the addresses of Services was asked for. */
interface Read {
  readonly readings: ClusterReadings;
  readonly hasServices: boolean;
}

function gone(profile: string): ConstructorParameters<typeof FaultError>[0] {
  return {
    code: 'profile-of-no-cluster',
    message: `The cluster of the profile "${profile}" was piped in, and cannot be read again.`,
    hint: 'Say where it can be read: adit cluster import --as PROFILE --keys FILE --replace, with an API server or files that stay.',
  };
}

/** What `auto` stands for now: as before where nobody was asked or tells, or somebody only guesses who knew. */
function servicesOf(
  kept: KeptCluster,
  cluster: Cluster,
  readings: ClusterReadings,
  hasServices: boolean,
): Services {
  const words = kept.serviceCidrs;
  if (!words.includes('auto')) return { cidrs: chosenServiceCidrs(words, cluster), guessed: false };
  const known = (kept.services ?? []).flatMap((text) => parsePrefix(text) ?? []);
  const guessed = cluster.serviceCidrs.some((cidr) => cidr.guessed);
  const isWorse = guessed && kept.servicesGuessed !== true;
  const isRefused = readings.kinds.serviceCidrs.kind === 'refused';
  const isUnread = cluster.serviceCidrs.length === 0;
  if (known.length > 0 && (!hasServices || isUnread || isRefused || isWorse))
    return { cidrs: known, guessed: kept.servicesGuessed === true };
  const others = words.filter((word) => word !== 'auto');
  return { cidrs: chosenServiceCidrs(isUnread ? others : words, cluster), guessed };
}
