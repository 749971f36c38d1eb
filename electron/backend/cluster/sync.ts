import { chosenServiceCidrs } from '../../../shared/cluster/chosen-service-cidrs.ts';
import { clusterOf } from '../../../shared/cluster/cluster.ts';
import type { Cluster } from '../../../shared/cluster/cluster.ts';
import type { Attendance } from '../../../shared/cluster/following/attendance.ts';
import { peerDifferences } from '../../../shared/cluster/following/differences.ts';
import type { PeerDifference } from '../../../shared/cluster/following/differences.ts';
import { followedProfile } from '../../../shared/cluster/following/followed-profile.ts';
import type { FollowedProfile } from '../../../shared/cluster/following/followed-profile.ts';
import type { ClusterReadings } from '../../../shared/cluster/readings.ts';
import { gatewayOf, meshOf, withPeersOf } from '../../../shared/cluster/profile.ts';
import { FaultError } from '../../../shared/fault.ts';
import { formatPrefix } from '../../../shared/network/prefix.ts';
import type { TunnelPeer } from '../../../shared/tunnel/tunnel.ts';
import { HelperConnection } from '../helper-client/connection.ts';
import { Profile } from '../profiles/profile.ts';
import type { ProfileStore } from '../profiles/store.ts';
import { bringUp } from '../tunnels.ts';
import type { KeptCluster, KeptClusters } from './kept.ts';

/** What one look at a cluster led to. */
export interface SyncStep {
  readonly differences: readonly PeerDifference[];
  /** The nodes that do not check in any more, and keep their peers for some minutes. */
  readonly stale: readonly string[];
  /** The node through which Services are reached; null where they are not. */
  readonly gateway: string | null;
  /** Whether the tunnel is up, and has the differences. */
  readonly isApplied: boolean;
}

/** What a sync works with. */
export interface SyncHands {
  readonly store: ProfileStore;
  readonly kept: KeptClusters;
  /** The helper's socket. */
  readonly socket: string;
  /** Reads the cluster, afresh. */
  readonly read: (kept: KeptCluster) => Promise<ClusterReadings>;
  /** Codes of faults that the person has decided to go on in spite of. */
  readonly accept: readonly string[];
  /** Whether prefixes that are in conflict with something here stay out of the tunnel. */
  readonly subtract: boolean;
}

/** The shortest prefixes that a cluster may want by itself. */
const widest = { 4: 8, 6: 16 } as const;

/**
 * Keeps a profile in step with its cluster, and its tunnel if it is up. Each step is whole: what fails leaves profile and tunnel as they
 * were, and the next one is another.
 */
export class ClusterSync {
  readonly #hands: SyncHands;
  readonly #profile: string;
  #attendance: Attendance | null = null;
  /** Where nobody has chosen one, the gateway stays the same as long as it is there. */
  #gateway: string | null = null;
  /** Whether the tunnel may have other peers than the profile. */
  #isTunnelOld = true;

  /** @param profile the name of a profile that is of a cluster */
  constructor(profile: string, hands: SyncHands) {
    this.#profile = profile;
    this.#hands = hands;
  }

  /**
   * Reads the cluster, and makes the profile and its tunnel what it says.
   *
   * @param gateway the node through which Services are to be reached from now on; it has to be there
   * @throws FaultError of the API, of a mesh without nodes, `gateway-not-found`, `cluster-range-wide`, of the helper
   */
  async step(gateway?: string): Promise<SyncStep> {
    const { store, kept: records, read, accept } = this.#hands;
    const { name } = await store.find(this.#profile);
    const readings = await read(await records.get(name));
    // Reading takes its time, in which somebody may have changed the profile, or moved the gateway.
    const profile = await store.find(this.#profile);
    const known = await records.get(profile.name);
    const kept = gateway === undefined ? known : { ...known, gateway };
    const cluster = clusterOf(readings, optionsOf(kept));
    const followed = this.#follow(cluster, kept);
    if (gateway !== undefined && followed.profile.gateway !== gateway) gatewayOf(meshOf(cluster), gateway);
    const file = withPeersOf(followed.profile, profile.file, kept.written);
    const next = new Profile(profile.name, Buffer.from(file.text), profile.settings);
    const before = peersOf(profile);
    const differences = peerDifferences(before, next.tunnel().peers);
    if (!accept.includes('cluster-range-wide')) refuseWide(before, next.tunnel().peers);
    if (differences.length > 0 || kept.gateway !== known.gateway) {
      await store.replace(profile, file.text);
      await records.keep(profile.name, {
        ...kept,
        written: followed.profile.peers.map(({ publicKey }) => publicKey),
      });
      this.#isTunnelOld = true;
    }
    this.#attendance = followed.attendance;
    this.#gateway = followed.profile.gateway;
    const isApplied = this.#isTunnelOld && (await this.#apply(next));
    this.#isTunnelOld = false;
    return { differences, stale: followed.stale, gateway: followed.profile.gateway, isApplied };
  }

  #follow(cluster: Cluster, kept: KeptCluster): FollowedProfile {
    const options = {
      peer: kept.peer,
      serviceCidrs: chosenServiceCidrs(kept.serviceCidrs, cluster),
      gateway: kept.gateway ?? this.#gateway,
    };
    return followedProfile(cluster, options, this.#attendance);
  }

  /** Whether there was a tunnel to be changed. */
  async #apply(profile: Profile): Promise<boolean> {
    const { socket, accept, subtract } = this.#hands;
    const helper = await HelperConnection.open(socket).catch((error: unknown) => {
      if (error instanceof FaultError && error.fault.code === 'helper-not-running') return null;
      throw error;
    });
    if (helper === null) return false;
    try {
      const standing = await helper.ask('status', {});
      if (!standing.some(({ name }) => name === profile.name)) return false;
      await bringUp(helper, profile, { accept, subtract, wait: null });
      return true;
    } finally {
      helper.close();
    }
  }
}

function optionsOf({ granularity, topologyLabel }: KeptCluster): Parameters<typeof clusterOf>[1] {
  return {
    ...(granularity === null ? {} : { granularity }),
    ...(topologyLabel === null ? {} : { topologyLabel }),
  };
}

/** None where the profile is no tunnel at the moment. */
function peersOf(profile: Profile): readonly TunnelPeer[] {
  try {
    return profile.tunnel().peers;
  } catch {
    return [];
  }
}

/** Whoever may annotate a node must not get all traffic of this machine. @throws FaultError `cluster-range-wide` */
function refuseWide(before: readonly TunnelPeer[], after: readonly TunnelPeer[]): void {
  const known = new Set(before.flatMap(({ allowedIps }) => allowedIps.map(formatPrefix)));
  for (const { allowedIps, name, publicKey } of after) {
    const wide = allowedIps.find(
      (prefix) => prefix.length < widest[prefix.family] && !known.has(formatPrefix(prefix)),
    );
    if (wide === undefined) continue;
    throw new FaultError({
      code: 'cluster-range-wide',
      message: `The cluster wants ${formatPrefix(wide)} to go to ${name ?? publicKey}. Nothing was changed.`,
      hint: 'If that is meant, say so: --accept cluster-range-wide. Else look who has annotated the node, or made the Peer.',
    });
  }
}
