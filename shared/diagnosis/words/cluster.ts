import { at, shellWord } from '../commands.ts';
import { findingEntry } from '../finding.ts';
import type { Fault } from '../../fault.ts';

/** What a cluster says of the tunnel into it. */
export const clusterEntries = {
  'cluster-key-unknown': findingEntry(
    'error',
    'No Peer of the cluster has this machine’s public key, so its nodes drop our handshakes.',
    (ownKey: string, refused: readonly string[]) => ({
      message: `No Peer of the cluster has this machine’s public key ${ownKey}, so that its nodes leave our handshakes unanswered.`,
      hint:
        refused.length === 0
          ? 'The Peer was removed, or has the key of another machine. Make it, or have somebody make it.'
          : `The Peer was removed, or has another key, or is one of those that Kilo passes over (${refused.slice(0, 4).join(', ')}): "adit cluster inspect" says why.`,
      commands: [
        at(
          'gateway',
          'kubectl get peers -o custom-columns=NAME:.metadata.name,KEY:.spec.publicKey',
          `one with ${ownKey}`,
        ),
      ],
    }),
  ),
  'cluster-preshared-key': findingEntry(
    'error',
    'One of the two, the cluster’s Peer or the profile, has a preshared key, and the other has none.',
    (label: string, peer: string, isThere: boolean) => ({
      message: isThere
        ? `The cluster’s Peer ${JSON.stringify(peer)} has a preshared key, and the profile has none for ${label}.`
        : `The profile has a preshared key for ${label}, and the cluster’s Peer ${JSON.stringify(peer)} has none.`,
      hint: 'Without the same one on both sides no handshake succeeds. "adit cluster profile --peer" prints the profile as the cluster has it.',
      commands: [
        at('gateway', `kubectl get peer ${shellWord(peer)} -o jsonpath='{.spec.presharedKey}' | wc -c`),
      ],
    }),
  ),
  'cluster-node-key': findingEntry(
    'error',
    'A peer of the profile has a key that no node of the cluster has.',
    (
      label: string,
      publicKey: string,
      successor: { readonly name: string; readonly publicKey: string | null } | null,
    ) => ({
      message:
        successor?.publicKey === undefined || successor.publicKey === null
          ? `No node and no Peer of the cluster has the key ${publicKey}, which the profile has for ${label}.`
          : `The node ${successor.name} has the key ${successor.publicKey} now, and the profile has ${publicKey} for it.`,
      hint: 'The node is gone, or was set up anew and made itself another key; or another node leads its location now. Take the profile from the cluster again.',
      commands: [
        at(
          'gateway',
          "kubectl get nodes -o custom-columns='NAME:.metadata.name,KEY:.metadata.annotations.kilo\\.squat\\.ai/key'",
        ),
      ],
    }),
  ),
  'cluster-node-silent': findingEntry(
    'warning',
    'A node’s kg has not checked in lately, so that Kilo leaves the node out of the mesh.',
    (node: string, seconds: number) => ({
      message:
        seconds === Infinity
          ? `The node ${node} has never checked in with Kilo (last-seen).`
          : `The node ${node} has last checked in with Kilo ${ago(seconds)} ago (last-seen), and every half minute is usual.`,
      hint: 'Its kg is down or does not reach the API server, or the node is off. The others leave it out of the mesh, and what it carries with it.',
      commands: [
        at('gateway', `kubectl get node ${shellWord(node)}`, 'Ready'),
        at(
          'gateway',
          `kubectl get pods -A -l app.kubernetes.io/name=kilo -o wide --field-selector spec.nodeName=${shellWord(node)}`,
          'Running; its logs say more: kubectl -n NAMESPACE logs POD',
        ),
      ],
    }),
  ),
  'cluster-other': findingEntry(
    'warning',
    'Neither the key of this machine nor that of any peer is one of the cluster that was read.',
    (tunnel: string) => ({
      message: `The cluster that was read has no key of the tunnel "${tunnel}", neither this machine’s nor that of one of its peers.`,
      hint: 'It is another cluster than the one behind the tunnel, or all its nodes were set up anew.',
      commands: [at('here', 'kubectl config get-contexts')],
    }),
  ),
  'cluster-unread': findingEntry(
    'note',
    'The cluster behind the tunnel could not be read, so that it says nothing of it.',
    ({ message, hint, command }: Fault) => ({
      message: `The cluster could not be read: ${message}`,
      hint,
      commands: command === undefined ? [] : [at('here', command)],
    }),
  ),
};

function ago(seconds: number): string {
  if (seconds < 600) return `${seconds} s`;
  return seconds < 36_000 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}
