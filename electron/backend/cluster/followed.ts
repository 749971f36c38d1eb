import type { Cluster, ClusterOptions } from '../../../shared/cluster/cluster.ts';
import type { Attendance } from '../../../shared/cluster/following/attendance.ts';
import { followedProfile } from '../../../shared/cluster/following/followed-profile.ts';
import { followedSecondMesh } from '../../../shared/cluster/following/followed-second-mesh.ts';
import { meshPeerNamed } from '../../../shared/cluster/kilo/peer-sections.ts';
import { gatewayOf, meshOf } from '../../../shared/cluster/profile.ts';
import type { ClusterProfile } from '../../../shared/cluster/profile.ts';
import { secondMeshProfile } from '../../../shared/cluster/second-mesh/index.ts';
import type { ClusterWarning, WarningCode } from '../../../shared/cluster/warnings/catalogue.ts';
import { sameKey } from '../../../shared/config/index.ts';
import { FaultError } from '../../../shared/fault.ts';
import type { Prefix } from '../../../shared/network/prefix.ts';
import type { Profile } from '../profiles/profile.ts';
import type { Wanted } from './api/read-cluster.ts';
import { isOfMesh } from './kept.ts';
import type { KeptCluster, KeptMesh, KeptPeer } from './kept.ts';
import { keptMembers, membersIn, meshChoicesIn } from './kept-members.ts';
import { requirePeer } from './lost-peer.ts';
import { meshAndServices, meshOnly, nodesAndRanges, nodesOnly } from './wanted.ts';

/** What a profile is made again of. */
export interface Look {
  readonly profile: Profile;
  readonly cluster: Cluster;
  readonly serviceCidrs: readonly Prefix[];
  /** The node through which Services are to be reached; null for any. */
  readonly gateway: string | null;
  /** Whether it has to be that one, and no other in its place. */
  readonly isGatewayMeant: boolean;
  /** What was found out at the look before; null at the first. */
  readonly attendance: Attendance | null;
  /** Whether the cluster has not answered since then. */
  readonly wasAway: boolean;
}

/** A profile that was made again. */
export interface Followed<K extends KeptCluster = KeptCluster> {
  readonly kept: K;
  readonly content: ClusterProfile;
  readonly attendance: Attendance | null;
  readonly stale: readonly StaleNode[];
  readonly warnings: readonly ClusterWarning[];
}

/** A node that does not do well, and has its peer still. */
export interface StaleNode {
  readonly name: string;
  /** `minutes` where it checks in no more, and loses its peer in a while; `always` where it is just not ready. */
  readonly stays: 'minutes' | 'always';
}

/** How a kind of profiles is read and made again. The kinds of profiles differ here, and nowhere else. */
interface Following<K extends KeptCluster> {
  readonly options: (kept: K) => ClusterOptions;
  readonly wanted: (kept: K, withServices: boolean) => Wanted;
  /** @throws FaultError what keeps the profile as it is */
  readonly follow: (kept: K, look: Look) => Followed<K>;
}

const peers: Following<KeptPeer> = {
  options: ({ granularity, topologyLabel }) => ({
    ...(granularity === null ? {} : { granularity }),
    ...(topologyLabel === null ? {} : { topologyLabel }),
  }),
  wanted: (_, withServices) => (withServices ? meshAndServices : meshOnly),
  follow(kept, look) {
    const { cluster, serviceCidrs, gateway } = look;
    requirePeer(cluster, kept, look.profile.name);
    const options = { peer: kept.peer, serviceCidrs, gateway };
    const { profile, attendance, stale } = followedProfile(cluster, options, look.attendance, look.wasAway);
    requireOwnKey(cluster, kept.peer, look.profile);
    if (look.isGatewayMeant && profile.gateway !== gateway) gatewayOf(meshOf(cluster), gateway);
    return {
      kept,
      content: profile,
      attendance,
      stale: stale.map((name) => ({ name, stays: 'minutes' })),
      warnings: cluster.warnings.filter(({ code }) => telling.has(code)),
    };
  },
};

const meshes: Following<KeptMesh> = {
  options: () => ({}),
  wanted({ hasCilium }, withServices) {
    const wanted = withServices ? nodesAndRanges : nodesOnly;
    return hasCilium ? { ...wanted, required: [...wanted.required, 'ciliumNodes'] } : wanted;
  },
  follow(kept, { cluster, serviceCidrs, gateway, isGatewayMeant, profile: { name } }) {
    const options = { ...meshChoicesIn(kept), serviceCidrs, gateway };
    const { profile, members, stale, warnings } = followedSecondMesh(cluster, membersIn(kept), options, name);
    if (isGatewayMeant && profile.gateway !== gateway) secondMeshProfile(cluster, members, options);
    return {
      kept: { ...kept, members: keptMembers(members) },
      content: profile,
      attendance: null,
      stale: stale.map((one) => ({ name: one, stays: 'always' })),
      warnings: [...cluster.warnings.filter(({ code }) => telling.has(code)), ...warnings],
    };
  },
};

/** What a cluster may be told when it is made out for a profile. */
export function clusterOptionsOf(kept: KeptCluster): ClusterOptions {
  return isOfMesh(kept) ? meshes.options(kept) : peers.options(kept);
}

/** What has to be read for a profile. */
export function wantedFor(kept: KeptCluster, withServices: boolean): Wanted {
  return isOfMesh(kept) ? meshes.wanted(kept, withServices) : peers.wanted(kept, withServices);
}

/** A profile by what its cluster is now. @throws FaultError what keeps the profile as it is */
export function follow(kept: KeptCluster, look: Look): Followed {
  return isOfMesh(kept) ? meshes.follow(kept, look) : peers.follow(kept, look);
}

/** Warnings about what a profile cannot reach although it should. */
const telling: ReadonlySet<WarningCode> = new Set(['key-shared', 'pod-cidr-shared']);

/** @throws FaultError `peer-key-changed` */
function requireOwnKey(cluster: Cluster, peer: string, profile: Profile): void {
  const { publicKey } = meshPeerNamed(meshOf(cluster), peer);
  const own = profile.summary().publicKey;
  if (own !== null && sameKey(own, publicKey)) return;
  throw new FaultError({
    code: 'peer-key-changed',
    message: `The Peer "${peer}" of the cluster has another key than the profile "${profile.name}": the nodes do not let this laptop in.`,
    hint: 'Somebody has changed or replaced the Peer. Remove the profile, and make it anew: "adit cluster peer apply", "adit cluster import".',
  });
}
