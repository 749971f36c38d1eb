import type { Cluster } from '../../../shared/cluster/cluster.ts';
import { kiloOf } from '../../../shared/cluster/profile.ts';
import { shellWord } from '../../../shared/diagnosis/commands.ts';
import { FaultError } from '../../../shared/fault.ts';
import type { ClusterSource, KeptPeer } from './kept.ts';

/**
 * Makes sure that the cluster has the Peer of a profile. One that Kilo passes over is there.
 *
 * @throws FaultError `kilo-peer-not-found`, with the way to have it again; `kilo-absent`
 */
export function requirePeer(cluster: Cluster, { peer, source }: KeptPeer, profile: string): void {
  const { peers, refused } = kiloOf(cluster).peers;
  if ([...peers, ...refused].some(({ name }) => name === peer)) return;
  throw new FaultError({
    code: 'kilo-peer-not-found',
    message: `The cluster has no Peer ${JSON.stringify(peer)} any more: its nodes do not let the profile ${JSON.stringify(profile)} in.`,
    ...wayBack(source, profile),
  });
}

function wayBack(
  source: ClusterSource,
  profile: string,
): { readonly hint: string; readonly command?: string } {
  if (source.kind === 'files')
    return {
      hint: 'Files that were saved before it was made do not tell of it: save them again. Where somebody has taken it away, remove the profile and import the cluster anew.',
    };
  const [kubeconfig] = source.kubeconfig;
  const words = [
    ...(source.isNamed && kubeconfig !== undefined ? ['--kubeconfig', kubeconfig] : []),
    ...['--context', source.context, '--as', profile],
  ];
  return {
    hint: 'Somebody has taken it away. If that was a mistake, this makes it again, with the key of the profile:',
    command: `adit cluster connect ${words.map(shellWord).join(' ')}`,
  };
}
