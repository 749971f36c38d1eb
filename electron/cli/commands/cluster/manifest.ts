import { joinerRole, readerRole } from '../../../../shared/cluster/manifests/roles.ts';
import { asYaml, outputOption, readOutput } from '../../cluster-source.ts';
import { has } from '../../command.ts';
import type { Command } from '../../command.ts';
import { wrongUsage } from '../../parse.ts';
import { relayAnswer, relayOptions } from './manifest-relay.ts';

/** `adit cluster manifest --rbac` */
export const clusterManifest: Command = {
  name: 'cluster manifest',
  operands: '--rbac | --relay ...',
  arity: { least: 0, most: Infinity },
  summary: 'Print what an administrator applies to a cluster for Adit',
  details: [
    'The roles: adit-reader is what inspect, profile and graph take, adit-joiner makes Peers too. Give one to somebody:',
    'adit cluster manifest --rbac | kubectl apply -f -',
    'kubectl create clusterrolebinding adit-NAME --clusterrole=adit-reader --user=NAME',
    'A relay is a host that is a Peer of a Kilo cluster, and through which laptops reach it that are none. It takes --key,',
    '--address and --endpoint of the relay; the cluster is read as by "adit cluster profile". Printed are the relay’s Peer, the',
    '[Peer] sections for its own WireGuard with its routes and rules, and the [Peer] for laptops.',
  ],
  options: {
    relay: { kind: 'flag', summary: 'What makes a host the relay between laptops and the cluster' },
    rbac: { kind: 'flag', summary: 'Two roles, for those who read the network and those who join it' },
    output: outputOption,
    ...relayOptions,
  },
  async run(context) {
    const { given } = context;
    if (has(given, 'relay')) return relayAnswer(clusterManifest, context);
    const output = readOutput(clusterManifest, given);
    const [word] = given.operands;
    if (word !== undefined)
      throw wrongUsage(clusterManifest, `There is a word too many: ${JSON.stringify(word)}.`);
    if (!has(given, 'rbac')) throw wrongUsage(clusterManifest, 'Of what is missing: --rbac or --relay.');
    const list = { apiVersion: 'v1', kind: 'List', items: [readerRole, joinerRole] };
    const text = output === 'json' ? JSON.stringify(list) : await asYaml(list);
    return { json: list, text, verbatim: true };
  },
};
