import { clusterOf } from '../../../../shared/cluster/cluster.ts';
import { inspectionOf } from '../../../../shared/cluster/inspection.ts';
import {
  asYaml,
  outputOption,
  readClusterOptions,
  readOutput,
  readSource,
  sourceOperands,
  sourceOptions,
} from '../../cluster-source.ts';
import type { Command } from '../../command.ts';
import { inspectionText } from '../../text/inspection.ts';

/** `adit cluster inspect` */
export const clusterInspect: Command = {
  name: 'cluster inspect',
  operands: sourceOperands,
  arity: { least: 0, most: Infinity },
  summary: 'Show a Kubernetes cluster’s network: nodes, ranges, peers, and what to trip over',
  details: [
    'Reads what kubectl has saved, and asks nobody: "kubectl get nodes,services -A -o json > cluster.json" and, with Kilo,',
    '"kubectl get peers -o json > peers.json". What else tells of ranges: configmaps in kube-system, servicecidrs, pods.',
    'No preshared key is shown. Warnings say what to type where something can be mended.',
  ],
  options: { ...sourceOptions, output: outputOption },
  async run({ given }) {
    const output = readOutput(clusterInspect, given);
    const options = readClusterOptions(clusterInspect, given);
    const inspection = inspectionOf(clusterOf(await readSource(clusterInspect, given), options));
    if (output === 'yaml') return { json: inspection, text: await asYaml(inspection), verbatim: true };
    return { json: inspection, text: inspectionText(inspection) };
  },
};
