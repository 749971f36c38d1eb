import { FaultError } from '../../fault.ts';
import type { Cluster } from '../cluster.ts';
import type { ClusterProfile } from '../profile.ts';
import { followedMember } from '../second-mesh/members.ts';
import type { MeshMember } from '../second-mesh/members.ts';
import { nodeHostsSaid } from '../second-mesh/node-host.ts';
import { missingLines } from '../second-mesh/node-lines.ts';
import { presentMembers, secondMeshProfile, secondMeshWarnings } from '../second-mesh/profile.ts';
import type { SecondMeshOptions } from '../second-mesh/profile.ts';
import type { ClusterWarning } from '../warnings/catalogue.ts';

/** The profile of a second mesh that follows its cluster. */
export interface FollowedSecondMesh {
  readonly profile: ClusterProfile;
  /** As the cluster has them now, and those that it has not as they were. */
  readonly members: readonly MeshMember[];
  /** The names of the nodes that Kubernetes says are not ready: they may route all the same, and have their peers. */
  readonly stale: readonly string[];
  readonly warnings: readonly ClusterWarning[];
}

/**
 * The profile of a second mesh by what the cluster is now. A member that is gone has no peer until it comes back; one that is not ready
 * keeps it, marked. A gateway that is gone is none: then another node is.
 *
 * @param name of the profile, for what there is to say
 * @throws FaultError `node-lines-missing` where no member is there at all
 */
export function followedSecondMesh(
  cluster: Cluster,
  kept: readonly MeshMember[],
  options: SecondMeshOptions,
  name: string,
): FollowedSecondMesh {
  const nodes = new Map(cluster.nodes.map((node) => [node.name, node]));
  const hostsOf = nodeHostsSaid(cluster);
  const members = kept.map((member) => {
    const node = nodes.get(member.name);
    return node === undefined ? member : followedMember(member, node, hostsOf(node));
  });
  const present = presentMembers(cluster, members);
  if (present.length === 0) throw new FaultError(withoutMembers);
  const isThere = present.some((member) => member.name === options.gateway);
  const profile = secondMeshProfile(cluster, present, {
    ...options,
    gateway: isThere ? options.gateway : null,
  });
  const stale = new Set(
    present.map((member) => member.name).filter((one) => nodes.get(one)?.isReady === false),
  );
  return {
    profile: {
      ...profile,
      peers: profile.peers.map((peer) =>
        stale.has(peer.name) ? { ...peer, name: `${peer.name} (stale)` } : peer,
      ),
    },
    members,
    stale: [...stale],
    warnings: [
      ...missingLines(cluster, members, name),
      ...secondMeshWarnings(cluster, members, options, name),
    ],
  };
}

const withoutMembers = {
  code: 'node-lines-missing',
  message: 'The cluster has none of the nodes that a line is kept of. Nothing was changed.',
  hint: 'Look whether it is the same cluster: kubectl get nodes. New nodes take the script: adit cluster manifest --every-node --as NAME > node.sh',
} as const;
