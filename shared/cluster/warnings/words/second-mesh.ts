import { shellWord } from '../../../diagnosis/commands.ts';
import { nameIn, warningEntry } from '../entry.ts';

/** What can be said of a mesh beside the cluster’s own, and of the lines that its nodes print. */
export const secondMeshEntries = {
  'mesh-closed': warningEntry(
    'The cluster’s WireGuard takes no peers from outside; a second mesh does.',
    (_, network: string, owner: string) => ({
      message: `A laptop cannot join ${network}’s WireGuard: ${owner}, and drops what else it finds there.`,
      hint: 'Make a second mesh beside it: adit cluster manifest --every-node --as NAME > node.sh, run that on the nodes, and give what they print to adit cluster import --as NAME --keys FILE.',
    }),
  ),
  'node-line-invalid': warningEntry(
    'A line "adit-node" has no name, public key and endpoint behind it, and was passed over.',
    (_, line: number) => ({
      message: `Line ${line} is no "adit-node NAME PUBKEY ENDPOINT".`,
      hint: 'It is what the script prints at its end: run it on that node again.',
    }),
  ),
  'node-line-unknown': warningEntry(
    'A line "adit-node" is of a node that the cluster does not have, and was passed over.',
    (subject, line: number) => ({
      message: `Line ${line} is of ${nameIn(subject)}, which is no node of the cluster.`,
      hint: 'Look whether it is a line of another cluster: kubectl get nodes',
    }),
  ),
  'node-line-repeated': warningEntry(
    'A node has two different lines "adit-node"; the last counts.',
    (subject, line: number) => ({
      message: `Line ${line} of ${nameIn(subject)} differs from one before it, and counts.`,
      hint: 'If it is not the newest, remove it.',
    }),
  ),
  'node-line-missing': warningEntry(
    'A node has no line "adit-node", so it is in no second mesh.',
    (subject, profile: string) => {
      const [node, name] = [nameIn(subject), shellWord(profile)];
      return {
        message: `There is no line of ${node}, so its Pods are not reached through it.`,
        hint: `Run the script there, and take in its line: adit cluster manifest --node ${node} --as ${name} > node.sh; ssh root@${node} sh -s < node.sh > new.txt; adit cluster import --as ${name} --keys new.txt --replace`,
      };
    },
  ),
  'node-key-shared': warningEntry(
    'Two nodes have the same key, so only one of them can be a peer.',
    (subject, other: string) => ({
      message: `${nameIn(subject)} has the key of ${other}, so it is left out.`,
      hint: 'One is a copy of the other’s disk: run the script there with --remove, and then again; it makes a new key.',
    }),
  ),
  'node-endpoint-private': warningEntry(
    'A node is dialled at an address that only its own network reaches.',
    (subject, endpoint: string) => ({
      message: `${nameIn(subject)} is dialled at ${endpoint}, which only its own network reaches.`,
      hint: 'If the laptop is elsewhere, run the script there again with --endpoint PUBLIC_ADDRESS.',
    }),
  ),
  'node-pods-unreached': warningEntry(
    'A node has no Pod CIDR of a family that the tunnel has, so a second mesh does not reach its Pods.',
    (subject) => ({
      message: `${nameIn(subject)} has no Pod CIDR of a family that the tunnel has, so its Pods are not reached.`,
      hint: `Say which addresses they have: --pod-cidr ${nameIn(subject)}=10.42.0.0/24`,
    }),
  ),
  'family-unreached': warningEntry(
    'Pods or Services have addresses of a family that the tunnel of a second mesh does not have.',
    (_, family: 4 | 6, profile: string, isKnown: boolean) => {
      const network = family === 4 ? '10.200.200.0/24' : 'fd00:10:200:200::/64';
      const wish = isKnown ? '' : ` --tunnel-network ${network}`;
      return {
        message: `Pods or Services have IPv${family}, and the tunnel was made without: by that they are not reached.`,
        hint: `Make the script anew, run it on every node, and take in the lines: adit cluster manifest --every-node --as ${shellWord(profile)}${wish} > node.sh`,
      };
    },
  ),
};
