import { joinerRole, readerRole } from '../../../../shared/cluster/manifests/roles.ts';
import { asYaml, outputOption, readOutput } from '../../cluster-source.ts';
import { has } from '../../command.ts';
import type { Command } from '../../command.ts';
import { wrongUsage } from '../../parse.ts';

/** `adit cluster manifest --rbac` */
export const clusterManifest: Command = {
  name: 'cluster manifest',
  operands: '--rbac',
  arity: { least: 0, most: 0 },
  summary: 'Print what an administrator applies to a cluster for Adit',
  details: [
    'The roles: adit-reader is what inspect, profile and graph take, adit-joiner makes Peers too. Give one to somebody:',
    'adit cluster manifest --rbac | kubectl apply -f -',
    'kubectl create clusterrolebinding adit-NAME --clusterrole=adit-reader --user=NAME',
  ],
  options: {
    rbac: { kind: 'flag', summary: 'Two roles, for those who read the network and those who join it' },
    output: outputOption,
  },
  async run({ given }) {
    const output = readOutput(clusterManifest, given);
    if (!has(given, 'rbac')) throw wrongUsage(clusterManifest, 'Of what is missing: --rbac.');
    const list = { apiVersion: 'v1', kind: 'List', items: [readerRole, joinerRole] };
    const text = output === 'json' ? JSON.stringify(list) : await asYaml(list);
    return { json: list, text, verbatim: true };
  },
};
