import { joinerRole, readerRole } from '../../../../shared/cluster/manifests/roles.ts';
import { asYaml, outputOption, readOutput, sourceOperands, sourceOptions } from '../../cluster-source.ts';
import { nodeScriptAnswer, nodeScriptOptions } from '../../node-script.ts';
import { has } from '../../command.ts';
import type { Command } from '../../command.ts';
import { wrongUsage } from '../../parse.ts';
import { relayAnswer, relayOptions } from './manifest-relay.ts';

/** `adit cluster manifest` */
export const clusterManifest: Command = {
  name: 'cluster manifest',
  operands: `--rbac | --relay ... | --node NAME|--every-node --as PROFILE ${sourceOperands}`,
  arity: { least: 0, most: Infinity },
  summary: 'Print what an administrator applies to a cluster for Adit',
  details: [
    'The roles: adit-reader is what inspect, profile and graph take, adit-joiner makes Peers too. Give one to somebody:',
    'adit cluster manifest --rbac | kubectl apply -f -',
    'kubectl create clusterrolebinding adit-NAME --clusterrole=adit-reader --user=NAME',
    'A second mesh, where this laptop cannot join the cluster’s own: adit cluster manifest --every-node --as work > node.sh',
    'It is for root on each node, as in "ssh root@NODE sh -s < node.sh >> keys.txt", and says what it does before it does it:',
    'the node’s key is made there, a free port taken, the laptop let in. With --dry-run it only says so, --remove undoes all.',
    'What the nodes print makes the profile: adit cluster import --as work --keys keys.txt',
    'A relay is a host that is a Peer of a Kilo cluster, and through which laptops reach it that are none. It takes --key,',
    '--address and --endpoint of the relay; the cluster is read as by "adit cluster profile". Printed are the relay’s Peer, the',
    '[Peer] sections for its own WireGuard with its routes and rules, and the [Peer] for laptops.',
  ],
  options: {
    relay: { kind: 'flag', summary: 'What makes a host the relay between laptops and the cluster' },
    rbac: { kind: 'flag', summary: 'Two roles, for those who read the network and those who join it' },
    ...nodeScriptOptions,
    ...sourceOptions,
    output: outputOption,
    ...relayOptions,
    address: {
      ...nodeScriptOptions.address,
      placeholder: 'ADDRESS[/LENGTH]',
      summary:
        'Of a relay, with its laptops’ network, such as 10.200.200.2/24; of this laptop in a second mesh (default: by its key)',
    },
    endpoint: {
      ...nodeScriptOptions.endpoint,
      placeholder: 'HOST[:PORT]',
      summary:
        'Where a relay is dialled; or, without a port, the one node of a script (default: what the cluster says)',
    },
  },
  async run(context) {
    const { given } = context;
    if (has(given, 'relay')) return relayAnswer(clusterManifest, context);
    if (has(given, 'node') || has(given, 'every-node')) return nodeScriptAnswer(clusterManifest, context);
    const output = readOutput(clusterManifest, given);
    const [word] = given.operands;
    if (word !== undefined)
      throw wrongUsage(clusterManifest, `There is a word too many: ${JSON.stringify(word)}.`);
    if (!has(given, 'rbac'))
      throw wrongUsage(clusterManifest, 'Of what is missing: --rbac, --relay, or --every-node.');
    const list = { apiVersion: 'v1', kind: 'List', items: [readerRole, joinerRole] };
    const text = output === 'json' ? JSON.stringify(list) : await asYaml(list);
    return { json: list, text, verbatim: true };
  },
};
